package plan

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Formats are those of [Report], the one for people first.
var Formats = []string{"text", "json", "sarif", "github"}

// Report writes problems for people, as one line of JSON a problem, as SARIF, or
// as annotations of GitHub's workflows.
func Report(w io.Writer, format string, problems []Problem, text func(file string) []byte) error {
	switch format {
	case "json":
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		for _, p := range problems {
			if err := e.Encode(p); err != nil {
				return err
			}
		}
		return nil
	case "sarif":
		return sarif(w, problems)
	case "github":
		for _, p := range problems {
			fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", p.Severity, property(p.File), max(p.Line, 1), max(p.Column, 1), property(p.Code), data(p.whole()))
		}
		return nil
	}
	Print(w, problems, text)
	return nil
}

// whole is the message with what to do.
func (p Problem) whole() string {
	if p.Fix == "" {
		return p.Message
	}
	return p.Message + "\n" + p.Fix
}

// data and property escape text for GitHub's commands.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}

type dict = map[string]any

// sarif writes SARIF 2.1.0, which code scanning services read.
func sarif(w io.Writer, problems []Problem) error {
	var ids []string
	results := []dict{}
	for _, p := range problems {
		if !slices.Contains(ids, p.Code) {
			ids = append(ids, p.Code)
		}
		region := dict{"startLine": max(p.Line, 1)}
		if p.Column > 0 {
			region["startColumn"] = p.Column
		}
		results = append(results, dict{
			"ruleId": p.Code, "level": string(p.Severity), "message": dict{"text": p.whole()},
			"locations": []dict{{"physicalLocation": dict{
				"artifactLocation": dict{"uri": filepath.ToSlash(p.File)}, "region": region,
			}}},
		})
	}
	slices.Sort(ids)
	rules := []dict{}
	for _, id := range ids {
		rules = append(rules, dict{"id": id, "shortDescription": dict{"text": codes[id]}})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(dict{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []dict{{
			"tool":       dict{"driver": dict{"name": "glint", "rules": rules}},
			"columnKind": "unicodeCodePoints",
			"results":    results,
		}},
	})
}

// codes say what the codes of problems mean.
var codes = map[string]string{
	"invalid":   "It is wrong, on Spark too.",
	"refused":   "It is right, and Glint does not do it.",
	"not-found": "It names something that is not there.",
	"denied":    "It cannot be read.",
	"note":      "It runs, and something in it has no effect or is not what it seems.",
	"name":      "Names do not fit each other.",
}

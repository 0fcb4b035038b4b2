package plan

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
)

// A Linter finds what is wrong with manifests. It opens no engine.
type Linter struct {
	Options
	manifest.Reader

	seen map[string]string // of each workflow, its first file
}

// isDepot finds a file of one depot: beside workflows, one is not looked at.
var isDepot = regexp.MustCompile(`(?m)^(?:"type"|type)[ \t]*:[ \t]*["']?depot["']?[ \t]*(?:#.*)?\r?$`)

var isWorkflow = regexp.MustCompile(`(?m)^["']?workflow["']?[ \t]*:`)

// File finds the problems of one file: a workflow, a depot or schedules.yaml.
// Call it for one file after the other: it remembers the names of workflows.
func (l *Linter) File(ctx context.Context, file string, text []byte) []Problem {
	switch {
	case filepath.Base(file) == "schedules.yaml":
		_, err := manifest.ParseSchedules(file, text)
		return Problems(file, err, nil)
	case isDepot.Match(text) && !isWorkflow.Match(text):
		_, notes, err := depot.ParseManifest(file, text)
		return Problems(file, err, notes)
	}
	flows, notes, err := l.All(file, text)
	all := Problems(file, err, notes)
	for _, m := range flows {
		all = append(all, Problems(file, errors.Join(m.Undeployable...), nil)...)
		_, notes, err = Make(ctx, m, l.Options)
		for _, p := range Problems(file, err, notes) {
			if p.Code == code(fault.NotFound) { // the data are not here; the manifest may be right
				p.Severity = Warning
			}
			if !about(all, p) {
				all = append(all, p)
			}
		}
	}
	switch {
	case len(flows) == 1:
		all = append(all, l.named(file, flows[0])...)
	case len(flows) > 1:
		all = append(all, Problem{File: file, Line: flows[1].Pos.Line, Column: flows[1].Pos.Column, Severity: Warning, Code: "name",
			Message: fmt.Sprintf("the file holds %d workflows: runs are asked for by the file's name, so the cloud takes one a file", len(flows)),
			Fix:     "put each into a file of its own, named as it is"})
	}
	return sorted(all)
}

// about reports whether something is wrong at the place of p already: p is then
// most likely a consequence.
func about(all []Problem, p Problem) bool {
	for _, q := range all {
		if q.Severity == Error && q.Line == p.Line && q.Column == p.Column && p.Line > 0 {
			return true
		}
	}
	return false
}

// named compares a workflow's name with its file's, by which runs are asked for,
// and with the names of the files before.
func (l *Linter) named(file string, m *manifest.Workflow) []Problem {
	var all []Problem
	warn := func(fix, message string) {
		all = append(all, Problem{File: file, Line: m.Pos.Line, Column: m.Pos.Column, Severity: Warning, Code: "name", Message: message, Fix: fix})
	}
	stem := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	if m.Name == "" {
		return nil
	}
	if file != Stdin && stem != m.Name {
		warn("call the file "+m.Name+".yaml", "the file is called "+filepath.Base(file)+" and the workflow "+m.Name+": once uploaded, runs are asked for by the file's name")
	}
	if l.seen == nil {
		l.seen = map[string]string{}
	}
	if first, ok := l.seen[m.Name]; ok && first != file {
		warn("", "the workflow "+m.Name+" is in "+first+" too")
	} else {
		l.seen[m.Name] = file
	}
	return all
}

// Stdin is the name of a manifest that has no file.
const Stdin = "stdin"

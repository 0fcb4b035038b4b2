// Package plan says what is wrong with manifests and what running them would
// do, touching nothing: problems with their places, and the resolved workflow.
package plan

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// A Severity says what follows from a problem.
type Severity string

// The severities. A manifest with an error does not run; one with a warning
// runs, and something in it does nothing or is not what it seems.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// A Problem is one thing that is wrong, or worth a remark, in a manifest.
type Problem struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`   // 0 if it is about the whole file
	Column   int      `json:"column"` // 0 if only the line is known
	Severity Severity `json:"severity"`
	Code     string   `json:"code"` // what kind of problem: invalid, refused, not-found, note
	Message  string   `json:"message"`
	Fix      string   `json:"fix"` // what to do; "" if nothing is known

	Edit plug.Edit `json:"-"` // what [Repair] does about it; zero if nothing
}

// Problems takes an error of a manifest apart, and adds its notes. What has no
// place is about the file.
func Problems(file string, err error, notes []plug.Note) []Problem {
	var all []Problem
	for _, e := range fault.Each(err) {
		all = append(all, problem(file, e))
	}
	for _, n := range notes {
		message := n.Message
		if n.Hint != "" {
			message = strings.TrimSuffix(message, "; "+n.Hint)
		}
		all = append(all, Problem{File: cmp.Or(n.Pos.File, file), Line: n.Pos.Line, Column: n.Pos.Column,
			Severity: Warning, Code: "note", Message: message, Fix: n.Hint, Edit: n.Edit})
	}
	return sorted(all)
}

// AsNote makes a remark of a mistake that does not matter where it is made.
func AsNote(err error, why string) plug.Note {
	p := problem("", err)
	return plug.Note{Pos: fault.Pos{File: p.File, Line: p.Line, Column: p.Column}, Message: why + p.Message, Hint: p.Fix}
}

// sorted puts problems in the order of the text, each once.
func sorted(all []Problem) []Problem {
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(all)
}

// code is a kind of error as problems have it.
func code(k fault.Kind) string { return strings.ReplaceAll(k.String(), " ", "-") }

func problem(file string, err error) Problem {
	p := Problem{File: file, Severity: Error, Code: code(fault.KindOf(err)), Message: err.Error(), Fix: strings.Join(fault.Hints(err), "\n")}
	if pos := placeOf(err); !pos.IsZero() {
		p.File, p.Line, p.Column = cmp.Or(pos.File, file), pos.Line, pos.Column
		p.Message = strings.ReplaceAll(p.Message, pos.String()+": ", "")
	}
	return p
}

// placeOf is the innermost place that an error carries.
func placeOf(err error) fault.Pos {
	var pos fault.Pos
	for {
		var e *fault.Error
		if !errors.As(err, &e) {
			return pos
		}
		if !e.Pos.IsZero() {
			pos = e.Pos
		}
		err = e.Err
	}
}

// Print writes problems for people: a line each, the line of the text that it
// is about with a caret under the place, and what to do. text gives a file's
// text; nil where it is not known.
func Print(w io.Writer, problems []Problem, text func(file string) []byte) {
	for _, p := range problems {
		fmt.Fprintf(w, "%s: %s: %s\n", fault.Pos{File: p.File, Line: p.Line, Column: p.Column}, p.Severity, p.Message)
		if line, caret := excerpt(text(p.File), p.Line, p.Column); line != "" {
			number := fmt.Sprint(p.Line)
			fmt.Fprintf(w, "  %s │ %s\n", number, line)
			if caret != "" {
				fmt.Fprintf(w, "  %s │ %s\n", strings.Repeat(" ", len(number)), caret)
			}
		}
		if p.Fix != "" {
			fmt.Fprintf(w, "    %s\n", strings.ReplaceAll(p.Fix, "\n", "\n    "))
		}
	}
}

// widest is how much of a line is shown.
const widest = 120

// excerpt is a line of a text and a caret under one of its columns. Of a long
// line the part around the column is shown. Tabs are shown as one space.
func excerpt(text []byte, line, column int) (shown, caret string) {
	if line < 1 || len(text) == 0 {
		return "", ""
	}
	for range line - 1 {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return "", ""
		}
		text = text[end+1:]
	}
	one, _, _ := bytes.Cut(text, []byte("\n"))
	s := strings.TrimRight(strings.ReplaceAll(string(one), "\t", " "), "\r ")
	runes := []rune(s)
	at := min(max(column-1, 0), len(runes))
	if len(runes) > widest {
		from := min(max(at-widest/2, 0), len(runes)-widest)
		runes, at = runes[from:from+widest], at-from
	}
	shown = string(runes)
	if column > 0 && utf8.ValidString(shown) {
		caret = strings.Repeat(" ", at) + "^"
	}
	return shown, caret
}

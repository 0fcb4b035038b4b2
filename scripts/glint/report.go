//go:build !windows

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/assertion"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/workflow"
)

// printRuns shows a run with all its jobs: one by itself, several as a table and
// then each that was at work.
func printRuns(w io.Writer, r workflow.Run) {
	if len(r.Jobs) == 1 {
		printRun(w, r.Jobs[0].Key, *r.Outcome)
		return
	}
	fmt.Fprintf(w, "\n%s  %s\n  slot %s, %d jobs, %s\n\n", headline(r.Outcome.Status), r.Key, r.Key.Slot.Format(time.RFC3339), len(r.Jobs),
		took(r.Outcome.Ended.Sub(r.Outcome.Started)))
	var rows [][]string
	for _, s := range r.Jobs {
		o, written := s.Outcome, int64(0)
		for _, receipt := range o.Receipts {
			written += receipt.Rows
		}
		what := o.Error
		if s.Attempt == 0 && o.Status == ledger.Succeeded {
			what = o.Notes[len(o.Notes)-1] // kept from an earlier run
		}
		what, _, _ = strings.Cut(what, "\n")
		rows = append(rows, []string{s.Key.Job, string(o.Status), took(o.Ended.Sub(o.Started)), count(nonZero(written)), what})
	}
	printTable(w, "  ", []string{"job", "ended", "time", "rows", ""}, rows, map[int]bool{2: true, 3: true})
	for _, s := range r.Jobs {
		if s.Attempt > 0 {
			printRun(w, s.Key, *s.Outcome)
		}
	}
}

// printRun shows a job's run as a person wants to see it: how it ended, what each
// part took, and what the target says it did.
func printRun(w io.Writer, k ledger.Key, o ledger.Outcome) {
	fmt.Fprintf(w, "\n%s  %s\n", headline(o.Status), k)
	fmt.Fprintf(w, "  slot %s, attempt %d, %s\n\n", k.Slot.Format(time.RFC3339), o.Attempt, took(o.Ended.Sub(o.Started)))

	var rows [][]string
	for _, s := range o.Stages {
		rows = append(rows, []string{s.Name, took(s.Ended.Sub(s.Started)), count(nonZero(s.Rows)), size(nonZero(s.Bytes))})
	}
	printTable(w, "  ", []string{"stage", "time", "rows", "bytes"}, rows, map[int]bool{1: true, 2: true, 3: true})

	for _, r := range o.Reads {
		how := "whole"
		if !r.Complete {
			how = "ended by LIMIT"
		}
		fmt.Fprintf(w, "\n  input %s: %s of %s read (%s)", r.Input, size(r.Bytes), size(r.Total), how)
		for col, n := range r.Bad {
			if col == "" {
				fmt.Fprintf(w, "\n    %s rows with too few or too many fields", count(n))
				continue
			}
			fmt.Fprintf(w, "\n    column %s: %s fields were not what the schema says and are NULL", col, count(n))
		}
		if r.First != "" {
			fmt.Fprintf(w, "\n    the first: %s", r.First)
		}
		fmt.Fprintln(w)
	}
	if o.Part != nil {
		fmt.Fprintln(w)
		for _, input := range slices.Sorted(maps.Keys(o.Part.Values)) {
			for _, key := range slices.Sorted(maps.Keys(o.Part.Values[input])) {
				fmt.Fprintf(w, "  input %s: %s = %s\n", input, key, o.Part.Values[input][key])
			}
		}
	}
	for _, found := range []fmt.Stringer{assertion.Results(o.Assertions), o.Profile} {
		if text := found.String(); text != "" {
			fmt.Fprintf(w, "\n  %s\n", strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  "))
		}
	}
	for _, r := range o.Receipts {
		fmt.Fprintf(w, "\n  output %s → %s\n", r.Output, r.Target.Address)
		fmt.Fprintf(w, "    BigQuery load job %s (%s)\n", r.JobID, r.Location)
		fmt.Fprintf(w, "    %s: %s rows, %s from %d file(s), %s\n", r.Disposition, count(r.Rows), size(r.Bytes), len(r.Files), took(r.Ended.Sub(r.Started)))
		for _, n := range r.Notes {
			fmt.Fprintf(w, "    note: %s\n", n)
		}
	}
	for _, n := range o.Notes {
		fmt.Fprintf(w, "\n  note: %s", n)
	}
	if len(o.Notes) > 0 {
		fmt.Fprintln(w)
	}
	if o.Error != "" {
		fmt.Fprintf(w, "\n  %s\n", strings.ReplaceAll(o.Error, "\n", "\n  "))
		for _, h := range o.Hints {
			fmt.Fprintf(w, "    %s\n", strings.ReplaceAll(h, "\n", "\n    "))
		}
	}
}

func headline(s ledger.Status) string {
	switch s {
	case ledger.Succeeded:
		return "✓ succeeded"
	case ledger.Failed:
		return "✗ failed"
	}
	return string(s)
}

func nonZero(n int64) int64 {
	if n == 0 {
		return -1
	}
	return n
}

// printRows shows a target's rows and then its columns.
func printRows(w io.Writer, rows relation.Rows) {
	var cells [][]string
	right := map[int]bool{}
	for i, c := range rows.Columns {
		right[i] = c.Type.Kind.Numeric()
	}
	for _, row := range rows.Values {
		line := make([]string, len(row))
		for i, v := range row {
			line[i] = cell(v)
		}
		cells = append(cells, line)
	}
	printTable(w, "  ", relation.Names(rows.Columns), cells, right)
	if rows.More {
		fmt.Fprintln(w, "  …")
	}
	var schema [][]string
	for _, c := range rows.Columns {
		schema = append(schema, []string{c.Name, c.Type.String(), c.Doc})
	}
	fmt.Fprintln(w)
	printTable(w, "  ", []string{"column", "type", "description"}, schema, nil)
}

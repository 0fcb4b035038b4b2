//go:build !windows

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/sink"
)

// A certificate says what a workflow gave on two engines.
type certificate struct {
	Workflow string            `json:"workflow"`
	Job      string            `json:"job"`
	At       time.Time         `json:"at"`
	Equal    bool              `json:"equal"`
	Versions map[string]string `json:"versions"`
	Inputs   []sink.Pinned     `json:"inputs"`
	Seconds  [2]float64        `json:"seconds"` // on Glint; on Spark, with its start
	Errors   [2]string         `json:"errors"`  // what an engine said instead of rows
	Outputs  []comparison      `json:"outputs"`
	Notes    []string          `json:"notes,omitempty"`
}

// fill compares the outputs.
func (c *certificate) fill(ctx context.Context, ours, theirs *rehearsal) error {
	c.Inputs = ours.Inputs
	for i, r := range []*rehearsal{ours, theirs} {
		c.Seconds[i] = float64(r.took.Milliseconds()) / 1000
		if r.err != nil {
			c.Errors[i] = r.err.Error()
		}
	}
	if c.Errors != [2]string{} {
		return nil
	}
	if !slices.Equal(ours.Inputs, theirs.Inputs) {
		c.Notes = append(c.Notes, "The inputs changed while they were read: the engines did not see the same. Certify again.")
		return nil
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	c.Equal = true
	for _, o := range ours.Exported.Outputs {
		one, err := compare(ctx, db, o.Output, ours.Columns[o.Output], ours.files[o.Output], theirs.files[o.Output])
		if err != nil {
			return fmt.Errorf("comparing output %s: %w", o.Output, err)
		}
		c.Outputs = append(c.Outputs, one)
		c.Equal = c.Equal && one.Equal
	}
	return nil
}

// summary is the certificate in a few lines.
func (c *certificate) summary() string {
	var b strings.Builder
	for i, name := range []string{"Glint", "Spark"} {
		if c.Errors[i] != "" {
			fmt.Fprintf(&b, "✗ %s ends with: %s\n", name, c.Errors[i])
		}
	}
	for _, o := range c.Outputs {
		switch {
		case o.Equal && o.Nearly > 0:
			fmt.Fprintf(&b, "✓ output %s: %s rows are equal, of which %s to the last digits of a double\n", o.Output, count(o.Rows[0]), count(o.Nearly))
		case o.Equal:
			fmt.Fprintf(&b, "✓ output %s: %s rows are equal\n", o.Output, count(o.Rows[0]))
		default:
			fmt.Fprintf(&b, "✗ output %s: %s of %s rows are on Glint only, %s of %s on Spark only\n",
				o.Output, count(o.Only[0]), count(o.Rows[0]), count(o.Only[1]), count(o.Rows[1]))
		}
	}
	for _, n := range c.Notes {
		fmt.Fprintln(&b, n)
	}
	return strings.TrimRight(b.String(), "\n")
}

// write writes both forms, under a name without its ending, and returns the name of the one for people.
func (c *certificate) write(dir, stem string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, stem)
	if err := os.WriteFile(file+".json", append(text, '\n'), 0o644); err != nil {
		return "", err
	}
	return file + ".md", os.WriteFile(file+".md", []byte(c.markdown()), 0o644)
}

func (c *certificate) markdown() string {
	var b strings.Builder
	verdict := "Glint and Spark agree."
	if !c.Equal {
		verdict = "Glint and Spark do not agree."
	}
	fmt.Fprintf(&b, "# Certificate of %s\n\n**%s** Workflow `%s`, job `%s`, %s.\n\n", c.Workflow, verdict, c.Workflow, c.Job, c.At.Format(time.RFC3339))
	b.WriteString("```\n" + c.summary() + "\n```\n\n")
	fmt.Fprintf(&b, "Time: Glint %.1f s; Spark %.1f s, its start included.\n\n", c.Seconds[0], c.Seconds[1])
	b.WriteString("| program | version |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(c.Versions)) {
		fmt.Fprintf(&b, "| %s | %s |\n", name, c.Versions[name])
	}
	b.WriteString("\n## Inputs\n\n| input | file | version | bytes |\n|---|---|---|---:|\n")
	for _, in := range c.Inputs {
		fmt.Fprintf(&b, "| %s | %s | %s | %d |\n", in.Input, in.URI, in.Version, in.Size)
	}
	for _, o := range c.Outputs {
		o.markdown(&b)
	}
	return b.String()
}

func (o comparison) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n## Output %s\n\n| | Glint | Spark |\n|---|---:|---:|\n| rows | %d | %d |\n| rows that the other has not | %d | %d |\n",
		o.Output, o.Rows[0], o.Rows[1], o.Only[0], o.Only[1])
	fmt.Fprintf(b, "| rows that differ by the last digits of a double | %d | %d |\n\n| column | type |\n|---|---|\n", o.Nearly, o.Nearly)
	for _, c := range o.Columns {
		fmt.Fprintf(b, "| %s | %s |\n", cellText(c[0]), cellText(c[1]))
	}
	for i, name := range []string{"Glint", "Spark"} {
		if len(o.First[i]) == 0 {
			continue
		}
		fmt.Fprintf(b, "\nThe first rows that only %s has:\n\n|", name)
		for _, c := range o.Columns {
			fmt.Fprintf(b, " %s |", cellText(c[0]))
		}
		b.WriteString("\n" + strings.Repeat("|---", len(o.Columns)) + "|\n")
		for _, row := range o.First[i] {
			b.WriteString("|")
			for _, v := range row {
				fmt.Fprintf(b, " %s |", cellText(cell(v)))
			}
			b.WriteString("\n")
		}
	}
}

// cellText is text within a cell of a table.
func cellText(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ").Replace(s)
}

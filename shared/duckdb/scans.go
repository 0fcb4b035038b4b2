package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/engine"
)

// A plan says how often each input is read, and whether a LIMIT ends the
// reading early. It is read off DuckDB's own plan, never off the query's text.
type plan struct {
	scans   map[int]int // by index of the input
	unknown int         // scans that could be of any input
	limited bool        // rows are taken until there are enough, with nothing before that needs them all
}

type operator struct {
	Name     string
	Children []operator
	Extra    map[string]any `json:"extra_info"`
}

var pipeColumn = regexp.MustCompile(`\br(\d+)_\d+\b`)

// plan asks DuckDB how it would run query.
func (s *session) plan(ctx context.Context, query string) (plan, error) {
	p := plan{scans: map[int]int{}}
	var kind, out string
	if err := s.db.QueryRowContext(ctx, "EXPLAIN (FORMAT json) "+query).Scan(&kind, &out); err != nil {
		return p, s.explained(ctx, err)
	}
	var roots []operator
	if err := json.Unmarshal([]byte(out), &roots); err != nil {
		return p, fmt.Errorf("DuckDB's plan: %w", err)
	}
	blocking := false
	for _, root := range roots {
		p.walk(root, &blocking)
	}
	p.limited = p.limited && !blocking
	return p, nil
}

func (p *plan) walk(o operator, blocking *bool) {
	name := strings.TrimSpace(o.Name)
	switch {
	case strings.HasPrefix(name, "READ_CSV") || strings.HasPrefix(name, "READ_JSON") || strings.HasPrefix(name, "READ_NDJSON"):
		p.scan(o)
	case strings.HasSuffix(name, "LIMIT"):
		p.limited = true
	case name != "PROJECTION" && name != "FILTER" && name != "RESULT_COLLECTOR" && !strings.HasPrefix(name, "COPY") && !strings.HasPrefix(name, "BATCH_COPY"):
		*blocking = true
	}
	for _, child := range o.Children {
		p.walk(child, blocking)
	}
}

// scan counts one scan, told by the names of the columns that it reads.
func (p *plan) scan(o operator) {
	if m := pipeColumn.FindStringSubmatch(fmt.Sprint(o.Extra)); m != nil {
		var n int
		fmt.Sscan(m[1], &n)
		p.scans[n]++
		return
	}
	p.unknown++ // count(*) reads no column
}

// keepAll makes tables of the inputs that query reads, so that they can be read again.
func (s *session) keepAll(ctx context.Context, query string) error {
	p, err := s.plan(ctx, query)
	if err != nil {
		return err
	}
	for n := range s.inputs {
		if p.scans[n] > 0 || p.unknown > 0 {
			if err := s.keep(ctx, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep reads an input once, into a table that may spill to the scratch folder.
func (s *session) keep(ctx context.Context, n int) error {
	in := s.inputs[n]
	if in.kept || in.pipe == nil {
		return nil
	}
	if err := s.lock(ctx); err != nil {
		return err
	}
	table := fmt.Sprintf("t%d", n)
	f := in.start(ctx, wholeAhead, 0)
	defer context.AfterFunc(ctx, f.abort)()
	err := s.exec(ctx, "CREATE TABLE "+table+" AS SELECT * FROM "+in.view)
	read, ferr := f.finish()
	if ferr != nil {
		return ferr
	}
	if err != nil {
		return err
	}
	if !read.Complete {
		return fmt.Errorf("input %s: %w", in.rel.Name, errStopped)
	}
	in.kept, in.read = true, &read
	return s.exec(ctx, "CREATE OR REPLACE VIEW "+in.view+" AS SELECT * FROM "+table)
}

// reads are what was read of the inputs, in the order in which they were bound.
func (s *session) reads() []engine.Read {
	var all []engine.Read
	for _, in := range s.inputs {
		if in.read != nil {
			all = append(all, *in.read)
		}
	}
	return all
}

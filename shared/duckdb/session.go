package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// A session is one run's database.
type session struct {
	db     *sql.DB
	budget host.Budget
	names  map[string]string // a relation's name in small letters → its view
	shown  []string          // the names as the manifest spells them; the n-th is view v<n>
	inputs []*input
	deps   map[string][]int // of a relation, in small letters: the inputs that it is made of
	locked bool
	// ordered: a query that was defined means something else by rows in another
	// order, so the inputs' order must be kept. For 1 GB it was a twentieth of the
	// CPU, a quarter of the time and up to 150 MB.
	ordered bool
}

// An input is a relation that was bound.
type input struct {
	rel      relation.Relation
	view     string
	number   int // among the inputs
	physical []relation.Column
	// oneThread: what looks like the end of a record may stand inside of one.
	oneThread bool
	pipe      *pipe // nil if it is loaded into a table before it is read
	kept      bool  // it is a table now, and may be read again
	read      *engine.Read
}

// Bind makes r readable under its name: a view over a pipe, which nobody opens
// before the query that reads it runs.
func (s *session) Bind(ctx context.Context, r relation.Relation) ([]relation.Column, error) {
	if !slices.Contains(Engine{}.Accepts(), r.Form) || r.Decode == nil {
		return nil, fault.Errorf(fault.Internal, "duckdb does not read %s", r.Form)
	}
	if len(r.Columns) == 0 {
		return nil, fault.Errorf(fault.Internal, "%s has no columns", r.Name)
	}
	in := &input{rel: r, number: len(s.inputs), physical: r.Columns}
	switch d := r.Decode.(type) {
	case relation.CSVDecode:
		in.physical, in.oneThread = d.Physical, d.MultiLine
	case relation.JSONDecode:
		in.physical = d.Physical
	case relation.AvroDecode:
		in.physical = d.Physical
	}
	if in.physical == nil {
		in.physical = r.Columns
	}
	s.inputs = append(s.inputs, in)
	in.view = s.name(r.Name)
	s.deps[strings.ToLower(r.Name)] = []int{in.number}
	if r.Form == relation.Parquet {
		if err := s.bindTable(ctx, in); err != nil {
			return nil, err
		}
		return r.Columns, s.agree(ctx, in.view, r.Columns)
	}
	var err error
	if in.pipe, err = newPipe(s.budget.Dir); err != nil {
		return nil, err
	}
	source, err := in.source(in.number, wholeBuffer)
	if err != nil {
		return nil, err
	}
	if err := s.exec(ctx, "CREATE OR REPLACE VIEW "+in.view+" AS "+source); err != nil {
		return nil, err
	}
	return r.Columns, s.agree(ctx, in.view, r.Columns)
}

// Buffers of DuckDB's CSV reader. It takes several of them from a pipe before it
// stops reading, so a small one ends a LIMIT early. A record may be half as long:
// with a longer one allowed, its parallel readers lose their place in quotes.
const (
	wholeBuffer = 32 << 20
	limitBuffer = 8_000_000 // a record of over 4 MB does not fit
)

// source is the query that reads an input's pipe. The text in the pipe is
// canonical, so that DuckDB's typed scan reads exactly what Spark would. Columns
// have names of the room's own, by which a plan tells inputs apart. Where a field
// may hold the end of a line, one thread reads: several cannot tell records from
// what looks like records within quotes.
func (in *input) source(n, buffer int) (string, error) {
	var declared, out []string
	for i, c := range in.physical {
		name, err := typeName(c.Type)
		if err != nil {
			return "", fmt.Errorf("column %s: %w", c.Name, err)
		}
		raw := fmt.Sprintf("r%d_%d", n, i)
		declared = append(declared, text(raw)+": "+text(name))
		if relation.Find(in.rel.Columns, c.Name) >= 0 {
			out = append(out, raw+" AS "+quoted(c.Name))
		}
	}
	if in.rel.Form != relation.CSV {
		return fmt.Sprintf(`SELECT %s FROM read_json(%s, format='newline_delimited', auto_detect=false, columns={%s}, records=true, maximum_object_size=%d)`,
			strings.Join(out, ", "), text(in.pipe.path), strings.Join(declared, ", "), buffer), nil
	}
	return fmt.Sprintf(`SELECT %s FROM read_csv(%s, auto_detect=false, header=false, columns={%s}, delim=',', quote='"', escape='"', `+
		`new_line='\n', comment='', nullstr='', allow_quoted_nulls=false, null_padding=false, strict_mode=true, ignore_errors=false, `+
		`max_line_size=%d, buffer_size=%d, parallel=%t)`,
		strings.Join(out, ", "), text(in.pipe.path), strings.Join(declared, ", "), buffer/2, buffer, !in.oneThread), nil
}

// Define names a query and checks that DuckDB means the same columns by it.
func (s *session) Define(ctx context.Context, v engine.View) error {
	query := v.Query.View(s.view)
	var deps []int
	name := s.name(v.Name)
	keep := v.Keep || !v.Query.Deterministic
	s.ordered = s.ordered || v.Query.OrderSensitive || v.Query.Sorted || keep // which is read now, before later ones are known
	for _, n := range v.Query.Reads {
		for _, i := range s.deps[strings.ToLower(n)] {
			if !slices.Contains(deps, i) {
				deps = append(deps, i)
			}
		}
	}
	kind := "VIEW"
	if keep {
		kind = "TABLE"
		if err := s.loadOf(ctx, v.Query.Reads...); err != nil {
			return err
		}
		if err := s.keepAll(ctx, query); err != nil {
			return err
		}
	}
	s.deps[strings.ToLower(v.Name)] = deps
	if err := s.exec(ctx, "CREATE OR REPLACE "+kind+" "+name+" AS "+query); err != nil {
		return err
	}
	return s.agree(ctx, name, v.Columns)
}

// agree checks DuckDB's own description of a view. The resolver's types are the
// ones that count; where they differ, the bug is ours and the run must fail.
func (s *session) agree(ctx context.Context, view string, cols []relation.Column) error {
	casts, names := make([]string, len(cols)), sparksql.ViewNames(cols)
	for i, c := range cols {
		name, err := typeName(c.Type)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		casts[i] = fmt.Sprintf("CAST(NULL AS %s) AS %s", name, quoted(names[i]))
	}
	want, err := s.describe(ctx, "SELECT "+strings.Join(casts, ", "))
	if err != nil {
		return err
	}
	got, err := s.describe(ctx, "SELECT * FROM "+view)
	if err != nil {
		return err
	}
	if len(got) != len(want) {
		return fault.Errorf(fault.Internal, "%s: DuckDB has %d columns, Glint %d", s.original(view), len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			return fault.Errorf(fault.Internal, "%s: DuckDB has the column %s %s, Glint %s %s",
				s.original(view), got[i][0], got[i][1], want[i][0], want[i][1]).
				WithHint("this is a bug in Glint's understanding of the query; please report it with the query")
		}
	}
	return nil
}

func (s *session) describe(ctx context.Context, query string) ([][2]string, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT column_name, column_type FROM (DESCRIBE "+query+")")
	if err != nil {
		return nil, s.explained(ctx, err)
	}
	defer rows.Close()
	var all [][2]string
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, s.explained(ctx, rows.Err())
}

// Query returns at most max rows of q. What it reads is kept, for it will be
// read again.
func (s *session) Query(ctx context.Context, q *sparksql.Query, max int) (relation.Rows, error) {
	query := q.DuckDB(s.view)
	s.ordered = true // what is previewed comes before what is defined later
	if err := s.loadOf(ctx, q.Reads...); err != nil {
		return relation.Rows{}, err
	}
	if err := s.keepAll(ctx, query); err != nil {
		return relation.Rows{}, err
	}
	rows, err := s.db.QueryContext(ctx, fmt.Sprintf("SELECT * FROM (%s) LIMIT %d", query, max+1))
	if err != nil {
		return relation.Rows{}, s.explained(ctx, err)
	}
	defer rows.Close()
	out, err := collect(rows, q.Columns, max)
	return out, s.explained(ctx, err)
}

// Explain is DuckDB's plan of a view, with the manifest's names in it.
func (s *session) Explain(ctx context.Context, view string) (string, error) {
	var kind, plan string
	err := s.db.QueryRowContext(ctx, "EXPLAIN SELECT * FROM "+s.view(view)).Scan(&kind, &plan)
	if err != nil {
		return "", s.explained(ctx, err)
	}
	return s.columnNames(plan), nil
}

// Close frees the database. The scratch folder is its owner's to remove.
func (s *session) Close() error {
	for _, in := range s.inputs {
		if in.pipe != nil {
			in.pipe.release()
			in.pipe.remove()
		}
	}
	return s.db.Close()
}

func (s *session) exec(ctx context.Context, statement string) error {
	_, err := s.db.ExecContext(ctx, statement)
	return s.explained(ctx, err)
}

// lock ends the settings for good. It is called before the first row is read.
func (s *session) lock(ctx context.Context) error {
	if s.locked {
		return nil
	}
	s.locked = true
	if err := s.exec(ctx, fmt.Sprintf("SET preserve_insertion_order = %t", s.ordered)); err != nil {
		return err
	}
	return s.exec(ctx, "SET lock_configuration = true")
}

// name gives a relation a view of its own: the manifest's names never clash
// with DuckDB's, nor a step with what it is made of.
func (s *session) name(relation string) string {
	view := fmt.Sprintf("v%d", len(s.shown))
	s.shown = append(s.shown, relation)
	s.names[strings.ToLower(relation)] = view
	return view
}

// view is the view of a relation that is bound or defined.
func (s *session) view(relation string) string {
	if v, ok := s.names[strings.ToLower(relation)]; ok {
		return v
	}
	return quoted(relation)
}

// original is what the manifest calls a view or a column of a pipe, or "".
func (s *session) original(internal string) string {
	var n, i int
	if k, err := fmt.Sscanf(internal, "r%d_%d", &n, &i); err == nil && k == 2 && n < len(s.inputs) && i < len(s.inputs[n].physical) {
		return s.inputs[n].physical[i].Name
	}
	if k, err := fmt.Sscanf(internal, "v%d", &n); err == nil && k == 1 && n < len(s.shown) {
		return s.shown[n]
	}
	return ""
}

// columnNames puts the manifest's names into a plan, and keeps its boxes whole.
func (s *session) columnNames(plan string) string {
	lines := strings.Split(plan, "\n")
	for i, line := range lines {
		cells := strings.Split(line, "│")
		for k, cell := range cells {
			named := madeUp.ReplaceAllStringFunc(cell, func(m string) string {
				if name := s.original(m); name != "" {
					return name
				}
				return m
			})
			if named != cell {
				cells[k] = centered(strings.TrimSpace(named), utf8.RuneCountInString(cell))
			}
		}
		lines[i] = strings.Join(cells, "│")
	}
	return strings.Join(lines, "\n")
}

// centered is text in the middle of a cell, shortened if it must be.
func centered(text string, width int) string {
	n := utf8.RuneCountInString(text)
	if n > width {
		return string([]rune(text)[:max(0, width-1)]) + "…"
	}
	left := (width - n) / 2
	return strings.Repeat(" ", left) + text + strings.Repeat(" ", width-n-left)
}

// pipeTest streams a query through a pipe, as every export does.
func pipeTest(ctx context.Context, s *session) error {
	p, err := newPipe(s.budget.Dir)
	if err != nil {
		return err
	}
	defer p.remove()
	go func() {
		if w, err := p.writer(ctx); err == nil {
			_, _ = w.WriteString("1\n2\n3\n")
			w.Close()
		}
	}()
	var sum int64
	q := fmt.Sprintf("SELECT sum(a)::BIGINT FROM read_csv(%s, auto_detect=false, header=false, columns={'a': 'BIGINT'})", text(p.path))
	if err := s.db.QueryRowContext(ctx, q).Scan(&sum); err != nil || sum != 6 {
		return fault.Wrap(fault.Internal, errors.Join(errors.New("named pipes do not work in the scratch folder"), err))
	}
	return nil
}

package workflow_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// passing is a small engine that passes the lines of its inputs through.
type passing struct {
	mu      sync.Mutex
	exports int
	// exporting is asked when an export has staged its part: an error fails it.
	exporting func(ctx context.Context, n int) error
	// answer is the value of every column of the one row that a query gives.
	answer func(text string) any
}

func (e *passing) Name() string              { return "passing" }
func (e *passing) Accepts() []relation.Form  { return []relation.Form{relation.CSV} }
func (e *passing) Produces() []relation.Form { return []relation.Form{relation.Parquet} }

func (e *passing) Open(context.Context, host.Budget) (engine.Session, error) {
	return &session{engine: e, inputs: map[string]relation.Relation{}, reads: map[string][]string{}}, nil
}

type session struct {
	engine *passing
	inputs map[string]relation.Relation
	reads  map[string][]string // of a view
}

func (s *session) Bind(_ context.Context, r relation.Relation) ([]relation.Column, error) {
	s.inputs[r.Name] = r
	return r.Columns, nil
}

func (s *session) Define(_ context.Context, v engine.View) error {
	s.reads[v.Name] = v.Query.Reads
	return nil
}

func (s *session) Query(_ context.Context, q *sparksql.Query, _ int) (relation.Rows, error) {
	if s.engine.answer == nil {
		return relation.Rows{}, nil
	}
	row := make([]any, len(q.Columns))
	for i := range row {
		row[i] = s.engine.answer(q.Text)
	}
	return relation.Rows{Columns: q.Columns, Values: [][]any{row}}, nil
}
func (s *session) Explain(context.Context, string) (string, error) { return "pass through", nil }
func (s *session) Close() error                                    { return nil }

func (s *session) Export(ctx context.Context, exports []engine.Export, progress func(engine.Progress)) (engine.Exported, error) {
	s.engine.mu.Lock()
	s.engine.exports++
	n := s.engine.exports
	s.engine.mu.Unlock()
	var done engine.Exported
	for _, x := range exports {
		rows, read, err := s.lines(ctx, x.View)
		if err != nil {
			return done, err
		}
		done.Reads = append(done.Reads, read...)
		text := "PAR1" + strings.Join(rows, "\n") + "PAR1"
		f, err := x.Put(ctx, 0, strings.NewReader(text))
		if err != nil {
			return done, err
		}
		progress(engine.Progress{RowsWritten: int64(len(rows)), BytesWritten: f.Size})
		done.Outputs = append(done.Outputs, engine.Output{Output: x.Output, Files: []relation.File{f}, Rows: int64(len(rows)), Bytes: int64(len(text))})
	}
	if s.engine.exporting != nil {
		return done, s.engine.exporting(ctx, n)
	}
	return done, nil
}

// lines are the lines, but the header, of the inputs that a view reads, through
// other views or itself.
func (s *session) lines(ctx context.Context, view string) (lines []string, reads []engine.Read, err error) {
	r, ok := s.inputs[view]
	if !ok {
		for _, name := range s.reads[view] {
			l, rd, err := s.lines(ctx, name)
			if err != nil {
				return nil, nil, err
			}
			lines, reads = append(lines, l...), append(reads, rd...)
		}
		return lines, reads, nil
	}
	read := engine.Read{Input: r.Name, Complete: true}
	for _, f := range r.Files {
		body, err := f.Open(ctx, 0, -1)
		if err != nil {
			return nil, nil, err
		}
		text, err := io.ReadAll(body)
		if err := fault.Wrap(fault.Transient, err); err != nil {
			return nil, nil, err
		}
		read.Bytes, read.Total = read.Bytes+int64(len(text)), read.Total+f.Size
		_, data, _ := bytes.Cut(text, []byte("\n"))
		for line := range strings.Lines(string(data)) {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
			read.Rows++
		}
	}
	return lines, []engine.Read{read}, nil
}

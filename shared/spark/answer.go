package spark

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// An Answer is what Spark makes of one statement.
type Answer struct {
	Schema []Column `json:"schema"`
	Rows   [][]any  `json:"rows"`
	Error  *Error   `json:"error"` // instead of rows
	// Took is Spark's own time.
	Took time.Duration `json:"-"`
}

// A Column is a column of an answer. Its type is Spark's simpleString.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Run runs a statement with settings that hold for it alone. Views that it
// creates stay until Fresh. Values are what CAST(… AS STRING) prints, binary
// in hexadecimal digits, NULL as nil; arrays and structs are []any of such
// values, maps are []any of pairs. All rows are held in memory.
//
// The error says that Spark could not be asked; that a statement is wrong is an
// answer.
func (s *Session) Run(ctx context.Context, statement string, conf map[string]string) (Answer, error) {
	request := map[string]any{"do": "run", "sql": statement}
	if len(conf) > 0 {
		request["conf"] = conf
	}
	var a struct {
		Answer
		MS int64
	}
	if err := s.ask(ctx, request, &a); err != nil {
		return Answer{}, err
	}
	a.Took = time.Duration(a.MS) * time.Millisecond
	return a.Answer, nil
}

// MarshalLine is the answer to the n-th statement as `glint sql --json` prints
// it, without the end of the line.
func (a Answer) MarshalLine(n int) ([]byte, error) {
	type failure struct {
		Class string `json:"class"`
		*Error
	}
	var line any
	if a.Error != nil {
		line = struct {
			N     int     `json:"n"`
			Error failure `json:"error"`
		}{n, failure{"failed", a.Error}}
	} else {
		line = struct {
			N      int      `json:"n"`
			Schema []Column `json:"schema"`
			Rows   [][]any  `json:"rows"`
		}{n, a.Schema, a.Rows}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(line); err != nil {
		return nil, fault.Errorf(fault.Internal, "statement %d: %w", n, err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

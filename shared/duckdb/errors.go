package duckdb

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	duck "github.com/duckdb/duckdb-go/v2"

	"github.com/glint-data/glint/shared/fault"
)

// explained gives an error of DuckDB its kind, and takes out what the reader
// has never seen: scratch paths and the names that this room made up.
func (s *session) explained(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("DuckDB was stopped: %w", context.Cause(ctx))
	}
	var e *duck.Error
	if !errors.As(err, &e) {
		return fault.Wrap(fault.Internal, err)
	}
	msg := s.readable(e.Msg)
	if m := tooLong.FindStringSubmatch(e.Msg); m != nil {
		return s.longRecord(e.Msg, m[1])
	}
	switch e.Type {
	case duck.ErrorTypeOutOfMemory:
		return fault.Errorf(fault.Exhausted, "DuckDB: %s", msg).
			WithHint("the engine may use %d MB here; give the service more memory (GLINT_MEMORY says how much an instance has)", s.budget.Memory>>20)
	case duck.ErrorTypeConversion, duck.ErrorTypeOutOfRange, duck.ErrorTypeDivideByZero, duck.ErrorTypeInvalidInput:
		return fault.Errorf(fault.Invalid, "DuckDB: %s", msg)
	case duck.ErrorTypeIO:
		return fault.Errorf(fault.Transient, "DuckDB: %s", msg)
	}
	switch e.Type {
	case duck.ErrorTypeBinder, duck.ErrorTypeCatalog, duck.ErrorTypeParser, duck.ErrorTypeNotImplemented:
		// The query is right, and what it was rewritten to is more than DuckDB takes.
		return fault.Errorf(fault.Refused, "DuckDB cannot run this query: %s", msg).WithHint("write it in another way; and please report it with the query")
	}
	return fault.Errorf(fault.Internal, "DuckDB: %s", msg)
}

var tooLong = regexp.MustCompile(`Maximum line size of (\d+) bytes exceeded`)

// longRecord names the input whose record no buffer holds, and the limit, which
// is smaller where a LIMIT is to end the reading early.
func (s *session) longRecord(msg, limit string) error {
	name := "an input"
	for _, in := range s.inputs {
		if in.pipe != nil && strings.Contains(msg, in.pipe.path) {
			name = "input " + in.rel.Name
		}
	}
	bytes, _ := strconv.ParseInt(limit, 10, 64)
	return fault.Errorf(fault.Invalid, "%s: a record is longer than %d MB", name, bytes/1e6).
		WithHint("most likely a quote that is opened is never closed (multiLine), or the delimiter is another")
}

var madeUp = regexp.MustCompile(`"?\b([vrg]\d+(?:_\d+)?)\b"?`)

func (s *session) readable(msg string) string {
	msg, _, _ = strings.Cut(msg, "\n\nLINE ")
	if s.budget.Dir != "" {
		msg = regexp.MustCompile(regexp.QuoteMeta(s.budget.Dir)+`[^\s"']*`).ReplaceAllString(msg, "the input")
	}
	return madeUp.ReplaceAllStringFunc(msg, func(m string) string {
		if name := s.original(strings.Trim(m, `"`)); name != "" {
			return name
		}
		return m
	})
}

package sparkcsv

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// checkHeader notes the first difference between a header and the columns.
func (n *Normalizer) checkHeader() {
	if n.stats.HeaderMismatch != "" {
		return
	}
	if got, want := len(n.tok.fields), len(n.columns); got != want {
		n.stats.HeaderMismatch = fmt.Sprintf("%s: the header has %d columns, the schema %d", n.uri, got, want)
		return
	}
	for i, s := range n.tok.fields {
		if name := string(n.tok.text[s.from:s.to]); !strings.EqualFold(name, n.columns[i].name) {
			n.stats.HeaderMismatch = fmt.Sprintf("%s: column %d is %.80q in the header and %q in the schema", n.uri, i+1, name, n.columns[i].name)
			return
		}
	}
}

// appendRecord converts the record that the tokenizer has found.
func (n *Normalizer) appendRecord() error {
	mark, bad := len(n.out), false
	if len(n.tok.fields) != len(n.columns) {
		bad = true
		if err := n.malformed(""); err != nil {
			return err
		}
	}
	for i := range n.columns {
		if i > 0 {
			n.out = append(n.out, ',')
		}
		if i >= len(n.tok.fields) || n.tok.fields[i].null {
			continue
		}
		s := n.tok.text[n.tok.fields[i].from:n.tok.fields[i].to]
		if len(s) == 0 {
			s = []byte(n.d.EmptyValue)
		}
		if bytes.Equal(s, n.null) {
			continue
		}
		at := len(n.out)
		out, ok := n.convert(n.out, &n.columns[i], s)
		n.out = out
		if !ok {
			n.out = n.out[:at]
			bad = true
			if err := n.malformed(n.columns[i].name); err != nil {
				return err
			}
		}
	}
	if bad && n.d.Mode == relation.DropMalformed {
		n.out = n.out[:mark]
		return nil
	}
	n.out = append(n.out, '\n')
	n.stats.Records++
	return nil
}

// malformed counts a field, or a record if column is "", that does not fit.
func (n *Normalizer) malformed(column string) error {
	what := "a record with too few or too many fields"
	if column != "" {
		what = "column " + column
		for _, c := range n.columns {
			if c.name == column {
				what += ": not " + c.text.String()
				break
			}
		}
	}
	if n.d.Mode == relation.FailFast {
		return n.fail(errors.New(what))
	}
	n.stats.Bad[column]++
	if n.stats.First == "" {
		n.stats.First = fmt.Sprintf("%s:%d: %s", n.uri, n.line, what)
	}
	return nil
}

func (n *Normalizer) fail(err error) error {
	return fault.Errorf(fault.Invalid, "csv: %w", err).At(fault.Pos{File: n.uri, Line: int(n.line)}).
		WithHint("mode PERMISSIVE makes such fields NULL and counts them")
}

package sparkcsv

import (
	"fmt"
	"io"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// Names returns the names that Spark gives to the columns of a file without a
// schema: those of its first record if that is a header, and where there is
// none, or one occurs twice, something with its number: _c0, id1. It is nil if
// r has no record.
func Names(d relation.CSVDecode, r io.Reader) ([]string, error) {
	header := d.Header
	d.Header = true // the first record is looked at as one
	n, err := New([]relation.Column{{Name: "_", Type: relation.Of(relation.String)}}, d)
	if err != nil {
		return nil, err
	}
	f := n.reading("", io.Discard, r)
	f.onlyHeader = true
	if err := f.all(); err != nil || f.header {
		return nil, err
	}
	return n.safeNames(header), nil
}

// safeNames are the names in the record that the tokenizer has found.
func (n *Normalizer) safeNames(header bool) []string {
	names := make([]string, len(n.tok.fields))
	count := map[string]int{}
	for i, s := range n.tok.fields {
		names[i] = string(n.tok.text[s.from:s.to])
		count[strings.ToLower(names[i])]++
	}
	for i, name := range names {
		switch {
		case !header || name == "" || name == n.d.NullValue:
			names[i] = fmt.Sprintf("_c%d", i)
		case count[strings.ToLower(name)] > 1:
			names[i] = fmt.Sprintf("%s%d", name, i)
		}
	}
	return names
}

//go:build !windows

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
	"github.com/glint-data/glint/shared/sparktime"
)

// A difference is what a test found of one step: rows that were expected and
// are not there, beside those that are there instead.
type difference struct {
	columns []relation.Column
	pairs   [][2][]string // expected, found; one may be nil
	equal   int
}

// differ compares rows with those that a test expects: as a multiset, or in
// their order. Columns that no expected row names are not compared.
func differ(step string, want plug.Raw, got relation.Rows, ordered bool) (*difference, error) {
	cols, index, err := compared(step, want, got.Columns)
	if err != nil {
		return nil, err
	}
	d := &difference{columns: cols}
	found := make([][]any, len(got.Values))
	for i, row := range got.Values {
		for k, at := range index {
			found[i] = append(found[i], sparkfn.Printed(row[at], cols[k].Type, sparktime.Zone{}))
		}
	}
	var missing []plug.Raw
	for i, w := range want.Items {
		if ordered {
			if i < len(found) && distance(cols, w, found[i]) > 0 || i >= len(found) {
				missing = append(missing, w)
			}
			continue
		}
		if at := slices.IndexFunc(found, func(row []any) bool { return row != nil && distance(cols, w, row) == 0 }); at >= 0 {
			found[at] = nil
			d.equal++
		} else {
			missing = append(missing, w)
		}
	}
	if ordered {
		return d.inOrder(want.Items, found), nil
	}
	found = slices.DeleteFunc(found, func(row []any) bool { return row == nil })
	for _, w := range missing { // beside the row that is most like it
		best := -1
		for i, row := range found {
			if n := distance(cols, w, row); n < len(cols) && (best < 0 || n < distance(cols, w, found[best])) {
				best = i
			}
		}
		pair := [2][]string{expectedCells(cols, w), nil}
		if best >= 0 {
			pair[1] = foundCells(found[best])
			found = slices.Delete(found, best, best+1)
		}
		d.pairs = append(d.pairs, pair)
	}
	for _, row := range found {
		d.pairs = append(d.pairs, [2][]string{nil, foundCells(row)})
	}
	return d, nil
}

// inOrder pairs rows by their place.
func (d *difference) inOrder(want []plug.Raw, found [][]any) *difference {
	for i := range max(len(want), len(found)) {
		var pair [2][]string
		if i < len(want) {
			pair[0] = expectedCells(d.columns, want[i])
		}
		if i < len(found) {
			pair[1] = foundCells(found[i])
		}
		if i < len(want) && i < len(found) && distance(d.columns, want[i], found[i]) == 0 {
			d.equal++
			continue
		}
		d.pairs = append(d.pairs, pair)
	}
	return d
}

// compared are the columns that the expected rows name, in the order of the
// step, and where they are; all of them if no row is expected.
func compared(step string, want plug.Raw, cols []relation.Column) (named []relation.Column, index []int, err error) {
	used := map[int]bool{}
	for _, row := range want.Items {
		for _, e := range row.Entries {
			i := relation.Find(cols, e.Name)
			if i < 0 {
				f := fault.Errorf(fault.Invalid, "%s has no column %s", step, e.Name).At(e.Pos)
				if near := plug.Nearest(e.Name, relation.Names(cols)); near != "" {
					f = f.WithHint("did you mean %s?", near)
				} else {
					f = f.WithHint("its columns are %s", strings.Join(relation.Names(cols), ", "))
				}
				return nil, nil, f
			}
			used[i] = true
		}
	}
	for i, c := range cols {
		if used[i] || len(want.Items) == 0 {
			named, index = append(named, c), append(index, i)
		}
	}
	return named, index, nil
}

// distance is how many cells of a row differ.
func distance(cols []relation.Column, want plug.Raw, row []any) int {
	n := 0
	for i, c := range cols {
		if !matches(want.Get(c.Name), row[i], c.Type) {
			n++
		}
	}
	return n
}

// matches reports whether a value, as Spark prints it, is the expected one.
func matches(want plug.Raw, got any, t relation.Type) bool {
	switch got := got.(type) {
	case nil:
		return want.Shape == plug.Absent
	case string:
		return want.Shape == plug.Scalar && sameText(want.Text, got, t)
	case []any:
		return matchesNested(want, got, t)
	}
	return false
}

func matchesNested(want plug.Raw, got []any, t relation.Type) bool {
	switch t.Kind {
	case relation.Array:
		return want.Shape == plug.Sequence && slices.EqualFunc(want.Items, got, func(w plug.Raw, g any) bool { return matches(w, g, *t.Elem) })
	case relation.Struct:
		if want.Shape != plug.Mapping {
			return false
		}
		for i, f := range t.Fields {
			if i >= len(got) || !matches(want.Get(f.Name), got[i], f.Type) {
				return false
			}
		}
		return true
	case relation.Map:
		if want.Shape != plug.Mapping || len(want.Entries) != len(got) {
			return false
		}
		for _, entry := range got {
			pair, ok := entry.([]any)
			key, text := "", false
			if ok && len(pair) == 2 {
				key, text = pair[0].(string)
			}
			i := slices.IndexFunc(want.Entries, func(e plug.Entry) bool { return e.Name == key })
			if !text || i < 0 || !matches(want.Entries[i].Value, pair[1], *t.Elem) {
				return false
			}
		}
		return true
	}
	return false
}

// sameText compares texts by what they mean in a type: 1.5 is 1.50 as a decimal,
// and two doubles may differ in their last digits.
func sameText(want, got string, t relation.Type) bool {
	if want == got {
		return true
	}
	switch t.Kind {
	case relation.Double, relation.Float:
		a, errA := strconv.ParseFloat(want, 64)
		b, errB := strconv.ParseFloat(got, 64)
		allowed := 1e-12
		if t.Kind == relation.Float {
			allowed = 1e-6
		}
		return errA == nil && errB == nil && (a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= allowed*max(math.Abs(a), math.Abs(b)))
	case relation.Byte, relation.Short, relation.Int, relation.Long, relation.Decimal:
		a, okA := new(big.Rat).SetString(short(want))
		b, okB := new(big.Rat).SetString(got)
		return okA && okB && a.Cmp(b) == 0
	case relation.Boolean:
		return strings.EqualFold(want, got)
	case relation.Date:
		a, okA := sparktime.ParseDate([]byte(want))
		b, okB := sparktime.ParseDate([]byte(got))
		return okA && okB && a == b
	case relation.Timestamp, relation.TimestampNTZ:
		a, okA := micros(want)
		b, okB := micros(got)
		return okA && okB && a == b
	}
	return false
}

// short keeps a number with a large exponent from being written out.
func short(s string) string {
	if len(s) > 100 || strings.ContainsAny(s, "eEpP/_") {
		return ""
	}
	return s
}

// micros is the instant that a text names; without a zone, in UTC.
func micros(s string) (int64, bool) {
	st, ok := sparktime.ParseStamp([]byte(s))
	if !ok || st.TimeOnly {
		return 0, false
	}
	n, ok := st.Micros()
	if ok && st.Zoned {
		return st.Zone.Global(n)
	}
	return n, ok
}

func expectedCells(cols []relation.Column, row plug.Raw) []string {
	cells := make([]string, len(cols))
	for i, c := range cols {
		cells[i] = rawText(row.Get(c.Name))
	}
	return cells
}

func rawText(v plug.Raw) string {
	switch v.Shape {
	case plug.Absent:
		return "NULL"
	case plug.Scalar:
		return sqlCell(v.Text)
	}
	text, _ := json.Marshal(rawValue(v))
	return string(text)
}

func rawValue(v plug.Raw) any {
	switch v.Shape {
	case plug.Scalar:
		return v.Text
	case plug.Sequence:
		list := make([]any, len(v.Items))
		for i := range v.Items {
			list[i] = rawValue(v.Items[i])
		}
		return list
	case plug.Mapping:
		list := make([]any, len(v.Entries))
		for i := range v.Entries {
			list[i] = rawValue(v.Entries[i].Value)
		}
		return list
	}
	return nil
}

func foundCells(row []any) []string {
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = sqlCell(v)
	}
	return cells
}

// print shows what differs: - is expected, + is what is there; of a pair, cells
// that are equal are shown once.
func (d *difference) print(w io.Writer, step string) {
	missing, extra := 0, 0
	for _, p := range d.pairs {
		if p[0] != nil {
			missing++
		}
		if p[1] != nil {
			extra++
		}
	}
	fmt.Fprintf(w, "  %s: %s as expected, %d missing (-), %d not expected (+)\n", step, number(d.equal, "row"), missing, extra)
	head, right := []string{""}, map[int]bool{}
	for i, c := range d.columns {
		head = append(head, c.Name)
		right[i+1] = c.Type.Kind.Numeric()
	}
	var rows [][]string
	for i, p := range d.pairs {
		if i == shown {
			break
		}
		if p[0] != nil {
			rows = append(rows, append([]string{"-"}, p[0]...))
		}
		if p[1] != nil {
			row := append([]string{"+"}, p[1]...)
			for k := range p[0] {
				if sameText(p[0][k], p[1][k], d.columns[k].Type) {
					row[k+1] = "·"
				}
			}
			rows = append(rows, row)
		}
	}
	printTable(w, "    ", head, rows, right)
	if more := len(d.pairs) - shown; more > 0 {
		fmt.Fprintf(w, "    … and %d more\n", more)
	}
}

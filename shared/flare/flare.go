// Package flare holds the Flare functions: each turns the rows of a step, and
// what the manifest gives it, into one Spark SQL query over them. That query is
// the meaning: Glint resolves it like any other, and real Spark can run it.
//
// A file is a function; its name is the manifest's. To add one, write its file
// and list it in All.
package flare

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// A Function is one Flare function.
type Function struct {
	spec plug.Spec
	sql  func(f *frame) string
}

// Spec describes the function and its arguments.
func (f Function) Spec() plug.Spec { return f.spec }

// All is every Flare function, by its name in the manifest.
var All = plug.NewSet("Flare function",
	addColumn, anyDate, anyTimestamp, changeCase, changeColumnCase, cleanseColumnNames, columnsReplace, copyColumn, cutCharacter,
	decode, diffDate, drop, dropDuplicates, encode, epochToTimestamp, fillNullOrEmpty, findAndReplace, flatten, flattenOuter,
	formatDate, formatUnixDate, generateUUID, hash, incrementVariable, maskNumber, merge, parseAsJSON, parseHTML, pivot,
	rename, renameAll, selectColumns, setColumn, setType, setVariable, snakeCase, splitEmail, splitURL, swap, trim, unfurl, unpivot,
)

// Compile writes f as a query of Spark SQL over the relation from, whose columns
// are cols. All mistakes are returned, joined, each with its place; notes are
// what is worth a remark.
func Compile(f manifest.Function, from string, cols []relation.Column) (sql string, notes []plug.Note, err error) {
	fn, err := All.Get(f.Name)
	if err != nil {
		var e *fault.Error
		if errors.As(err, &e) {
			return "", nil, e.At(f.Pos)
		}
		return "", nil, err
	}
	given := f.Args
	given.Entries = slices.DeleteFunc(slices.Clone(given.Entries), func(e plug.Entry) bool { return strings.EqualFold(e.Name, "name") })
	args, notes, err := fn.spec.Check(given)
	if err != nil {
		return "", notes, named(fn.spec.Name, fault.Each(err))
	}
	fr := &frame{name: fn.spec.Name, from: name(from), cols: cols, args: args, raw: f.Args, pos: f.Pos, notes: notes}
	sql = fn.sql(fr)
	if len(fr.mistakes) > 0 {
		return "", fr.notes, named(fn.spec.Name, fr.mistakes)
	}
	return sql, fr.notes, nil
}

// named joins mistakes, each with the function's name.
func named(function string, mistakes []error) error {
	all := make([]error, len(mistakes))
	for i, err := range mistakes {
		all[i] = fmt.Errorf("function %s: %w", function, err)
	}
	return errors.Join(all...)
}

// A frame is the rows that a function is applied to, and what it is given.
type frame struct {
	name string
	from string // quoted
	cols []relation.Column
	args plug.Args
	raw  plug.Raw
	pos  fault.Pos

	mistakes []error
	notes    []plug.Note
}

func (f *frame) wrong(p fault.Pos, hint, format string, args ...any) {
	if p.IsZero() {
		p = f.pos
	}
	e := fault.Errorf(fault.Invalid, format, args...).At(p)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	f.mistakes = append(f.mistakes, e)
}

func (f *frame) note(p fault.Pos, format string, args ...any) {
	f.notes = append(f.notes, plug.Note{Pos: p, Message: "function " + f.name + ": " + fmt.Sprintf(format, args...)})
}

// column finds the column that an argument names. A name that is none is a
// mistake, and so is one that is not given.
func (f *frame) column(arg string) relation.Column {
	return f.find(f.args[arg])
}

func (f *frame) find(v plug.Value) relation.Column {
	s, _ := v.Data.(string)
	s = strings.TrimSpace(s)
	if i := relation.Find(f.cols, s); i >= 0 {
		return f.cols[i]
	}
	hint := ""
	names := relation.Names(f.cols)
	if near := plug.Nearest(s, names); near != "" {
		hint = "did you mean " + near + "?"
	} else if len(names) > 0 {
		hint = "the columns here are " + strings.Join(names[:min(len(names), 20)], ", ")
	}
	f.wrong(v.Pos, hint, "there is no column %q", s)
	return relation.Column{Name: s, Type: relation.Of(relation.String), Nullable: true}
}

// list are the values of an argument that is a list.
func (f *frame) list(arg string) []plug.Value {
	values, _ := f.args[arg].Data.([]plug.Value)
	return values
}

// mapped are the entries of an argument that is a map, in the manifest's order.
func (f *frame) mapped(arg string) []entry {
	given, _ := f.args[arg].Data.(plug.Args)
	var list []entry
	for key, v := range given {
		s, _ := v.Data.(string)
		list = append(list, entry{key: plug.Value{Data: strings.TrimSpace(key), Pos: v.Pos}, value: s})
	}
	slices.SortFunc(list, func(a, b entry) int {
		if a.key.Pos.Line != b.key.Pos.Line {
			return a.key.Pos.Line - b.key.Pos.Line
		}
		return strings.Compare(a.key.Data.(string), b.key.Data.(string))
	})
	return list
}

type entry struct {
	key   plug.Value
	value string
}

// as is the name that an argument gives to the result, or the column's own.
func (f *frame) as(own string) string {
	if s := strings.TrimSpace(f.args.Text("asColumn")); s != "" {
		return s
	}
	return own
}

// with is a query of all columns and e as the column called as: in the place of
// the one that has this name, or at the end.
func (f *frame) with(as, e string) string { return f.withAll([][2]string{{as, e}}) }

func (f *frame) withAll(pairs [][2]string) string {
	items := make([]string, len(f.cols))
	for i, c := range f.cols {
		items[i] = name(c.Name)
	}
	for _, p := range pairs {
		item := p[1] + " AS " + name(p[0])
		if i := relation.Find(f.cols, p[0]); i >= 0 {
			items[i] = item
		} else {
			items = append(items, item)
		}
	}
	return f.project(items)
}

func (f *frame) project(items []string) string {
	if len(items) == 0 {
		f.wrong(f.pos, "", "no column is left")
	}
	return "SELECT " + strings.Join(items, ", ") + " FROM " + f.from
}

// renamed is a query of all columns under other names. Two that would have the
// same name are a mistake, which says of which columns they come.
func (f *frame) renamed(to func(string) string) string {
	items := make([]string, len(f.cols))
	taken := map[string]string{}
	for i, c := range f.cols {
		now := to(c.Name)
		if before, ok := taken[strings.ToLower(now)]; ok {
			f.wrong(f.pos, "rename one of them first", "the columns %q and %q would both be called %q", before, c.Name, now)
		}
		taken[strings.ToLower(now)] = c.Name
		items[i] = name(c.Name) + " AS " + name(now)
	}
	return f.project(items)
}

// name quotes an identifier for Spark, text a string.
func name(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

func text(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`).Replace(s) + "'"
}

// str is a column's value as a string.
func str(c relation.Column) string {
	if c.Type.Kind == relation.String {
		return name(c.Name)
	}
	return "CAST(" + name(c.Name) + " AS STRING)"
}

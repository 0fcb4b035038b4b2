package flare_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/flare"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/relation"
)

const statements = "../duckdb/testdata/spark/flare.sql"

// TestStatements keeps the file with which real Spark is asked for the meaning
// of every example in step with them; GLINT_WRITE=1 writes it.
func TestStatements(t *testing.T) {
	examples, err := flare.Examples()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("-- The examples of the Flare functions, as they compile. Made by a test of shared/flare.\n")
	for _, e := range examples {
		if !e.Own {
			b.WriteString("create or replace temporary view rows as " + e.Rows + ";\n" + e.SQL + ";\n")
		}
	}
	if os.Getenv("GLINT_WRITE") != "" {
		if err := os.WriteFile(statements, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := os.ReadFile(statements)
	if diff := cmp.Diff(string(text), b.String()); diff != "" {
		t.Errorf("%s (-file +examples), GLINT_WRITE=1 writes it:\n%s", statements, diff)
	}
}

// TestEveryFunctionHasAnExample: what a reader sees first.
func TestEveryFunctionHasAnExample(t *testing.T) {
	random := map[string]bool{"generate_uuid": true}
	for _, f := range flare.All.All() {
		if len(f.Spec().Examples) == 0 && !random[f.Spec().Name] {
			t.Errorf("%s has no example", f.Spec().Name)
		}
		for _, field := range f.Spec().Fields {
			if field.Doc == "" {
				t.Errorf("%s: %s is not documented", f.Spec().Name, field.Name)
			}
		}
	}
	if n := len(flare.All.Names()); n != 42 {
		t.Errorf("%d functions, want 42", n)
	}
}

var cols = []relation.Column{
	{Name: "id", Type: relation.Of(relation.Int)}, {Name: "Name", Type: relation.Of(relation.String), Nullable: true},
	{Name: "tags", Type: relation.ArrayOf(relation.Of(relation.String)), Nullable: true},
	{Name: "at", Type: relation.StructOf(relation.Column{Name: "id", Type: relation.Of(relation.Int)}), Nullable: true},
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"{name: renme, column: a}", `unknown Flare function "renme" (did you mean "rename"?)`},
		{"{name: trim, column: nmae}", `function trim: there is no column "nmae" (did you mean Name?)`},
		{"{name: trim}", "function trim: trim option column is missing (The text.)"},
		{"{name: set_type, columns: {id: itn, nope: int}}", `function set_type: invalid datatype found: "itn" (did you mean int?), function set_type: there is no column "nope"`},
		{"{name: rename_all, columns: {id: x, Name: x}}", `function rename_all: the columns "id" and "Name" would both be called "x" (rename one of them first)`},
		{"{name: flatten, column: Name, asColumn: x}", "function flatten: the column Name is a string, not an array (use parse_as_json first)"},
		{"{name: unfurl, expression: at.*}", `function unfurl: the field "id" of at would be a second column of this name (rename or drop the column first)`},
		{"{name: unpivot, columns: ['*'], pivotColumns: ['*'], keyColumnName: k, valueColumnName: v}", "function unpivot: columns and pivotColumns cannot both be * (name the columns of one of them)"},
		{"{name: unpivot, columns: [id, Name], pivotColumns: [tags], keyColumnName: k, valueColumnName: v}", "function unpivot: the columns have different types: id int, but Name string (use set_type first)"},
		{"{name: add_column, column: x, value: seven, type: int}", `function add_column: "seven" is no int`},
		{"{name: find_and_replace, column: Name, sedExpression: x/a/b/}", `function find_and_replace: "x/a/b/" is no sed expression (write s/pattern/replacement/g)`},
		{"{name: pivot, groupBy: id, column: Name, aggregateExpression: count(tags)}", "function pivot: the values that become columns are not given (list them under values: the columns must be known before the rows are read)"},
		{"{name: drop, columns: [id, name, tags, at]}", "function drop: no column is left"},
	} {
		raw, _, err := manifest.Tree("w.yaml", []byte(c.args))
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = flare.Compile(manifest.Function{Name: raw.Get("name").Text, Args: raw, Pos: raw.Pos}, "rows", cols)
		if got := said(err); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.args, got, c.want)
		}
	}
}

func said(err error) string {
	var all []string
	for _, e := range fault.Each(err) {
		s := e.Error()
		if i := strings.Index(s, "w.yaml:"); i >= 0 { // the place is tested by the manifest's own room
			if k := strings.Index(s[i:], ": "); k >= 0 {
				s = s[:i] + s[i+k+2:]
			}
		}
		if h := fault.Hints(e); len(h) > 0 {
			s += " (" + strings.Join(h, ", ") + ")"
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

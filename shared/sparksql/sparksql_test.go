package sparksql

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

var update = flag.Bool("update", false, "rewrite what testdata wants")

func nullable(name string, t relation.Type) relation.Column {
	return relation.Column{Name: name, Type: t, Nullable: true}
}

var scope = Scopes{
	"city": {
		{Name: "id", Type: relation.Of(relation.Int)},
		nullable("Name", relation.Of(relation.String)), nullable("pop", relation.Of(relation.Long)),
		nullable("area", relation.Of(relation.Double)), nullable("tax", relation.DecimalOf(15, 2)),
		nullable("founded", relation.Of(relation.Date)), nullable("seen", relation.Of(relation.Timestamp)),
		nullable("open", relation.Of(relation.Boolean)), nullable("country id", relation.Of(relation.Int)),
	},
	"country": {nullable("id", relation.Of(relation.Int)), nullable("code", relation.Of(relation.String)), nullable("grade", relation.Of(relation.Byte))},
	"nested":  {nullable("a", relation.ArrayOf(relation.Of(relation.Int))), nullable("m", relation.MapOf(relation.Of(relation.String), relation.Of(relation.Int)))},
	"unknown": nil,
}

// schema prints columns as name type, with ! where there can be no NULL.
func schema(cols []relation.Column) string {
	list := make([]string, len(cols))
	for i, c := range cols {
		list[i] = c.Name + " " + c.Type.String()
		if !c.Nullable {
			list[i] += "!"
		}
	}
	return strings.Join(list, ", ")
}

// TestGolden reads Spark SQL from testdata, and finds below each query its
// schema and what DuckDB gets, or the mistakes.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			in, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			out := &txtar.Archive{Comment: in.Comment}
			for i := 0; i < len(in.Files); i++ {
				f := in.Files[i]
				if !strings.HasSuffix(f.Name, ".sql") {
					continue
				}
				got := answer(strings.TrimSuffix(string(f.Data), "\n"))
				want := ""
				name := strings.TrimSuffix(f.Name, ".sql") + ".want"
				if i+1 < len(in.Files) && in.Files[i+1].Name == name {
					want = string(in.Files[i+1].Data)
				}
				out.Files = append(out.Files, f, txtar.File{Name: name, Data: []byte(got)})
				if !*update {
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s (-want +got):\n%s", f.Name, diff)
					}
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func answer(text string) string {
	q, err := Resolve(text, nil, scope)
	if err != nil {
		var b strings.Builder
		for _, e := range fault.Each(err) {
			b.WriteString(fault.KindOf(e).String() + " " + e.Error() + "\n")
			for _, h := range fault.Hints(e) {
				b.WriteString("    " + h + "\n")
			}
		}
		return b.String()
	}
	return schema(q.Columns) + "\n" + q.DuckDB(nil) + "\n"
}

func TestFacts(t *testing.T) {
	type facts struct {
		Reads                                 []string
		Limit                                 int64
		Sorted, Deterministic, OrderSensitive bool
	}
	for _, c := range []struct {
		in   string
		want facts
	}{
		{"SELECT * FROM city LIMIT 10", facts{[]string{"city"}, 10, false, true, true}},
		{"SELECT * FROM CITY", facts{[]string{"CITY"}, -1, false, true, false}},
		{"SELECT id FROM city ORDER BY id", facts{[]string{"city"}, -1, true, true, false}},
		{"SELECT c.id FROM country c JOIN city ON c.id = city.id JOIN Country d ON d.id = c.id", facts{[]string{"country", "city"}, -1, false, true, false}},
		{"SELECT count(*) FROM (SELECT id FROM city LIMIT 3) t", facts{[]string{"city"}, -1, false, true, true}},
		{"SELECT current_date() d, first(id) f FROM city", facts{[]string{"city"}, -1, false, false, true}},
		{"WITH c AS (SELECT id FROM country) SELECT (SELECT max(id) FROM c) m FROM city", facts{[]string{"country", "city"}, -1, false, true, false}},
		{"SELECT 1 a", facts{nil, -1, false, true, false}},
	} {
		q, err := Resolve(c.in, nil, scope)
		if err != nil {
			t.Errorf("Resolve(%q): %v", c.in, err)
			continue
		}
		got := facts{q.Reads, q.Limit, q.Sorted, q.Deterministic, q.OrderSensitive}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("Resolve(%q) (-want +got):\n%s", c.in, diff)
		}
	}
}

func TestScan(t *testing.T) {
	q := Scan("city", scope["city"])
	if diff := cmp.Diff(scope["city"], q.Columns); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	got := q.DuckDB(func(n string) string { return `"main"."v_` + n + `"` })
	if !strings.HasSuffix(got, `FROM "main"."v_city" AS t1`) {
		t.Errorf("DuckDB() = %s", got)
	}
	if q, err := Resolve(q.Text, nil, scope); err != nil || q.Reads[0] != "city" {
		t.Errorf("Resolve(%s) = %v, %v", q.Text, q, err)
	}
}

func TestDuplicate(t *testing.T) {
	q, err := Resolve("SELECT id, pop AS x, tax AS X FROM city", nil, scope)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Duplicate(); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), `columns 2 and 3 are both called "X"`) {
		t.Errorf("Duplicate() = %v", err)
	}
	if err := Scan("city", scope["city"]).Duplicate(); err != nil {
		t.Errorf("Duplicate() = %v", err)
	}
}

// TestPosition checks that places come from the caller's own mapping.
func TestPosition(t *testing.T) {
	at := func(offset int) fault.Pos { return fault.Pos{File: "m.yaml", Line: 40, Column: 10 + offset} }
	_, err := Resolve("SELECT nam FROM city", at, scope)
	if want := `m.yaml:40:17: there is no column "nam"`; err == nil || err.Error() != want {
		t.Errorf("Resolve() = %v, want %s", err, want)
	}
}

// TestTable checks what every entry of the function table must have.
func TestTable(t *testing.T) {
	for name, f := range table {
		if f.generator != nil {
			continue
		}
		if f.signature == "" {
			t.Errorf("%s has no signature", name)
		}
		if f.resolve == nil && f.gives == nil {
			t.Errorf("%s has no type", name)
		}
		if f.resolve == nil && f.max != 0 && len(f.params) == 0 {
			t.Errorf("%s has no parameters", name)
		}
		if f.resolve == nil && f.duck == "" && f.write == nil && f.generator == nil {
			t.Errorf("%s is not written", name)
		}
	}
}

func TestDepth(t *testing.T) {
	for name, in := range map[string]string{
		"parentheses": "SELECT " + strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000),
		"sum":         "SELECT 1" + strings.Repeat("+1", 50000),
		"not":         "SELECT " + strings.Repeat("NOT ", 5000) + "true",
		"minus":       "SELECT " + strings.Repeat("- ", 5000) + "id FROM city",
		"trim":        "SELECT " + strings.Repeat("trim(", 5000) + "'a'" + strings.Repeat(")", 5000),
		"subqueries":  strings.Repeat("SELECT * FROM (", 5000) + "SELECT 1" + strings.Repeat(")", 5000),
		"unions":      "SELECT 1" + strings.Repeat(" UNION SELECT 1", 5000),
		"joins":       "SELECT 1 FROM city" + strings.Repeat(" JOIN city", 5000),
		"case":        strings.Repeat("SELECT CASE WHEN true THEN ", 1) + strings.Repeat("CASE WHEN true THEN ", 5000),
		"casts":       "SELECT 1" + strings.Repeat("::string", 5000),
		"comments":    strings.Repeat("/*", 100000),
	} {
		if _, err := Resolve(in, nil, scope); err == nil {
			t.Errorf("%s: resolved", name)
		}
	}
	long := "SELECT id FROM city WHERE id = 1" + strings.Repeat(" OR id = 2", 3000)
	if _, err := Resolve(long, nil, scope); err != nil {
		t.Errorf("a long OR: %v", err)
	}
}

// TestGrowth checks that what is written twice, nested, is refused in time.
func TestGrowth(t *testing.T) {
	alias := "SELECT id + id AS c0"
	for i := range 60 {
		alias += fmt.Sprintf(", c%d + c%d AS c%d", i, i, i+1)
	}
	between, cases, nested := "id", "id", "1"
	for range 60 {
		between = "CAST(" + between + " BETWEEN 1 AND 2 AS INT)"
		cases = "(CASE " + cases + " WHEN 1 THEN 2 WHEN 3 THEN 4 END)"
		nested = "nullif((SELECT " + nested + " AS x), 1)"
	}
	for name, in := range map[string]string{
		"alias": alias + " FROM city", "between": "SELECT " + between + " AS x FROM city",
		"case": "SELECT " + cases + " AS x FROM city", "subqueries": "SELECT " + nested + " AS x",
	} {
		if _, err := Resolve(in, nil, scope); !errors.Is(err, fault.Refused) || !strings.Contains(err.Error(), "grows to more than") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSize checks that nesting does not multiply what is written.
func TestSize(t *testing.T) {
	in := "Name"
	for range 20 {
		in = "CAST(CAST(upper(" + in + ") AS DOUBLE) AS INT)"
		in = "lower(" + in + ")"
	}
	q, err := Resolve("SELECT "+in+" AS x FROM city", nil, scope)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(q.DuckDB(nil)); n > 1<<18 {
		t.Errorf("%d bytes of DuckDB's SQL", n)
	}
}

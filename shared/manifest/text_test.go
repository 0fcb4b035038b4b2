package manifest_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/glint-data/glint/shared/manifest"
)

// around is a manifest whose one step has the given attribute, at 16 spaces.
func around(sql string) string {
	return `name: w
version: v1
type: workflow
workflow:
  dag:
    - name: j
      spec:
        stack: flare
        compute: c
        stackSpec:
          job:
            inputs: [{name: x, dataset: "dataos://d:c/x"}]
            outputs: [{name: s, dataset: "dataos://d:c/y?acl=rw"}]
            steps:
            - sequence:
              - name: s
                ` + sql + "\n"
}

var word = regexp.MustCompile(`HERE\d*`)

// checkPositions compares where each HERE of the query is said to be with where
// it stands in the text.
func checkPositions(t *testing.T, text string) {
	t.Helper()
	vars := map[string]string{"LONG": "a longer value", "SHORT": "v", "NONE": "", "LINES": "a\nb", "OTHER": "$SHORT"}
	w, _, err := manifest.Parse("f", []byte(text), vars)
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, text)
	}
	sql := w.Jobs[0].Steps[0].SQL
	found := word.FindAllStringIndex(sql.Value, -1)
	if len(found) == 0 {
		t.Errorf("no HERE in %q", sql.Value)
	}
	for _, m := range found {
		at := strings.Index(text, sql.Value[m[0]:m[1]])
		before := text[:at]
		line := 1 + strings.Count(before, "\n")
		column := 1 + utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:])
		if got, want := sql.At(m[0]).String(), fmt.Sprintf("f:%d:%d", line, column); got != want {
			t.Errorf("%s of %q is said to be at %s, want %s, in\n%s", sql.Value[m[0]:m[1]], sql.Value, got, want, text)
		}
	}
}

// TestPositions: every byte of a query has its place, in each style of scalar.
func TestPositions(t *testing.T) {
	const in = "\n                  "
	for _, c := range []struct{ name, sql string }{
		{"plain", "sql: SELECT a, HERE FROM x"},
		{"plain over lines", "sql: SELECT a," + in + "    HERE FROM x"},
		{"plain with an empty line", "sql: SELECT a,\n" + in + "HERE FROM x"},
		{"letters of several bytes", "sql: SELECT 'é漢😀', HERE FROM x"},
		{"single quoted", "sql: 'SELECT ''it'', HERE FROM x'"},
		{"single quoted over lines", "sql: 'SELECT a,  " + in + "''b''," + in + "HERE FROM x'"},
		{"double quoted", `sql: "SELECT \"a\", HERE FROM x"`},
		{"double quoted with codes", `sql: "SELECT '\u00e9\x41\n', HERE FROM x"`},
		{"double quoted, line escaped", `sql: "SELECT a, \` + in + `HERE1,\` + "\n" + in + `HERE2 FROM x"`},
		{"double quoted with empty lines", `sql: "SELECT a,` + "\n\n" + in + `HERE FROM x"`},
		{"literal", "sql: |" + in + "SELECT a," + in + "  HERE" + in + "FROM x"},
		{"literal with empty lines", "sql: |-\n" + in + "SELECT a,\n" + in + "HERE FROM x"},
		{"literal with a comment", "sql: |+ # why" + in + "SELECT a" + in + ", HERE FROM x\n\n"},
		{"literal with its indentation", "sql: |2" + in + "  SELECT a" + in + ", HERE FROM x"},
		{"literal with blanks at the end", "sql: |" + in + "SELECT a,   " + in + "HERE FROM x"},
		{"folded", "sql: >" + in + "SELECT a," + in + "b," + in + "HERE" + in + "FROM x"},
		{"folded with empty lines", "sql: >-\n" + in + "SELECT a\n\n" + in + ", HERE FROM x"},
		{"folded with deeper lines", "sql: >" + in + "SELECT a" + in + "    , HERE1" + in + "  , b" + in + ", HERE2 FROM x"},
		{"anchor", "sql: &q SELECT a, HERE FROM x"},
		{"tag", "sql: !!str SELECT a, HERE FROM x"},
		{"anchor of a literal", "sql: &q |" + in + "SELECT a," + in + "HERE FROM x"},
		{"anchor on its own line", "sql: &q" + in + "SELECT a, HERE FROM x"},
		{"a long line", "sql: SELECT " + strings.Repeat("é, ", 1000) + "HERE1, ${LONG}," + strings.Repeat(" $SHORT, 'é',", 1000) + " HERE2 FROM x"},
		{"variables", "sql: SELECT HERE1, ${LONG}, HERE2, $SHORT, HERE3 FROM x"},
		{"variable without a value", `sql: "SELECT ${NONE}, HERE FROM x"`},
		{"variable over lines", "sql: |" + in + "SELECT ${LINES}, HERE1" + in + "  , HERE2 FROM x"},
		{"variable, folded", "sql: >" + in + "SELECT ${LONG}" + in + ", HERE FROM x"},
		{"variable within a word", "sql: SELECT a.${SHORT}_HERE FROM x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			checkPositions(t, around(c.sql))
			checkPositions(t, strings.ReplaceAll(around(c.sql), "\n", "\r\n"))
		})
	}
}

// TestPositionsOfAnything: queries of random lines, written by the YAML library
// in each of its styles.
func TestPositionsOfAnything(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	parts := []string{"a", " ", "  ", "\n", "\n\n", "'", "\"", "\\", "\t", "é", ",", "#", ": ", "$x", "-"}
	styles := []yaml.Style{0, yaml.LiteralStyle, yaml.FoldedStyle, yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle}
	for range 2000 {
		var sql strings.Builder
		for i := range 1 + r.IntN(6) {
			for range r.IntN(6) {
				sql.WriteString(parts[r.IntN(len(parts))])
			}
			fmt.Fprintf(&sql, "HERE%d", i)
		}
		value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: sql.String(), Style: styles[r.IntN(len(styles))]}
		text, err := yaml.Marshal(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "sql"}, value}})
		if err != nil {
			t.Fatal(err)
		}
		attribute := strings.TrimRight(string(text), "\n")
		checkPositions(t, around(strings.ReplaceAll(attribute, "\n", "\n                ")))
		if t.Failed() {
			return
		}
	}
}

// TestVariables: what a variable holds is text, and not looked through again.
func TestVariables(t *testing.T) {
	w, _, err := manifest.Parse("f", []byte(around("sql: SELECT '${A}', $A, $UNSET, t$files, '^a$' FROM x")), map[string]string{"A": "$B", "B": "no"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := w.Jobs[0].Steps[0].SQL.Value, "SELECT '$B', $B, $UNSET, t$files, '^a$' FROM x"; got != want {
		t.Errorf("sql = %q, want %q", got, want)
	}
}

package duckdb

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
	"github.com/glint-data/glint/shared/sparksql"
	"github.com/glint-data/glint/shared/sparktime"
)

const (
	sparkGoldens = "testdata/spark"
	sparkRefused = sparkGoldens + "/refused.txt"
)

var updateRefused = flag.Bool("refused", false, "write "+sparkRefused+" anew")

// A golden is a statement and what real Spark answers: scripts/goldens/sql wrote it.
type golden struct {
	SQL    string
	Schema []struct{ Name, Type string }
	Rows   [][]any
	Error  string
}

// TestSpark holds Glint to Spark's own answers: names, types and values. What
// Glint refuses must be listed in refused.txt, so that the list shrinks and
// grows knowingly; nothing else may differ.
func TestSpark(t *testing.T) {
	files, err := filepath.Glob(sparkGoldens + "/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no goldens", err)
	}
	listed := readRefused(t)
	now := &refusals{byKey: map[string]string{}}
	t.Run("families", func(t *testing.T) {
		for _, file := range files {
			family := strings.TrimSuffix(filepath.Base(file), ".sql")
			t.Run(family, func(t *testing.T) {
				t.Parallel()
				testFamily(t, family, readGoldens(t, file), now)
			})
		}
	})
	if *updateRefused {
		now.write(t)
		return
	}
	for key, reason := range now.byKey {
		if !listed[key] {
			t.Errorf("refused, and not listed in %s: %s\n    %s", sparkRefused, key, reason)
		}
	}
	for key := range listed {
		if _, ok := now.byKey[key]; !ok && !t.Failed() {
			t.Errorf("%s lists what is not refused any more: %s", sparkRefused, key)
		}
	}
}

// readGoldens reads the answers to the statements of file, which must be the
// very ones that were asked.
func readGoldens(t *testing.T, file string) []golden {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	statements := sparksql.Statements(string(text))
	f, err := os.Open(strings.TrimSuffix(file, ".sql") + ".jsonl")
	if err != nil {
		t.Fatalf("%v\n    let Spark answer: go run ./scripts/goldens/sql", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	lines.Scan() // whose answers these are
	var all []golden
	for lines.Scan() {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		all = append(all, g)
	}
	same := slices.EqualFunc(all, statements, func(g golden, s sparksql.Statement) bool { return g.SQL == s.Text })
	if !same || lines.Err() != nil {
		t.Fatalf("%s was changed since Spark was asked\n    let Spark answer: go run ./scripts/goldens/sql %s", file, strings.TrimSuffix(filepath.Base(file), ".sql"))
	}
	return all
}

func testFamily(t *testing.T, family string, goldens []golden, now *refusals) {
	s, err := Engine{}.Open(t.Context(), host.Budget{Dir: t.TempDir(), Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	g := &glint{Session: s, scope: sparksql.Scopes{}}
	for _, want := range goldens {
		cols, rows, err := g.run(t.Context(), want.SQL)
		switch {
		case err != nil && want.Error != "":
		case err != nil && fault.KindOf(err) == fault.Refused:
			now.add(family, want.SQL, err)
		case err != nil:
			t.Errorf("%s\n    fails: %v", want.SQL, err)
		case want.Error != "":
			t.Errorf("%s\n    does not fail: %v\n    Spark: %s", want.SQL, rows, want.Error)
		default:
			if d := difference(want, cols, rows); d != "" {
				t.Errorf("%s\n    %s", want.SQL, d)
			}
		}
	}
}

// glint runs statements as a run does its steps.
type glint struct {
	engine.Session
	scope    sparksql.Scopes
	settings sparksql.Settings
	zone     sparktime.Zone
}

var createView = regexp.MustCompile(`(?is)^create\s+(?:or\s+replace\s+)?temp(?:orary)?\s+view\s+(\w+)\s*(?:\(([^)]*)\))?\s+as\s+(.*)$`)

var setting = regexp.MustCompile(`(?is)^set\s+([\w.]+)\s*=\s*(\S+)$`)

func (g *glint) run(ctx context.Context, text string) ([]relation.Column, [][]any, error) {
	if m := setting.FindStringSubmatch(text); m != nil {
		return nil, nil, g.set(m[1], m[2])
	}
	m := createView.FindStringSubmatch(text)
	if m != nil {
		text = m[3]
	}
	q, err := sparksql.ResolveWith(text, nil, g.scope, g.settings)
	if err != nil {
		return nil, nil, err
	}
	if m != nil {
		return nil, nil, g.define(ctx, m[1], m[2], q)
	}
	out, err := g.Query(ctx, q, math.MaxInt32)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range out.Values {
		for i := range row {
			row[i] = sparkfn.Printed(row[i], q.Columns[i].Type, g.zone)
		}
	}
	return q.Columns, out.Values, nil
}

func (g *glint) set(name, value string) error {
	if name == "spark.sql.legacy.timeParserPolicy" {
		g.settings.TimeParser = value
		return nil
	}
	if name != "spark.sql.session.timeZone" {
		return fault.Errorf(fault.Refused, "SET %s", name)
	}
	zone, ok := sparktime.ZoneOf(value)
	if !ok {
		return fault.Errorf(fault.Invalid, "no zone %q", value)
	}
	g.settings.TimeZone, g.zone = value, zone
	return nil
}

func (g *glint) define(ctx context.Context, name, columns string, q *sparksql.Query) error {
	if columns != "" {
		return fault.Errorf(fault.Refused, "names of columns in CREATE VIEW")
	}
	if err := g.Define(ctx, engine.View{Name: name, Query: q, Columns: q.Columns, Keep: true}); err != nil {
		return err
	}
	g.scope[name] = q.Columns
	return nil
}

// difference says how an answer differs from Spark's, or "".
func difference(want golden, cols []relation.Column, rows [][]any) string {
	if cols == nil { // a statement that only changes what later ones see
		return ""
	}
	if len(cols) != len(want.Schema) {
		return fmt.Sprintf("%d columns, Spark has %d", len(cols), len(want.Schema))
	}
	for i, c := range cols {
		if w := want.Schema[i]; c.Name != w.Name || c.Type.String() != w.Type {
			return fmt.Sprintf("column %d is %q %s, Spark's is %q %s", i+1, c.Name, c.Type, w.Name, w.Type)
		}
	}
	if len(rows) != len(want.Rows) {
		return fmt.Sprintf("%d rows, Spark has %d", len(rows), len(want.Rows))
	}
	theirs := want.Rows
	if !orderedOutermost(want.SQL) {
		rows, theirs = sortedRows(rows), sortedRows(theirs)
	}
	for n := range rows {
		for i, c := range cols {
			if !equalValue(rows[n][i], theirs[n][i], c.Type) {
				return fmt.Sprintf("row %d, column %s %s: %s, Spark has %s", n+1, c.Name, c.Type, shown(rows[n][i]), shown(theirs[n][i]))
			}
		}
	}
	return ""
}

var quotedText = regexp.MustCompile("(?s)'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`|--[^\n]*|/\\*.*?\\*/")
var orderBy = regexp.MustCompile(`(?is)\border\s+by\b`)

// orderedOutermost reports whether a statement has an ORDER BY that is in no parentheses.
func orderedOutermost(statement string) bool {
	var outer strings.Builder
	depth := 0
	for _, c := range quotedText.ReplaceAllString(statement, " x ") {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0:
			outer.WriteRune(c)
		}
	}
	return orderBy.MatchString(outer.String())
}

func shown(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func sortedRows(rows [][]any) [][]any {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b []any) int { return strings.Compare(shown(a), shown(b)) })
	return rows
}

// equalValue compares printed values of type t: floats to the last digits, for
// two engines add in different orders; everything else exactly.
func equalValue(a, b any, t relation.Type) bool {
	x, xs := a.([]any)
	y, ys := b.([]any)
	if xs || ys {
		return xs && ys && len(x) == len(y) && equalParts(x, y, t)
	}
	if a == b || a == nil || b == nil {
		return a == b
	}
	if t.Kind != relation.Double && t.Kind != relation.Float {
		return false
	}
	p, err1 := strconv.ParseFloat(a.(string), 64)
	q, err2 := strconv.ParseFloat(b.(string), 64)
	allowed := 1e-12
	if t.Kind == relation.Float {
		allowed = 1e-6
	}
	return err1 == nil && err2 == nil && math.Signbit(p) == math.Signbit(q) && math.Abs(p-q) <= allowed*max(math.Abs(p), math.Abs(q))
}

func equalParts(x, y []any, t relation.Type) bool {
	for i := range x {
		var ok bool
		switch t.Kind {
		case relation.Struct:
			ok = equalValue(x[i], y[i], t.Fields[i].Type)
		case relation.Map:
			p, isP := x[i].([]any)
			q, isQ := y[i].([]any)
			ok = isP && isQ && len(p) == 2 && len(q) == 2 && equalValue(p[0], q[0], *t.Key) && equalValue(p[1], q[1], *t.Elem)
		case relation.Array:
			ok = equalValue(x[i], y[i], *t.Elem)
		}
		if !ok {
			return false
		}
	}
	return true
}

// refusals are the statements that Spark answers and Glint refuses.
type refusals struct {
	mu    sync.Mutex
	byKey map[string]string // family and statement → reason
}

func (r *refusals) add(family, statement string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var e *fault.Error
	reason := err.Error()
	if errors.As(err, &e) {
		reason = e.Err.Error()
	}
	r.byKey[family+": "+strings.Join(strings.Fields(statement), " ")] = strings.Join(strings.Fields(reason), " ")
}

func (r *refusals) write(t *testing.T) {
	var b strings.Builder
	b.WriteString("# What Spark answers and Glint refuses, each with its reason above it.\n# Written by: go test ./shared/duckdb -run TestSpark -refused\n")
	for _, key := range slices.Sorted(maps.Keys(r.byKey)) {
		fmt.Fprintf(&b, "\n# %s\n%s\n", r.byKey[key], key)
	}
	if err := os.WriteFile(sparkRefused, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readRefused(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(sparkRefused)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			listed[line] = true
		}
	}
	return listed
}

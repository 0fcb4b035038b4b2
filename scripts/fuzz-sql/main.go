// Command fuzz-sql asks Glint and Spark the same random questions and shows
// where they disagree, each disagreement shrunk to a small statement:
//
//	go run ./scripts/fuzz-sql -seed 1 -n 10000
//
// A seed makes the same tables and statements every time. What it finds is
// mended, and becomes a line of shared/duckdb/testdata/spark/fuzzed.sql. It
// needs PySpark 3.5 and a Java runtime, as scripts/goldens/sql does.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/spark"
	"golang.org/x/term"
)

// perTables is how many statements are asked of the same tables.
const perTables = 100

type options struct {
	seed  uint64
	n     int
	only  int // the statement of the seed to look at, or -1
	show  bool
	steps int
}

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", 1, "what the tables and the statements are made from")
	flag.IntVar(&o.n, "n", 1000, "how many statements")
	flag.IntVar(&o.only, "only", -1, "only this statement of the seed")
	flag.BoolVar(&o.show, "show", false, "print the statements and ask nobody")
	flag.IntVar(&o.steps, "steps", 300, "how many smaller statements are tried for a difference")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	differ, err := run(ctx, o)
	if err != nil {
		fmt.Fprint(os.Stderr, fault.Print(err))
		os.Exit(2)
	}
	if differ {
		os.Exit(1)
	}
}

// A tally counts what has come of the pairs.
type tally struct {
	pairs, answered, failed, differ int
	refusals                        map[string]int
	seen                            map[string]bool
	began                           time.Time
}

func run(ctx context.Context, o options) (differ bool, err error) {
	if o.show {
		for i := range o.n {
			_, root := made(o.seed, i)
			fmt.Printf("%s;\n", root)
		}
		return false, nil
	}
	e := &both{}
	if e.dir, err = os.MkdirTemp("", "glint-fuzz-"); err != nil {
		return false, err
	}
	if e.spark, err = spark.Start(ctx, spark.Options{}); err != nil {
		os.RemoveAll(e.dir)
		return false, err
	}
	defer e.close()
	t := &tally{refusals: map[string]int{}, seen: map[string]bool{}, began: time.Now()}
	for i := range o.n {
		if o.only >= 0 && i != o.only {
			continue
		}
		tables, root := made(o.seed, i)
		if i%perTables == 0 || o.only >= 0 {
			if err := e.open(ctx, tables); err != nil {
				return false, err
			}
		}
		if err := t.pair(ctx, e, o, i, tables, root); err != nil {
			return false, err
		}
		t.progress(o.n)
	}
	t.summary()
	return t.differ > 0, nil
}

// made are the i-th statement of a seed, and its tables.
func made(seed uint64, i int) ([]*table, *node) {
	r := rand.New(rand.NewPCG(seed, uint64(i/perTables)))
	tables := []*table{randomTable(r, "t1", 6), randomTable(r, "t2", 4)}
	g := &generator{r: rand.New(rand.NewPCG(seed, 1<<32+uint64(i))), tables: []string{"t1", "t2"}}
	return tables, g.statement()
}

func (t *tally) pair(ctx context.Context, e *both, o options, i int, tables []*table, root *node) error {
	text := root.String()
	s, err := e.askSpark(ctx, text)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	g := e.askGlint(ctx, text)
	t.pairs++
	class, where := compared(isOrdered(root), s, g)
	switch {
	case class == refused:
		t.refusals[reason(where)]++
		return nil
	case class == same && s.failed != "":
		t.failed++
		return nil
	case class == same:
		t.answered++
		return nil
	}
	t.differ++
	r := &reducer{e: e, tables: tables, left: o.steps, best: finding{o.seed, class, where, text, s, g}}
	if t.seen[r.best.signature()] {
		return nil
	}
	if err := r.reduce(ctx, root); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	if sign := r.best.signature(); !t.seen[sign] {
		t.seen[sign] = true
		t.print(r.best, i)
	}
	return nil
}

func (t *tally) print(f finding, i int) {
	fmt.Printf("\r\033[K-- %s: %s (seed %d, statement %d)\n%s;\n", f.class, f.where, f.seed, i, f.text)
	if f.class == values {
		fmt.Printf("--   Spark: %s\n--   Glint: %s\n", rowsOf(f.spark), rowsOf(f.glint))
	}
}

func rowsOf(a answer) string {
	text := shown(a.rows)
	if r := []rune(text); len(r) > 400 {
		return string(r[:400]) + "…"
	}
	return text
}

func reason(where string) string {
	return constants.ReplaceAllString(firstLine(where), "?")
}

func (t *tally) progress(n int) {
	if t.pairs%10 == 0 && term.IsTerminal(int(os.Stderr.Fd())) {
		fmt.Fprintf(os.Stderr, "\r\033[K%d of %d: %d equal, %d differ, %.0f a second ", t.pairs, n, t.answered, t.differ, float64(t.pairs)/time.Since(t.began).Seconds())
	}
}

func (t *tally) summary() {
	refusals := 0
	byCount := slices.SortedFunc(maps.Keys(t.refusals), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.refusals[b], t.refusals[a]), strings.Compare(a, b))
	})
	for _, why := range byCount {
		refusals += t.refusals[why]
		fmt.Printf("%6d refused: %s\n", t.refusals[why], why)
	}
	fmt.Printf("\r\033[K%d pairs in %s: %d equal, %d fail in both, %d refused by Glint, %d differ (%d kinds)\n",
		t.pairs, time.Since(t.began).Round(time.Second), t.answered, t.failed, refusals, t.differ, len(t.seen))
}

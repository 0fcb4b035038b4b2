package main

import (
	"context"
	"regexp"
	"slices"
	"strings"
)

// A finding is a pair that differs.
type finding struct {
	seed         uint64
	class, where string
	text         string
	spark, glint answer
}

// A reducer makes a finding small.
type reducer struct {
	e      *both
	tables []*table
	left   int // how many statements may still be tried
	best   finding
}

// differs reports whether the two differ over text as they did at first, and
// keeps it if so. Glint is asked first: it is the faster one.
func (r *reducer) differs(ctx context.Context, text string, ordered bool) (bool, error) {
	if r.left--; r.left < 0 {
		return false, nil
	}
	g := r.e.askGlint(ctx, text)
	if g.refused != "" || (g.failed != "") != (r.best.class == glintOnly) {
		return false, nil
	}
	s, err := r.e.askSpark(ctx, text)
	if err != nil {
		return false, err
	}
	class, where := compared(ordered, s, g)
	if class != r.best.class || class == glintOnly && start(where) != start(r.best.where) || class == sparkOnly && start(where) != start(r.best.where) {
		return false, nil
	}
	r.best = finding{r.best.seed, class, where, text, s, g}
	return true, nil
}

var numbersOf = regexp.MustCompile(`[0-9]+|'[^']*'|"[^"]*"`)

// start is what tells one failure from another.
func start(where string) string {
	where = numbersOf.ReplaceAllString(where, "")
	if len(where) > 40 {
		where = where[:40]
	}
	return where
}

// reduce shrinks a statement as long as the two differ in the same way, then
// writes the tables into it and shrinks those.
func (r *reducer) reduce(ctx context.Context, root *node) error {
	for again := true; again && r.left > 0; {
		again = false
		size := root.size()
		for _, n := range smaller(root) {
			if n.size() >= size {
				continue
			}
			ok, err := r.differs(ctx, n.String(), isOrdered(n))
			if err != nil {
				return err
			}
			if ok {
				root, again = n, true
				break
			}
		}
	}
	return r.inline(ctx, root)
}

func isOrdered(root *node) bool {
	for _, k := range root.kids {
		if k.kind != "select" && strings.HasPrefix(k.String(), "ORDER BY") {
			return true
		}
	}
	return false
}

var words = regexp.MustCompile(`\w+`)

// inline puts the tables before the statement: no more of them than it takes.
func (r *reducer) inline(ctx context.Context, root *node) error {
	text := root.String()
	used := words.FindAllString(text, -1)
	var wanted []column
	for _, c := range columns {
		if slices.Contains(used, c.name) {
			wanted = append(wanted, c)
		}
	}
	if len(wanted) == 0 {
		wanted = columns[:1]
	}
	var tables []*table
	for _, t := range r.tables {
		if slices.Contains(used, t.name) {
			c := *t
			tables = append(tables, &c)
		}
	}
	if len(tables) == 0 {
		return nil
	}
	ordered := isOrdered(root)
	whole := func() string {
		var with []string
		for _, t := range tables {
			with = append(with, t.name+" AS ("+t.definition(wanted)+")")
		}
		list := "WITH " + strings.Join(with, ", ")
		if rest, ok := strings.CutPrefix(text, "WITH "); ok {
			return list + ", " + rest
		}
		return list + " " + text
	}
	r.left += 80
	ok, err := r.differs(ctx, whole(), ordered)
	if err != nil || !ok {
		return err
	}
	for _, t := range tables {
		for size := (len(t.rows) + 1) / 2; size > 0; size /= 2 {
			for at := 0; at < len(t.rows); {
				all := t.rows
				t.rows = slices.Delete(slices.Clone(all), at, min(at+size, len(all)))
				ok := false
				if len(t.rows) > 0 {
					if ok, err = r.differs(ctx, whole(), ordered); err != nil {
						return err
					}
				}
				if !ok {
					t.rows = all
					at += size
				}
			}
		}
	}
	for i := 0; i < len(wanted) && len(wanted) > 1; {
		all := wanted
		wanted = slices.Delete(slices.Clone(all), i, i+1)
		ok, err := r.differs(ctx, whole(), ordered)
		if err != nil {
			return err
		}
		if !ok {
			wanted = all
			i++
		}
	}
	return nil
}

var constants = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|\b[0-9][\w.]*|\b[a-z][0-9]+\b`)

// signature is what two findings of the same fault have in common, mostly: the
// shape of the statement without its constants and its tables.
func (f finding) signature() string {
	if f.class == glintOnly || f.class == sparkOnly {
		return f.class + start(f.where)
	}
	text := f.text
	if i := strings.LastIndex(text, ") SELECT"); i > 0 && strings.HasPrefix(text, "WITH t") {
		text = text[i+2:]
	}
	return f.class + " " + constants.ReplaceAllString(text, "?")
}

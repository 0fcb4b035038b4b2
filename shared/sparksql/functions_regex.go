package sparksql

import (
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
)

func init() {
	texts, str, whole := relation.ArrayOf(relation.Of(relation.String)), relation.Of(relation.String), relation.Of(relation.Int)
	add(
		&function{name: "RLIKE", signature: "text RLIKE pattern", min: 2, max: 2, shown: "RLIKE", resolve: regex(relation.Of(relation.Boolean), 1), write: writeRlike},
		&function{name: "regexp", signature: "regexp(text, pattern)", min: 2, max: 2, shown: "REGEXP", resolve: regex(relation.Of(relation.Boolean), 1), write: writeRlike},
		&function{name: "regexp_like", signature: "regexp_like(text, pattern)", min: 2, max: 2, shown: "REGEXP_LIKE", resolve: regex(relation.Of(relation.Boolean), 1), write: writeRlike},
		&function{name: "regexp_extract", signature: "regexp_extract(text, pattern [, group])", min: 2, max: 3, resolve: regex(str, 1), write: padded("spark_regexp_extract", "1"), defaults: []string{"1"}},
		&function{name: "regexp_extract_all", signature: "regexp_extract_all(text, pattern [, group])", min: 2, max: 3, resolve: regex(texts, 1), write: padded("spark_regexp_extract_all", "1"), defaults: []string{"1"}},
		&function{name: "regexp_replace", signature: "regexp_replace(text, pattern, replacement [, position])", min: 3, max: 4, resolve: regexReplace, write: padded("spark_regexp_replace", "1"), defaults: []string{"1"}},
		&function{name: "regexp_count", signature: "regexp_count(text, pattern)", min: 2, max: 2, resolve: regex(whole, 1), duck: "spark_regexp_count($1, $2)"},
		&function{name: "regexp_instr", signature: "regexp_instr(text, pattern [, group])", min: 2, max: 3, resolve: regex(whole, 1), write: func(_ *writer, _ *apply, args []string) string {
			s := "spark_regexp_instr(" + args[0] + ", " + args[1] + ")"
			if len(args) == 3 { // the group only makes the result NULL
				s = "CASE WHEN " + args[2] + " IS NOT NULL THEN " + s + " END"
			}
			return s
		}, defaults: []string{"0"}},
		&function{name: "regexp_substr", signature: "regexp_substr(text, pattern)", min: 2, max: 2, loses: true, resolve: regex(str, 1), duck: "spark_regexp_substr($1, $2)"},
		&function{name: "split", signature: "split(text, pattern [, limit])", min: 2, max: 3, resolve: regex(texts, 1), write: writeSplit, defaults: []string{"-1"}},
		&function{name: "LIKE", signature: "text LIKE pattern [ESCAPE character]", min: 2, max: 3, resolve: like, write: writeLike},
		&function{name: "ILIKE", signature: "text ILIKE pattern [ESCAPE character]", min: 2, max: 3, resolve: ilike, shown: "ilike"},
		likeAny("likeany", "LIKE", "OR", false), likeAny("likeall", "LIKE", "AND", false),
		likeAny("notlikeany", "LIKE", "OR", true), likeAny("notlikeall", "LIKE", "AND", true),
	)
}

// textArgs converts arguments to text, or to int from one on.
func (r *resolver) textArgs(a *apply, whole int) node {
	for i := range a.args {
		p := text
		if i >= whole {
			p = integer
		}
		n := p(r, a.args[i])
		if m, wrong := n.(*misfit); wrong {
			return r.note(invalid(a.args[i].pos(), "%s: argument %d is %s, and should be %s", strings.ToLower(a.fn.name), i+1, a.args[i].typ(), m.want).because("%s", a.fn.signature))
		}
		if isBad(n) {
			return n
		}
		a.args[i] = n
		a.nullable = a.nullable || n.null()
	}
	return nil
}

// regex resolves a function of a text and a pattern, which is looked at where it
// is written out.
func regex(t relation.Type, pattern int) func(*resolver, *apply) node {
	return func(r *resolver, a *apply) node {
		if wrong := r.textArgs(a, 2); wrong != nil {
			return wrong
		}
		if wrong := r.pattern(a.args[pattern]); wrong != nil {
			return wrong
		}
		a.t, a.nullable = t, a.nullable || a.fn.loses
		return a
	}
}

func (r *resolver) pattern(n node) node {
	if c, ok := n.(*constant); ok && !c.nullable {
		if _, err := sparkfn.FromJava(c.text); err != nil {
			return r.note(refused(c.at, "this regular expression").because("%s", err))
		}
	}
	return nil
}

func regexReplace(r *resolver, a *apply) node {
	if wrong := r.textArgs(a, 3); wrong != nil {
		return wrong
	}
	if wrong := r.pattern(a.args[1]); wrong != nil {
		return wrong
	}
	if len(a.args) == 4 {
		c, ok := a.args[3].(*constant)
		n, err := 0, error(nil)
		if ok && !c.nullable {
			n, err = strconv.Atoi(c.text)
		}
		if !ok || err != nil || n < 1 && !c.nullable {
			return r.note(invalid(a.args[3].pos(), "the position of regexp_replace is a number from 1 on that is written out"))
		}
	}
	a.t = relation.Of(relation.String)
	return a
}

func padded(fn, last string) func(*writer, *apply, []string) string {
	return func(_ *writer, a *apply, args []string) string {
		if len(args) < a.fn.max {
			args = append(args, last)
		}
		return fn + "(" + strings.Join(args, ", ") + ")"
	}
}

// writeRlike uses RE2 for what it means as Java does: it does not backtrack, and
// runs in the engine itself.
func writeRlike(_ *writer, a *apply, args []string) string {
	if c, ok := a.args[1].(*constant); ok && !c.nullable && regexDiffers(c.text) == "" {
		return "regexp_matches(" + args[0] + ", " + args[1] + ")"
	}
	return "spark_rlike(" + args[0] + ", " + args[1] + ")"
}

// writeSplit uses a plain split where the pattern is plain text.
func writeSplit(_ *writer, a *apply, args []string) string {
	limit := "-1"
	if len(args) == 3 {
		limit = args[2]
	}
	if c, ok := a.args[1].(*constant); ok && len(args) == 2 && !c.nullable && c.text != "" && !regexMeta(c.text) && !strings.ContainsAny(c.text, "&~#") {
		return "string_split(" + args[0] + ", " + args[1] + ")"
	}
	return "spark_split(" + args[0] + ", " + args[1] + ", " + limit + ")"
}

// like resolves LIKE. Escapes of a pattern that is written out are checked here:
// Spark fails on one before any other character.
func like(r *resolver, a *apply) node {
	if wrong := r.textArgs(a, 3); wrong != nil {
		return wrong
	}
	escape := `\`
	if len(a.args) == 3 {
		e, ok := a.args[2].(*constant)
		if !ok || len([]rune(e.text)) != 1 {
			return r.note(invalid(a.args[2].pos(), "ESCAPE needs one character"))
		}
		escape = e.text
	}
	if p, ok := a.args[1].(*constant); ok && !p.nullable && len(escape) == 1 {
		if pattern, ok := likePattern(p.text, escape[0]); ok {
			a.args = []node{a.args[0], &constant{typed: p.typed, text: pattern}}
		} else {
			return r.note(invalid(p.at, "the pattern has an escape before a character other than _, %% or itself"))
		}
	} else if len(a.args) == 2 {
		a.args = append(a.args, &constant{typed: typed{t: relation.Of(relation.String), at: a.at}, text: escape})
	}
	a.t = relation.Of(relation.Boolean)
	return a
}

func writeLike(_ *writer, a *apply, args []string) string {
	if p, ok := a.args[1].(*constant); ok && len(args) == 2 && !strings.Contains(p.text, `\`) {
		return "(" + args[0] + " LIKE " + args[1] + ")" // DuckDB is twice as fast where no escape is named
	}
	if len(args) == 2 {
		return "(" + args[0] + " LIKE " + args[1] + ` ESCAPE '\')`
	}
	return "spark_like(" + strings.Join(args, ", ") + ")"
}

func ilike(r *resolver, a *apply) node {
	args := []node{r.apply(a.at, "lower", a.args[0]), r.apply(a.at, "lower", a.args[1])}
	if c, ok := a.args[1].(*constant); ok && !c.nullable {
		// Folded here, so that a pattern that is written out stays so.
		args[1] = &constant{typed: c.typed, text: strings.ToLower(c.text)}
	}
	return r.apply(a.at, "LIKE", append(args, a.args[2:]...)...)
}

// likeAny is LIKE ANY, LIKE ALL and their negations: one comparison a pattern.
func likeAny(name, op, join string, not bool) *function {
	return &function{name: name, signature: "text LIKE ANY|ALL (pattern, …)", min: 2, max: -1, firstOnly: true,
		resolve: func(r *resolver, a *apply) node {
			var all []node
			for _, p := range a.args[1:] {
				n := r.apply(a.at, op, a.args[0], p)
				if not {
					n = r.apply(a.at, "NOT", n)
				}
				all = append(all, n)
			}
			if len(all) == 1 {
				return all[0]
			}
			return r.apply(a.at, join, all...)
		}}
}

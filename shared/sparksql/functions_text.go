package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	str := always(relation.String)
	one := []param{text}
	add(
		&function{name: "upper", also: []string{"ucase"}, signature: "upper(text)", min: 1, max: 1, params: one, gives: str, write: writeUpper},
		&function{name: "lower", also: []string{"lcase"}, signature: "lower(text)", min: 1, max: 1, params: one, gives: str, write: writeLower},
		&function{name: "trim", signature: "trim(text)", min: 1, max: 1, params: one, gives: str, duck: "trim($1, ' ')"},
		&function{name: "btrim", signature: "btrim(text [, characters])", min: 1, max: 2, params: one, gives: str, write: trimmer("trim", 1)},
		&function{name: "ltrim", signature: "ltrim([characters,] text)", min: 1, max: 2, params: one, gives: str, write: trimmer("ltrim", 0)},
		&function{name: "rtrim", signature: "rtrim([characters,] text)", min: 1, max: 2, params: one, gives: str, write: trimmer("rtrim", 0)},
		&function{name: "concat", signature: "concat(text, …), concat(array, …)", min: 0, max: -1, resolve: concat, write: writeConcat},
		&function{name: "concat_ws", signature: "concat_ws(separator, text, …)", min: 1, max: -1, resolve: concatWith, write: writeConcatWith},
		&function{name: "replace", signature: "replace(text, search [, replacement])", min: 2, max: 3, params: one, gives: str, write: writeReplace, defaults: []string{""}},
	)
}

func writeUpper(w *writer, _ *apply, args []string) string { return w.cased("upper", args[0]) }
func writeLower(w *writer, _ *apply, args []string) string { return w.cased("lower", args[0]) }

// cased uses the engine's own where all is ASCII: as many bytes as characters.
func (w *writer) cased(fn, s string) string {
	return w.once(s, func(v string) string {
		return fmt.Sprintf("CASE WHEN strlen(%s) = length(%s) THEN %s(%s) ELSE spark_%s(%s) END", v, v, fn, v, fn, v)
	})
}

// trimmer writes a trim whose text is the argument at index at when there are two.
func trimmer(fn string, charactersFirst int) func(*writer, *apply, []string) string {
	return func(_ *writer, _ *apply, args []string) string {
		if len(args) == 1 {
			return fn + "(" + args[0] + ", ' ')"
		}
		if charactersFirst == 0 {
			args[0], args[1] = args[1], args[0]
		}
		return fn + "(" + args[0] + ", " + args[1] + ")"
	}
}

// writeSubstring: Spark's position 0 is its position 1, a negative one counts from
// the end, also to before the beginning, and a negative length gives no characters.
func writeSubstring(w *writer, a *apply, args []string) string {
	length := "2147483647"
	if len(args) == 3 {
		length = args[2]
	}
	c, written := a.args[1].(*constant)
	switch {
	case written && c.text == "0":
		args[1] = "1"
	case !written || c.nullable || strings.HasPrefix(c.text, "-") && (len(args) == 3 || c.text == "-2147483648"):
		return w.bindAll([]string{args[0], args[1], length}, 3, func(v []string) string {
			from := fmt.Sprintf("CASE WHEN %s > 0 THEN CAST(%s AS BIGINT) - 1 WHEN %s < 0 THEN length(%s) + CAST(%s AS BIGINT) ELSE 0 END", v[1], v[1], v[1], v[0], v[1])
			cut := w.bound(from, func(from string) string {
				first := fmt.Sprintf("greatest(%s, 0)", from)
				return fmt.Sprintf("substring(%s, %s + 1, greatest(least(%s + %s, 2147483647) - %s, 0))", v[0], first, from, v[2], first)
			})
			return fmt.Sprintf("CASE WHEN %s IS NOT NULL AND %s IS NOT NULL AND %s IS NOT NULL THEN %s END", v[0], v[1], v[2], cut)
		})
	}
	if len(args) == 2 {
		return fmt.Sprintf("substring(%s, %s)", args[0], args[1])
	}
	if c, ok := a.args[2].(*constant); !ok || strings.HasPrefix(c.text, "-") {
		length = w.once(length, func(v string) string { return fmt.Sprintf("CASE WHEN %s < 0 THEN 0 ELSE %s END", v, v) })
	}
	return fmt.Sprintf("substring(%s, %s, %s)", args[0], args[1], length)
}

// concatWith skips NULLs, but not a separator that is NULL. An array stands for
// its elements.
func concatWith(r *resolver, a *apply) node {
	str := relation.Of(relation.String)
	for i := range a.args {
		if t := a.args[i].typ(); i > 0 && t.Kind == relation.Array && !isNested(*t.Elem) {
			a.args[i] = r.to(a.args[i], relation.ArrayOf(str))
			a.fn = elementsJoined
			continue
		}
		n := text(r, a.args[i])
		if m, wrong := n.(*misfit); wrong {
			return r.note(invalid(a.args[i].pos(), "concat_ws needs %s", m.want))
		}
		if isBad(n) {
			return n
		}
		a.args[i] = n
	}
	a.t, a.nullable = str, a.args[0].null()
	return a
}

var elementsJoined = &function{name: "concat_ws", write: func(w *writer, a *apply, args []string) string {
	lists := make([]string, len(args)-1)
	for i, s := range args[1:] {
		if lists[i] = s; a.args[i+1].typ().Kind != relation.Array {
			lists[i] = "[" + s + "]"
		}
	}
	return "CASE WHEN " + args[0] + " IS NOT NULL THEN " + w.joined("flatten(["+strings.Join(lists, ", ")+"])", a.args[0], args[0]) + " END"
}}

func writeConcatWith(_ *writer, _ *apply, args []string) string {
	if len(args) == 1 {
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN '' END", args[0])
	}
	return "concat_ws(" + strings.Join(args, ", ") + ")"
}

func writeConcat(w *writer, a *apply, args []string) string {
	if len(args) == 0 {
		return "''"
	}
	for _, n := range a.args {
		if c, ok := n.(*constant); ok && c.nullable {
			return writeConstant(c) // DuckDB gives such a || another type
		}
	}
	return joining(" || ")(w, a, args)
}

func writeReplace(_ *writer, _ *apply, args []string) string {
	if len(args) == 2 {
		args = append(args, "''")
	}
	return "replace(" + strings.Join(args, ", ") + ")"
}

// pad uses the engine's own where the pad is written out: it fails on an empty one.
func pad(name string) *function {
	return &function{name: name, signature: name + "(text, length [, pad])", min: 2, max: 3, defaults: []string{" "},
		params: []param{text, integer, text}, gives: always(relation.String),
		write: func(w *writer, a *apply, args []string) string {
			if len(args) == 2 {
				args = append(args, "' '")
			} else if c, ok := a.args[2].(*constant); !ok || c.text == "" || c.nullable {
				return fmt.Sprintf("spark_pad(%s, %s, %s, %t)", args[0], args[1], args[2], name == "lpad")
			}
			return fmt.Sprintf("%s(%s, %s, %s)", name, args[0], w.natural(a.args[1], args[1]), args[2])
		}}
}

// natural makes a negative number zero.
func (w *writer) natural(n node, s string) string {
	if c, ok := n.(*constant); ok && !strings.HasPrefix(c.text, "-") {
		return s
	}
	return w.once(s, func(v string) string { return fmt.Sprintf("CASE WHEN %s < 0 THEN 0 ELSE %s END", v, v) })
}

package sparksql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	str, whole, yes, bytes := always(relation.String), always(relation.Int), always(relation.Boolean), always(relation.Binary)
	words := func(name, signature string, least, most int, params []param, gives func([]node) relation.Type, duck string, also ...string) *function {
		return &function{name: name, also: also, signature: signature, min: least, max: most, params: params, gives: gives, duck: duck}
	}
	one, two := []param{text}, []param{text, text}
	add(
		words("initcap", "initcap(text)", 1, 1, one, str, "spark_initcap($1)"),
		words("base64", "base64(binary)", 1, 1, []param{binary}, str, "spark_base64($1)"),
		words("unbase64", "unbase64(text)", 1, 1, one, bytes, "spark_unbase64($1)"),
		words("md5", "md5(binary)", 1, 1, []param{binary}, str, "md5($1)"),
		words("sha1", "sha1(binary)", 1, 1, []param{binary}, str, "sha1($1)", "sha"),
		&function{name: "sha2", signature: "sha2(binary, bits)", min: 2, max: 2, params: []param{binary, integer}, gives: str, loses: true, write: writeSha2},
		words("crc32", "crc32(binary)", 1, 1, []param{binary}, always(relation.Long), "spark_crc32($1)"),
		words("instr", "instr(text, part)", 2, 2, two, whole, "CAST(instr($1, $2) AS INTEGER)"),
		&function{name: "locate", also: []string{"position"}, signature: "locate(part, text [, from])", min: 2, max: 3, params: []param{text, text, integer}, gives: whole,
			write: func(_ *writer, a *apply, args []string) string {
				if len(args) == 2 {
					return "CAST(instr(" + args[1] + ", " + args[0] + ") AS INTEGER)"
				}
				return fmt.Sprintf("CASE WHEN %s IS NULL THEN 0 ELSE spark_locate(%s, %s, %s) END", args[2], args[0], args[1], args[2])
			}, defaults: []string{"1"}},
		words("substring_index", "substring_index(text, delimiter, count)", 3, 3, []param{text, text, integer}, str, "spark_substring_index($1, $2, $3)"),
		words("split_part", "split_part(text, delimiter, part)", 3, 3, []param{text, text, integer}, str, "spark_split_part($1, $2, $3)"),
		&function{name: "right", signature: "right(text, length)", min: 2, max: 2, params: []param{text, integer}, gives: str,
			write: nullSafe(2, "CASE WHEN $2 <= 0 AND $1 IS NOT NULL THEN '' WHEN $2 >= length($1) THEN $1 ELSE substring($1, length($1) - $2 + 1, $2) END")},
		words("translate", "translate(text, from, to)", 3, 3, []param{text}, str, "spark_translate($1, $2, $3)"),
		&function{name: "repeat", signature: "repeat(text, count)", min: 2, max: 2, params: []param{text, integer}, gives: str,
			write: func(w *writer, a *apply, args []string) string {
				return "repeat(" + args[0] + ", " + w.natural(a.args[1], args[1]) + ")"
			}},
		&function{name: "reverse", signature: "reverse(text or array)", min: 1, max: 1, resolve: reverse, duck: "spark_reverse($1)"},
		&function{name: "space", signature: "space(count)", min: 1, max: 1, params: []param{integer}, gives: str,
			write: func(w *writer, a *apply, args []string) string {
				return "repeat(' ', " + w.natural(a.args[0], args[0]) + ")"
			}},
		words("ascii", "ascii(text)", 1, 1, one, whole, "CASE WHEN $1 = '' THEN 0 ELSE CAST(ord($1) AS INTEGER) END"),
		words("chr", "chr(number)", 1, 1, []param{whole64}, str, "spark_chr($1)", "char"),
		&function{name: "levenshtein", signature: "levenshtein(a, b [, most])", min: 2, max: 3, params: []param{text, text, integer}, gives: whole, write: padded("spark_levenshtein", "-1")},
		words("soundex", "soundex(text)", 1, 1, []param{textOnly}, str, "spark_soundex($1)"),
		words("find_in_set", "find_in_set(text, list)", 2, 2, two, whole, "spark_find_in_set($1, $2)"),
		&function{name: "elt", signature: "elt(n, text, …)", min: 2, max: -1, resolve: elt,
			write: func(w *writer, _ *apply, args []string) string {
				return w.once(args[0], func(n string) string {
					var b strings.Builder
					b.WriteString("CASE " + n)
					for i, s := range args[1:] {
						fmt.Fprintf(&b, " WHEN %d THEN %s", i+1, s)
					}
					return b.String() + " END"
				})
			}},
		&function{name: "format_number", signature: "format_number(number, places)", min: 2, max: 2, loses: true, resolve: formatNumber,
			write: func(_ *writer, a *apply, args []string) string {
				fn := "spark_format_number("
				if isFloating(a.args[0].typ()) {
					fn = "spark_format_double("
				}
				return fn + args[0] + ", " + args[1] + ")"
			}},
		words("luhn_check", "luhn_check(text)", 1, 1, one, yes, "spark_luhn_check($1)"),
		&function{name: "mask", signature: "mask(text [, upper, lower, digit, other])", min: 1, max: 5, params: []param{textOnly, oneCharacter}, gives: func([]node) relation.Type { return relation.Of(relation.String) }, defaults: []string{"X", "x", "n", "NULL"},
			write: func(_ *writer, _ *apply, args []string) string {
				return "spark_mask(" + strings.Join(append(args, []string{"'X'", "'x'", "'n'", "CAST(NULL AS VARCHAR)"}[len(args)-1:]...), ", ") + ")"
			}},
	)
}

// elt takes text, or binary if all of them are.
func elt(r *resolver, a *apply) node {
	params, t := []param{integer, text}, relation.String
	if !slices.ContainsFunc(a.args[1:], func(n node) bool { return n.typ().Kind != relation.Binary }) {
		params, t = []param{integer, bytesOnly}, relation.Binary
	}
	n := r.fit(a, a.fn.name, params, relation.Of(t))
	a.nullable = true
	return n
}

// textOnly takes text, and nothing that could become text.
func textOnly(r *resolver, n node) node {
	if !isString(n.typ()) && !isNull(n.typ()) {
		return &misfit{typed{at: n.pos()}, "string"}
	}
	return r.to(n, relation.Of(relation.String))
}

// oneCharacter takes a text of one character that is written out, or NULL.
func oneCharacter(r *resolver, n node) node {
	c, ok := n.(*constant)
	if !ok || !c.nullable && len([]rune(c.text)) != 1 {
		return &misfit{typed{at: n.pos()}, "one character that is written out"}
	}
	return text(r, n)
}

// binary takes bytes, and text as its UTF-8 bytes.
func binary(r *resolver, n node) node {
	if t := n.typ(); t.Kind != relation.Binary && !isString(t) && !isNull(t) {
		return &misfit{typed{at: n.pos()}, "binary"}
	}
	return r.to(n, relation.Of(relation.Binary))
}

// whole64 takes a whole number of any size.
func whole64(r *resolver, n node) node {
	if !implicit(n.typ(), relation.Long) {
		return &misfit{typed{at: n.pos()}, "a number"}
	}
	return r.to(n, relation.Of(relation.Long))
}

func writeSha2(w *writer, a *apply, args []string) string {
	forms := map[string]string{"0": "sha256($1)", "256": "sha256($1)", "224": "spark_sha224($1)", "384": "spark_sha384($1)", "512": "spark_sha512($1)"}
	if c, ok := a.args[1].(*constant); ok {
		if f := forms[c.text]; f != "" && !c.nullable {
			return fill(f, args)
		}
		return "CAST(NULL AS VARCHAR)"
	}
	return nullSafe(2, "CASE $2 WHEN 0 THEN sha256($1) WHEN 256 THEN sha256($1) WHEN 224 THEN spark_sha224($1) WHEN 384 THEN spark_sha384($1) WHEN 512 THEN spark_sha512($1) END")(w, a, args)
}

var listReversed = &function{name: "reverse", duck: "list_reverse($1)"}

func reverse(r *resolver, a *apply) node {
	if t := a.args[0].typ(); t.Kind == relation.Array {
		a.t, a.nullable, a.fn = t, a.args[0].null(), listReversed
		return a
	}
	if wrong := r.textArgs(a, 1); wrong != nil {
		return wrong
	}
	a.t = relation.Of(relation.String)
	return a
}

// formatNumber takes a number by its digits, a double by its exact value.
func formatNumber(r *resolver, a *apply) node {
	n := number(r, a.args[0])
	if _, wrong := n.(*misfit); wrong || isString(a.args[0].typ()) {
		return r.note(invalid(a.args[0].pos(), "format_number needs a number, and this is %s", a.args[0].typ()))
	}
	if isString(a.args[1].typ()) {
		return r.note(refused(a.args[1].pos(), "format_number with a pattern").because("give the number of places"))
	}
	if isBad(n) {
		return n
	}
	places := r.to(a.args[1], relation.Of(relation.Int))
	to := relation.Of(relation.String)
	if isFloating(n.typ()) {
		to = relation.Of(relation.Double)
	}
	digits := r.to(n, to)
	if isBad(places) || isBad(digits) {
		return &bad{typed{at: a.at}}
	}
	a.args = []node{digits, places}
	a.t, a.nullable = relation.Of(relation.String), true
	return a
}

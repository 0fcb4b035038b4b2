package sparksql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	of := func(list ...int) []int { return list }
	str, whole, yes, one, two := always(relation.String), always(relation.Int), always(relation.Boolean), []param{text}, []param{text, text}
	add(
		alsoOfBytes(&function{name: "length", also: []string{"len", "char_length", "character_length"}, signature: "length(text or binary)", min: 1, max: 1, params: one, gives: whole, duck: "CAST(length($1) AS INTEGER)"},
			bytesForm{of: of(0), gives: relation.Int, write: writeFit("CAST(octet_length($1) AS INTEGER)")}),
		alsoOfBytes(&function{name: "octet_length", signature: "octet_length(text or binary)", min: 1, max: 1, params: one, gives: whole, duck: "CAST(strlen($1) AS INTEGER)"},
			bytesForm{of: of(0), gives: relation.Int, write: writeFit("CAST(octet_length($1) AS INTEGER)")}),
		alsoOfBytes(&function{name: "bit_length", signature: "bit_length(text or binary)", min: 1, max: 1, params: one, gives: whole, duck: "CAST(8 * strlen($1) AS INTEGER)"},
			bytesForm{of: of(0), gives: relation.Int, write: writeFit("CAST(8 * octet_length($1) AS INTEGER)")}),
		alsoOfBytes(&function{name: "substring", also: []string{"substr"}, signature: "substring(text or binary, position [, length])", min: 2, max: 3,
			params: []param{text, integer, integer}, gives: str, write: writeSubstring, defaults: []string{"2147483647"}},
			bytesForm{of: of(0), gives: relation.Binary, write: writeFit("spark_substring_binary($1, $2, $3)", "2147483647")}),
		alsoOfBytes(&function{name: "left", signature: "left(text or binary, length)", min: 2, max: 2, params: []param{text, integer}, gives: str,
			write: nullSafe(2, "substring($1, 1, CASE WHEN $2 < 0 THEN 0 ELSE $2 END)")},
			bytesForm{of: of(0), gives: relation.Binary, write: writeFit("spark_substring_binary($1, 1, $2)")}),
		alsoOfBytes(&function{name: "overlay", signature: "overlay(a, with, at [, length])", min: 3, max: 4, params: []param{text, text, integer}, gives: str, write: padded("spark_overlay", "-1"), defaults: []string{"-1"}},
			bytesForm{of: of(0, 1), gives: relation.Binary, write: padded("spark_overlay_binary", "-1")}),
		alsoOfBytes(&function{name: "startswith", signature: "startswith(text or binary, part)", min: 2, max: 2, params: two, gives: yes, duck: "starts_with($1, $2)"},
			bytesForm{of: of(0, 1), mixed: true, gives: relation.Boolean, write: writeFit("starts_with(hex($1), hex($2))")}),
		alsoOfBytes(&function{name: "endswith", signature: "endswith(text or binary, part)", min: 2, max: 2, params: two, gives: yes, duck: "ends_with($1, $2)"},
			bytesForm{of: of(0, 1), mixed: true, gives: relation.Boolean, write: writeFit("ends_with(hex($1), hex($2))")}),
		alsoOfBytes(&function{name: "contains", signature: "contains(text or binary, part)", min: 2, max: 2, params: two, gives: yes, duck: "contains($1, $2)"},
			bytesForm{of: of(0, 1), mixed: true, gives: relation.Boolean, write: writeFit("spark_contains_binary($1, $2)")}),
		alsoOfBytes(pad("lpad"), bytesForm{of: of(0, 2), mixed: true, gives: relation.Binary, write: writeFit("spark_pad_binary($1, $2, $3, true)", "'\\x00'::BLOB"), shown: "lpad($1, $2, X'00')"}),
		alsoOfBytes(pad("rpad"), bytesForm{of: of(0, 2), mixed: true, gives: relation.Binary, write: writeFit("spark_pad_binary($1, $2, $3, false)", "'\\x00'::BLOB"), shown: "rpad($1, $2, X'00')"}),
	)
	for _, try := range []bool{false, true} {
		name := "to_binary"
		if try {
			name = "try_to_binary"
		}
		add(&function{name: name, signature: name + "(text [, 'hex', 'utf-8' or 'base64'])", min: 1, max: 2, loses: try, resolve: toBinary,
			write: func(_ *writer, _ *apply, args []string) string {
				if len(args) == 1 {
					args = append(args, "'hex'")
				}
				return fmt.Sprintf("spark_to_binary(%s, %s, %t)", args[0], args[1], try)
			}})
	}
}

func toBinary(r *resolver, a *apply) node {
	if wrong := r.textArgs(a, 2); wrong != nil {
		return wrong
	}
	if len(a.args) == 2 {
		if !fixed(a.args[1]) {
			return r.note(invalid(a.args[1].pos(), "the format is 'hex', 'utf-8' or 'base64', the same for all rows"))
		}
		if c, ok := a.args[1].(*constant); ok && !a.fn.loses && !c.nullable && !slices.Contains([]string{"hex", "utf-8", "utf8", "base64"}, strings.ToLower(c.text)) {
			return r.note(invalid(c.at, "the format is 'hex', 'utf-8' or 'base64', and not %q", c.text))
		}
	}
	a.t, a.nullable = relation.Of(relation.Binary), a.nullable || a.fn.loses
	return a
}

// fixed reports whether n is the same for all rows, by what is written out in it.
func fixed(n node) bool {
	is := true
	reach(n, func(n node) bool {
		switch n := n.(type) {
		case *apply:
			is = is && n.fn.kind == scalar && !n.fn.volatile
		case *constant, *convert, *choose:
		default:
			is = false
		}
		return is
	})
	return is
}

// A bytesForm is how a function of text works on bytes. Where it has one, Spark
// does not make text of its binary arguments.
type bytesForm struct {
	of    []int // the arguments that are binary; the others are whole numbers
	mixed bool  // if not all of them are, they become text; else that is a mistake
	gives relation.Kind
	write func(*writer, *apply, []string) string
	shown string // the name of a column where the last argument is missing
}

// alsoOfBytes gives a function of text its form of bytes.
func alsoOfBytes(f *function, b bytesForm) *function {
	bytes := *f
	bytes.duck, bytes.write = "", b.write
	params := slices.Repeat([]param{integer}, f.max)
	for _, i := range b.of {
		params[i] = bytesOnly
	}
	f.resolve = func(r *resolver, a *apply) node {
		have, want := 0, 0
		for _, i := range b.of {
			if i < len(a.args) {
				if want++; a.args[i].typ().Kind == relation.Binary {
					have++
				}
			}
		}
		switch {
		case have == want:
			if a.fn = &bytes; len(a.args) < f.max {
				a.shown = b.shown
			}
			return r.fit(a, f.name, params, relation.Of(b.gives))
		case have > 0 && !b.mixed:
			return r.note(invalid(a.at, "%s: binary and another type together", f.name).because("cast one of them"))
		}
		return r.fit(a, f.name, f.params, f.gives(a.args))
	}
	return f
}

// bytesOnly takes bytes, and nothing that could become bytes.
func bytesOnly(r *resolver, n node) node {
	if n.typ().Kind != relation.Binary && !isNull(n.typ()) {
		return &misfit{typed{at: n.pos()}, "binary"}
	}
	return r.to(n, relation.Of(relation.Binary))
}

// fit converts the arguments, and gives the application its type.
func (r *resolver) fit(a *apply, spelled string, params []param, t relation.Type) node {
	for i := range a.args {
		n := params[min(i, len(params)-1)](r, a.args[i])
		if m, wrong := n.(*misfit); wrong {
			return r.note(invalid(a.args[i].pos(), "%s: argument %d is %s, and should be %s", spelled, i+1, a.args[i].typ(), m.want).because("%s", a.fn.signature))
		}
		if isBad(n) {
			return n
		}
		a.args[i], a.nullable = n, a.nullable || n.null()
	}
	a.t = t
	return a
}

// writeFit is a form of as many arguments as there can be, from which the last
// may be missing.
func writeFit(form string, missing ...string) func(*writer, *apply, []string) string {
	return func(_ *writer, a *apply, args []string) string {
		if len(args) < a.fn.max {
			args = append(args, missing...)
		}
		return fill(form, args)
	}
}

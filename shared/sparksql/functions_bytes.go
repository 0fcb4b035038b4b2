package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
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
		c, ok := a.args[1].(*constant)
		known := false
		if ok {
			for _, f := range []string{"hex", "utf-8", "utf8", "base64"} {
				known = known || c.nullable || strings.EqualFold(c.text, f)
			}
		}
		if !known {
			return r.note(invalid(a.args[1].pos(), "the format is 'hex', 'utf-8' or 'base64', written out"))
		}
	}
	a.t, a.nullable = relation.Of(relation.Binary), a.nullable || a.fn.loses
	return a
}

// bytesPadded pads binary with binary.
func bytesPadded(r *resolver, a *apply) node {
	bytes := relation.Of(relation.Binary)
	if len(a.args) == 2 {
		return r.note(refused(a.at, "%s of binary without a pad", a.fn.name).because("give it: X'00'"))
	}
	if t := a.args[2].typ(); t.Kind != relation.Binary && !isNull(t) {
		return r.note(invalid(a.args[2].pos(), "%s of binary needs a binary pad, and this is %s", a.fn.name, t))
	}
	for i, t := range []relation.Type{bytes, relation.Of(relation.Int), bytes} {
		if a.args[i] = r.to(a.args[i], t); isBad(a.args[i]) {
			return a.args[i]
		}
		a.nullable = a.nullable || a.args[i].null()
	}
	a.t = bytes
	return a
}

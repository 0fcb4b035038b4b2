package sparksql

import (
	"strings"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
)

func init() {
	add(&function{name: "encode", signature: "encode(text, charset)", min: 2, max: 2, write: writeCharset("encode"), resolve: func(r *resolver, a *apply) node {
		if wrong := r.charset(a); wrong != nil {
			return wrong
		}
		return r.fit(a, a.fn.name, []param{text}, relation.Of(relation.Binary))
	}})
}

// charset refuses what is no charset written out, or none that is known.
func (r *resolver) charset(a *apply) node {
	c, ok := a.args[1].(*constant)
	if !ok || !isString(c.t) || c.nullable {
		return r.note(refused(a.args[1].pos(), "%s with a charset that is not written out", a.fn.name))
	}
	if !isUTF8(c.text) && !sparkfn.HasCharset(c.text) {
		return r.note(refused(c.at, "the charset %s", c.text).because("the charsets are UTF-8, UTF-16, UTF-16BE, UTF-16LE, ISO-8859-1 and US-ASCII"))
	}
	return nil
}

func isUTF8(charset string) bool {
	return strings.EqualFold(charset, "UTF-8") || strings.EqualFold(charset, "UTF8")
}

var bytesDecoded = &function{name: "decode", write: writeCharset("decode")}

// decodeBytes is decode of two arguments.
func decodeBytes(r *resolver, a *apply) node {
	if wrong := r.charset(a); wrong != nil {
		return wrong
	}
	a.fn = bytesDecoded
	return r.fit(a, "decode", []param{binary, text}, relation.Of(relation.String))
}

// writeCharset uses the engine's own for UTF-8.
func writeCharset(name string) func(*writer, *apply, []string) string {
	return func(_ *writer, a *apply, args []string) string {
		if isUTF8(a.args[1].(*constant).text) {
			return name + "(" + args[0] + ")"
		}
		return "spark_" + name + "(" + args[0] + ", " + args[1] + ")"
	}
}

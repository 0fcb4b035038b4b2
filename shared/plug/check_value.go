package plug

import (
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

// value reads what is given to one field, by the field's type.
func (c *checker) value(f Field, raw Raw, path string) (Value, bool) {
	v := Value{Pos: raw.Pos}
	switch f.Type {
	case Block:
		v.Data = c.block(f.Fields, raw, path+".")
		return v, true
	case List:
		values, ok := c.list(raw, path)
		v.Data = values
		return v, ok
	case Mapped:
		m, ok := c.mapped(raw, path)
		v.Data = m
		return v, ok
	}
	if raw.Shape != Scalar {
		c.wrong(fault.Invalid, raw.Pos, "", "%s: want a plain value", c.name(path))
		return v, false
	}
	return c.scalar(f, v, raw, path)
}

// list reads plain values; one alone is a list of one.
func (c *checker) list(raw Raw, path string) ([]Value, bool) {
	items := raw.Items
	if raw.Shape != Sequence {
		items = []Raw{raw}
	}
	values := make([]Value, 0, len(items))
	for _, it := range items {
		if it.Shape != Scalar {
			c.wrong(fault.Invalid, it.Pos, "", "%s: want a list of plain values", c.name(path))
			return nil, false
		}
		values = append(values, Value{Data: it.Text, Pos: it.Pos})
	}
	return values, true
}

// mapped reads names with plain values.
func (c *checker) mapped(raw Raw, path string) (Args, bool) {
	entries, ok := raw.mapping()
	if !ok {
		c.wrong(fault.Invalid, raw.Pos, "", "%s: want a mapping", c.name(path))
		return nil, false
	}
	m := Args{}
	for _, e := range entries {
		switch e.Value.Shape {
		case Absent:
		case Scalar:
			m[e.Name] = Value{Data: e.Value.Text, Pos: e.Value.Pos}
		default:
			c.wrong(fault.Invalid, e.Value.Pos, "", "%s: want a plain value", c.name(path+"."+e.Name))
			ok = false
		}
	}
	return m, ok
}

func (c *checker) scalar(f Field, v Value, raw Raw, path string) (Value, bool) {
	text := raw.Text
	switch f.Type {
	case Int:
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil {
			c.wrong(fault.Invalid, raw.Pos, "", "%s: %q is not a whole number", c.name(path), text)
			return v, false
		}
		v.Data = n
	case Bool:
		b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(text)))
		if err != nil {
			hint := "write true or false"
			c.wrong(fault.Invalid, raw.Pos, hint, "%s: %q is not a boolean", c.name(path), text)
			return v, false
		}
		v.Data = b
	case Enum:
		for _, want := range f.Values {
			if strings.EqualFold(want, strings.TrimSpace(text)) {
				v.Data = want
				return v, true
			}
		}
		hint := "one of " + strings.Join(f.Values, ", ")
		if near := Nearest(text, f.Values); near != "" {
			hint = "did you mean " + near + "?"
		}
		if f.Doc != "" {
			hint += "\n" + f.Doc
		}
		c.wrong(fault.Invalid, raw.Pos, hint, "%s: %q is not supported", c.name(path), text)
		return v, false
	case Char:
		if len([]rune(text)) > 1 && !strings.HasPrefix(text, `\`) {
			c.wrong(fault.Invalid, raw.Pos, "", "%s: %q is not one character", c.name(path), text)
			return v, false
		}
		v.Data = text
	default:
		v.Data = text
	}
	return v, true
}

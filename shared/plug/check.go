package plug

import (
	"errors"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

// Check reads what a manifest gives to a part: raw is a mapping or absent. All
// mistakes are returned, joined; what is not a mistake but worth a remark comes
// as notes: attributes without meaning here, and unknown ones.
func (s Spec) Check(raw Raw) (Args, []Note, error) {
	c := checker{part: s.Name}
	args := c.block(s.Fields, raw, "")
	return args, c.notes, errors.Join(c.mistakes...)
}

type checker struct {
	part     string
	notes    []Note
	mistakes []error
}

func (c *checker) wrong(k fault.Kind, p fault.Pos, hint, format string, args ...any) {
	e := fault.Errorf(k, format, args...).At(p)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	c.mistakes = append(c.mistakes, e)
}

func (c *checker) block(fields []Field, raw Raw, path string) Args {
	args := Args{}
	switch raw.Shape {
	case Scalar, Sequence:
		c.wrong(fault.Invalid, raw.Pos, "", "%s: want a mapping", c.name(path))
		return args
	}
	for _, e := range raw.Entries {
		f, ok := field(fields, e.Name)
		if !ok {
			n := Note{Pos: e.Pos, Message: c.name(path+e.Name) + ": unknown, it has no effect"}
			if near := Nearest(e.Name, fieldNames(fields)); near != "" {
				n.Hint = "did you mean " + near + "?"
				n.Message += "; " + n.Hint
			}
			c.notes = append(c.notes, n)
			continue
		}
		switch f.Status {
		case Refused:
			c.wrong(fault.Refused, e.Pos, f.Doc, "%s is not supported", c.name(path+f.Name))
		case Accepted:
			c.notes = append(c.notes, Note{Pos: e.Pos, Message: c.name(path+f.Name) + " has no effect here. " + f.Doc})
		default:
			if e.Value.Shape == Absent {
				continue
			}
			if v, ok := c.value(f, e.Value, path+f.Name); ok {
				args[f.Name] = v
			}
		}
	}
	c.complete(fields, args, raw, path)
	return args
}

// complete fills in defaults and names what is missing.
func (c *checker) complete(fields []Field, args Args, raw Raw, path string) {
	for _, f := range fields {
		if _, given := args[f.Name]; given || f.Status != Honoured {
			continue
		}
		switch {
		case f.Default != "":
			quiet := checker{part: c.part}
			if v, ok := quiet.value(f, Raw{Shape: Scalar, Text: f.Default}, path+f.Name); ok {
				args[f.Name] = v
			}
		case f.Type == Block:
			if sub := c.block(f.Fields, Raw{}, path+f.Name+"."); len(sub) > 0 {
				args[f.Name] = Value{Data: sub}
			}
		case f.Required && (raw.Shape == Mapping || path == ""):
			c.wrong(fault.Invalid, raw.Pos, f.Doc, "%s is missing", c.name(path+f.Name))
		}
	}
}

func (c *checker) value(f Field, raw Raw, path string) (Value, bool) {
	v := Value{Pos: raw.Pos}
	switch f.Type {
	case Block:
		v.Data = c.block(f.Fields, raw, path+".")
		return v, true
	case List:
		items := raw.Items
		if raw.Shape == Scalar { // one value where a list is expected
			items = []Raw{raw}
		}
		values := make([]Value, 0, len(items))
		for _, it := range items {
			if it.Shape != Scalar {
				c.wrong(fault.Invalid, it.Pos, "", "%s: want a list of plain values", c.name(path))
				return v, false
			}
			values = append(values, Value{Data: it.Text, Pos: it.Pos})
		}
		v.Data = values
		return v, true
	case Mapped:
		if raw.Shape != Mapping {
			c.wrong(fault.Invalid, raw.Pos, "", "%s: want a mapping", c.name(path))
			return v, false
		}
		m := Args{}
		for _, e := range raw.Entries {
			m[e.Name] = Value{Data: e.Value.Text, Pos: e.Value.Pos}
		}
		v.Data = m
		return v, true
	}
	if raw.Shape != Scalar {
		c.wrong(fault.Invalid, raw.Pos, "", "%s: want a plain value", c.name(path))
		return v, false
	}
	return c.scalar(f, v, raw, path)
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

func (c *checker) name(path string) string {
	path = strings.TrimSuffix(path, ".")
	switch {
	case path == "":
		return c.part
	case c.part == "":
		return path
	}
	return c.part + " option " + path
}

func field(fields []Field, name string) (Field, bool) {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f, true
		}
		for _, a := range f.Aliases {
			if strings.EqualFold(a, name) {
				return f, true
			}
		}
	}
	return Field{}, false
}

func fieldNames(fields []Field) []string {
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		names = append(names, f.Name)
		names = append(names, f.Aliases...)
	}
	return names
}

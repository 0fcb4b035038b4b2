package plug

import (
	"errors"
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
	entries, ok := raw.mapping()
	if !ok {
		c.wrong(fault.Invalid, raw.Pos, "", "%s: want a mapping", c.name(path))
		return args
	}
	given := map[string]bool{}
	for _, e := range entries {
		f, ok := field(fields, e.Name)
		switch {
		case !ok:
			c.unknown(fields, entries, e, path)
			continue
		case e.Value.Shape == Absent: // written without a value
			continue
		case given[f.Name]: // under an alias
			c.notes = append(c.notes, Note{Pos: e.Pos, Message: c.name(path+f.Name) + " is given twice; this one counts"})
		}
		given[f.Name] = true
		switch f.Status {
		case Refused:
			c.wrong(fault.Refused, e.Pos, f.Doc, "%s is not supported", c.name(path+f.Name))
		case Accepted:
			c.notes = append(c.notes, Note{Pos: e.Pos, Message: c.name(path+f.Name) + " has no effect here. " + f.Doc})
		default:
			if v, ok := c.value(f, e.Value, path+f.Name); ok {
				args[f.Name] = v
			}
		}
	}
	c.complete(fields, given, args, raw, path)
	return args
}

func (c *checker) unknown(fields []Field, entries []Entry, e Entry, path string) {
	n := Note{Pos: e.Pos, Message: c.name(path+e.Name) + ": unknown, it has no effect"}
	if near := Nearest(e.Name, fieldNames(fields)); near != "" {
		n.Hint = "did you mean " + near + "?"
		n.Message += "; " + n.Hint
		n.Edit = Rename(entries, e, near)
	}
	c.notes = append(c.notes, n)
}

// complete fills in defaults and names what is missing.
func (c *checker) complete(fields []Field, given map[string]bool, args Args, raw Raw, path string) {
	for _, f := range fields {
		if given[f.Name] || f.Status != Honoured {
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

// Rename is the edit that gives an attribute the name that was meant; none if
// that is taken.
func Rename(entries []Entry, e Entry, to string) Edit {
	for _, other := range entries {
		if strings.EqualFold(other.Name, to) {
			return Edit{}
		}
	}
	return Edit{Old: e.Name, New: to}
}

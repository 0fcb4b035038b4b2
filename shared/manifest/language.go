package manifest

import (
	"cmp"
	"slices"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// An Attribute is one word of the language: what the decoder does with it.
type Attribute struct {
	Name       string
	Aliases    []string
	Type       plug.FieldType // "" of a block, or of what is handed on as it is
	Many       bool           // a list of blocks; one alone is a list of one
	Values     []string       // of an Enum
	Status     plug.Status
	Doc        string // why it has no effect, or what to do instead
	Attributes []Attribute
}

// deepest bounds how far below the root an attribute is looked for.
const deepest = 16

// Language is every attribute of a workflow, as a block without a name. It is
// found by asking the decoder itself, one attribute after the other, so that it
// cannot say anything else than the decoder does.
func Language() Attribute {
	return explore(nil)
}

// explore finds what the decoder does with the attribute at a path.
func explore(path []string) Attribute {
	leaf := len(path) + 1
	var found Attribute
	d := &decoder{source: &source{}, saw: func(r plug.Raw, is Attribute) {
		if r.Pos.Line != leaf {
			return
		}
		found.Type, found.Many = cmp.Or(found.Type, is.Type), found.Many || is.Many
		if is.Values != nil {
			found.Values = is.Values
		}
		for _, a := range is.Attributes { // more than one table may read a block
			if !slices.ContainsFunc(found.Attributes, func(b Attribute) bool { return b.Name == a.Name }) {
				found.Attributes = append(found.Attributes, a)
			}
		}
	}}
	d.workflow(chain(path, 1))
	if leaf == deepest {
		return found
	}
	for i, a := range found.Attributes {
		if a.Status != plug.Honoured {
			continue
		}
		below := explore(append(slices.Clone(path), a.Name))
		below.Name, below.Aliases = a.Name, a.Aliases
		found.Attributes[i] = below
	}
	return found
}

// chain is a manifest with the attribute at a path and nothing else, but what
// says that it is a workflow. The line of a value is its depth.
func chain(path []string, line int) plug.Raw {
	r := plug.Raw{Shape: plug.Mapping, Pos: fault.Pos{Line: line}}
	if line == 1 {
		for _, e := range [][2]string{{"name", "x"}, {"version", "v1"}, {"type", "workflow"}} {
			if len(path) == 0 || path[0] != e[0] {
				r.Entries = append(r.Entries, plug.Entry{Name: e[0], Value: plug.Raw{Shape: plug.Scalar, Text: e[1]}})
			}
		}
	}
	if len(path) > 0 {
		r.Entries = append(r.Entries, plug.Entry{Name: path[0], Value: chain(path[1:], line+1)})
	}
	return r
}

// described is a table of the decoder in words.
func described(table []attribute) []Attribute {
	all := make([]Attribute, len(table))
	for i, a := range table {
		all[i] = Attribute{Name: a.name, Aliases: a.aliases}
		switch {
		case a.refuse != "":
			all[i].Status, all[i].Doc = plug.Refused, a.refuse
		case a.accept != "":
			all[i].Status, all[i].Doc = plug.Accepted, a.accept
		}
	}
	return all
}

package plug

import (
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

// A Shape is what a [Raw] value is.
type Shape uint8

// The shapes of raw values. Absent is the zero Raw: nothing was written.
const (
	Absent Shape = iota
	Scalar
	Sequence
	Mapping
)

// A Raw is a value of a manifest as it was written, with its place: what a part's
// Spec then checks. It does not know the text format that it came from.
type Raw struct {
	Shape   Shape
	Pos     fault.Pos
	Text    string // of a Scalar
	Quoted  bool   // the scalar was quoted, or can only be a string
	Items   []Raw  // of a Sequence
	Entries []Entry
}

// An Entry is one attribute of a Mapping, in the order of the text.
type Entry struct {
	Name  string
	Pos   fault.Pos
	Value Raw
}

// Get returns the value of the attribute called name, compared without case.
func (r Raw) Get(name string) Raw {
	for _, e := range r.Entries {
		if strings.EqualFold(e.Name, name) {
			return e.Value
		}
	}
	return Raw{}
}

// mapping returns r's attributes. A list of mappings is read as one mapping, as
// people write both; false means that r is neither, nor absent.
func (r Raw) mapping() ([]Entry, bool) {
	switch r.Shape {
	case Absent, Mapping:
		return r.Entries, true
	case Scalar:
		return nil, false
	}
	var all []Entry
	for _, it := range r.Items {
		if it.Shape != Mapping {
			return nil, false
		}
		all = append(all, it.Entries...)
	}
	return all, true
}

// A Note is a remark that does not stop anything.
type Note struct {
	Pos     fault.Pos
	Message string
	Hint    string
	Edit    Edit // what a program can do about it; zero if nothing
}

// An Edit replaces a text that stands at a place of a manifest.
type Edit struct{ Old, New string }

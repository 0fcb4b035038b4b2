// Package plug is what a part says about itself, and sets of such parts. A
// part's own description checks the manifest's options, prints the reference
// and runs its examples as tests.
package plug

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

// A Part can be described: a source, a sink, a guard, a Flare function.
type Part interface{ Spec() Spec }

// A Spec describes a part.
type Spec struct {
	Name     string // the manifest's own word
	Doc      string // one paragraph; the first sentence stands alone
	Fields   []Field
	Examples []Example
	// Permissions of Google Cloud that a guard needs on the dataset of its target.
	Permissions []string
}

// A Field is one option or argument of a part.
type Field struct {
	Name     string
	Aliases  []string
	Type     FieldType
	Default  string // as the manifest would write it; "" is none
	Required bool
	Values   []string // of an Enum
	Doc      string
	Status   Status
	Fields   []Field // of a Block
}

// A FieldType is the shape of a value in a manifest.
type FieldType string

// The shapes.
const (
	Text   FieldType = "string"
	Int    FieldType = "int"
	Bool   FieldType = "bool"
	Enum   FieldType = "enum"
	Char   FieldType = "character"
	List   FieldType = "list"
	Mapped FieldType = "map" // of strings
	Block  FieldType = "block"
)

// A Status is what Glint does with a field.
type Status string

const (
	Honoured Status = ""         // it does what it says
	Accepted Status = "accepted" // it has no meaning here; noted once
	Refused  Status = "refused"  // an error that says what to do instead, from Doc
)

// An Example shows a part at work and is run as a test by the part's room.
type Example struct {
	Doc  string
	In   string // manifest fragment, or rows
	Want string
}

// A Set is parts under their names.
type Set[P Part] struct {
	what  string
	parts map[string]P
}

// NewSet makes a set of the given parts; what names them in errors ("format").
// It panics on a name taken twice, which is a bug seen at start.
func NewSet[P Part](what string, parts ...P) *Set[P] {
	s := &Set[P]{what: what, parts: map[string]P{}}
	for _, p := range parts {
		n := strings.ToLower(p.Spec().Name)
		if _, taken := s.parts[n]; taken {
			panic(fmt.Sprintf("plug: %s %q added twice", what, n))
		}
		s.parts[n] = p
	}
	return s
}

// Get returns the part called name, without regard to case. An unknown name is
// fault.Invalid, with the nearest known one as hint.
func (s *Set[P]) Get(name string) (P, error) {
	if p, ok := s.parts[strings.ToLower(name)]; ok {
		return p, nil
	}
	var none P
	e := fault.Errorf(fault.Invalid, "unknown %s %q", s.what, name)
	if near := Nearest(name, s.Names()); near != "" {
		return none, e.WithHint("did you mean %q?", near)
	}
	return none, e.WithHint("known: %s", strings.Join(s.Names(), ", "))
}

// Names returns the names of all parts, sorted.
func (s *Set[P]) Names() []string {
	names := make([]string, 0, len(s.parts))
	for n := range s.parts {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// All returns all parts, sorted by name.
func (s *Set[P]) All() []P {
	parts := make([]P, 0, len(s.parts))
	for _, n := range s.Names() {
		parts = append(parts, s.parts[n])
	}
	return parts
}

package sparksql

import (
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// A Scope is what a query can name.
type Scope interface {
	// Relation returns the columns of the relation called name, compared
	// without case.
	Relation(name string) (cols []relation.Column, ok bool)
	// Names returns the names of all relations, for suggestions.
	Names() []string
}

// A Canonical scope has relations under several names, and one that the engine knows.
type Canonical interface {
	Canonical(name string) string
}

// Scopes is a [Scope] held in a map.
type Scopes map[string][]relation.Column

// Relation looks name up without regard to case.
func (s Scopes) Relation(name string) ([]relation.Column, bool) {
	if cols, ok := s[name]; ok {
		return cols, true
	}
	for n, cols := range s {
		if strings.EqualFold(n, name) {
			return cols, true
		}
	}
	return nil, false
}

// Names returns the names, sorted.
func (s Scopes) Names() []string {
	names := make([]string, 0, len(s))
	for n := range s {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

package plug

import (
	"github.com/glint-data/glint/shared/fault"
)

// Args are the values that a manifest gives to a part's fields, checked by
// [Spec.Check]: names are the Spec's own spelling, defaults are filled in.
type Args map[string]Value

// A Value is one value with its place in the manifest; the zero Pos means that
// it is the default. Data is string, int64, bool, []Value or Args.
type Value struct {
	Data any
	Pos  fault.Pos
}

// Text returns the string under name, "" if there is none.
func (a Args) Text(name string) string { s, _ := a[name].Data.(string); return s }

// Bool returns the boolean under name.
func (a Args) Bool(name string) bool { b, _ := a[name].Data.(bool); return b }

// Int returns the integer under name.
func (a Args) Int(name string) int64 { i, _ := a[name].Data.(int64); return i }

// Block returns the block under name, nil if there is none.
func (a Args) Block(name string) Args { b, _ := a[name].Data.(Args); return b }

// Has reports whether the manifest itself gives name.
func (a Args) Has(name string) bool { return !a[name].Pos.IsZero() }

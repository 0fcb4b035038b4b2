// Package fault says what kind of thing went wrong, where, what the reader can
// do about it, and whether trying again can help.
//
// A [Kind] is itself an error, so a caller asks errors.Is(err, fault.NotFound)
// and never looks at an SDK's own error types: adapters translate those once.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// A Kind classifies an error by what follows from it.
type Kind uint8

const (
	// Internal is a bug of ours. Retried, because the next attempt may run on another revision.
	Internal Kind = iota
	// Invalid is the user's mistake: a manifest, a schema, a query, a message.
	Invalid
	// NotFound is a thing that was named and is not there.
	NotFound
	// Denied is a permission or credential that is missing or wrong.
	Denied
	// Conflict is somebody else at the same work, or a condition that no longer holds.
	Conflict
	// Stale is work that a newer run has made unnecessary. It is an end, not a failure.
	Stale
	// Exhausted is a budget used up: memory, time, quota, attempts.
	Exhausted
	// Transient is the world having a bad moment: try again.
	Transient
	// Refused is a thing that Glint does not do, named, or a guard that said no.
	Refused
)

var names = [...]string{"internal", "invalid", "not found", "denied", "conflict", "stale", "exhausted", "transient", "refused"}

func (k Kind) String() string {
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Error makes a Kind usable as the target of errors.Is.
func (k Kind) Error() string { return k.String() }

// A Pos is a place in a text that somebody wrote. Line and Column count from
// one; a zero Line means that only the file is known.
type Pos struct {
	File   string
	Line   int
	Column int
}

// String prints file:line:column, leaving out what is not known.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return strings.TrimPrefix(fmt.Sprintf("%s:%d", p.File, p.Line), ":")
	}
	return strings.TrimPrefix(fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column), ":")
}

// IsZero reports whether p names no place.
func (p Pos) IsZero() bool { return p == Pos{} }

// An Error is an error with its kind, its place and a hint. Err is never nil.
type Error struct {
	Kind Kind
	Pos  Pos    // zero if it has no place in a text
	Err  error  // what went wrong, without the hint
	Hint string // what the reader can do: a command to type, a field to fix
}

// Error prints the place and the cause. The hint is printed by whoever talks to a person.
func (e *Error) Error() string {
	if e.Pos.IsZero() {
		return e.Err.Error()
	}
	return e.Pos.String() + ": " + e.Err.Error()
}

// Unwrap makes both the kind and the cause findable.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// Errorf makes an error of kind k. It wraps with %w as fmt.Errorf does.
func Errorf(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Err: fmt.Errorf(format, args...)}
}

// Wrap gives err a kind. A nil err gives nil.
func Wrap(k Kind, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: k, Err: err}
}

// At returns e at place p.
func (e *Error) At(p Pos) *Error { c := *e; c.Pos = p; return &c }

// WithHint returns e with what the reader can do about it.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// KindOf returns the kind of err: the outermost that it carries, or Internal.
// Of several joined errors it is the first one's.
func KindOf(err error) Kind {
	var k Kind
	if errors.As(err, &k) {
		return k
	}
	return Internal
}

// Hints returns the hints that err carries, outermost first, each once.
func Hints(err error) []string {
	var hints []string
	seen := map[string]bool{}
	walk(err, func(e *Error) {
		if e.Hint != "" && !seen[e.Hint] {
			seen[e.Hint] = true
			hints = append(hints, e.Hint)
		}
	})
	return hints
}

// Print is err as a person wants to read it: one line a mistake, its hint indented below.
func Print(err error) string {
	var b strings.Builder
	for _, e := range Each(err) {
		fmt.Fprintln(&b, e)
		for _, h := range Hints(e) {
			fmt.Fprintf(&b, "    %s\n", strings.ReplaceAll(h, "\n", "\n    "))
		}
	}
	return b.String()
}

// Each takes joined errors apart; any other error comes back alone.
func Each(err error) []error {
	if err == nil {
		return nil
	}
	if _, own := err.(*Error); !own {
		if m, ok := err.(interface{ Unwrap() []error }); ok {
			var all []error
			for _, e := range m.Unwrap() {
				all = append(all, Each(e)...)
			}
			return all
		}
	}
	return []error{err}
}

// Retry reports whether trying the same thing again can help. It is the only
// place that decides whether a message comes back.
func Retry(err error) bool {
	switch KindOf(err) {
	case Internal, Conflict, Transient, Exhausted:
		return err != nil
	}
	return false
}

func walk(err error, visit func(*Error)) {
	if err == nil {
		return
	}
	if e, ok := err.(*Error); ok {
		visit(e)
	}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		walk(u.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, e := range u.Unwrap() {
			walk(e, visit)
		}
	}
}

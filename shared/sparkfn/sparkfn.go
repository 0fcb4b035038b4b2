// Package sparkfn holds those of Spark's functions that have no equal in an
// engine's own SQL, written in Go: what Java prints, parses and matches in its
// own way. They are pure: an argument in, a value out, nothing of the world.
//
// sparksql's function table names them; an engine registers all of [All].
package sparkfn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// A Func is one function. Its values are, by type: bool, int32 (int), int64
// (bigint), float32, float64, string, []byte (binary) and []any (arrays of
// these); nil is NULL. Dates travel as int, days since 1970-01-01; timestamps as
// bigint, microseconds since then in UTC; decimals as string. Whoever calls
// converts in SQL.
type Func struct {
	Name   string // in the engine: spark_<name>, or glint_<name> of what only Flare has
	Args   []relation.Type
	More   *relation.Type // of any number of arguments after Args
	Result relation.Type
	// Nulls: it is called with NULLs too. Otherwise NULL in is NULL out.
	Nulls bool
	// Call computes one row. Its error ends the query, with that text. args is
	// used again by the next row: what is kept must be copied.
	Call func(args []any) (any, error)
}

var byName = map[string]*Func{}

// register adds functions at start. It panics on a name taken twice.
func register(list ...*Func) {
	for _, f := range list {
		if !strings.HasPrefix(f.Name, "spark_") && !strings.HasPrefix(f.Name, "glint_") || byName[f.Name] != nil {
			panic(fmt.Sprintf("sparkfn: %q is taken or ill-named", f.Name))
		}
		byName[f.Name] = f
	}
}

// All returns every function, by name.
func All() []*Func {
	all := make([]*Func, 0, len(byName))
	for _, f := range byName {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *Func) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Has reports whether there is a function of this name.
func Has(name string) bool { return byName[name] != nil }

// Types that functions take and give.
var (
	Bool   = relation.Of(relation.Boolean)
	Int    = relation.Of(relation.Int)
	Long   = relation.Of(relation.Long)
	Float  = relation.Of(relation.Float)
	Double = relation.Of(relation.Double)
	String = relation.Of(relation.String)
	Binary = relation.Of(relation.Binary)
)

func list(types ...relation.Type) []relation.Type { return types }

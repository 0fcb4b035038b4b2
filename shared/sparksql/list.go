package sparksql

import (
	"maps"
	"slices"
)

// A Function is one of the functions that queries may call, for reference.
type Function struct {
	Name      string
	Also      []string // its other names
	Signature string
	Kind      string // scalar, aggregate, window, generator
	Note      string // how it differs from Spark's
}

// Functions are all of them, by name.
func Functions() []Function {
	var all []Function
	for _, name := range slices.Sorted(maps.Keys(table)) {
		f := table[name]
		if f.internal || f.name != name || !isWord(name[0]) {
			continue
		}
		kind := map[functionKind]string{scalar: "scalar", aggregate: "aggregate", ranking: "window"}[f.kind]
		if f.generator != nil {
			kind = "generator"
		}
		all = append(all, Function{f.name, f.also, f.signature, kind, f.note})
	}
	return all
}

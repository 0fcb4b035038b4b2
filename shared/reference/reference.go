// Package reference tells the language of manifests to people and to editors:
// a page of every attribute, format, option and function, and a JSON Schema.
// Both are printed from what decodes and checks manifests; only what an
// attribute is for is said here.
package reference

import (
	"cmp"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/flare"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/source"
)

// A Language is all that can be said in a manifest.
type Language struct {
	Attributes manifest.Attribute
	Sources    []plug.Spec // formats of inputs
	Sinks      []plug.Spec // formats of outputs
	Functions  []plug.Spec // Flare functions
	Guards     []plug.Spec
}

// New gathers the language; the sinks and guards are the assembly's.
func New(sinks, guards []plug.Spec) Language {
	return Language{Attributes: manifest.Language(), Sources: Specs(source.All), Sinks: sinks, Functions: Specs(flare.All), Guards: guards}
}

// Specs are the Specs of a set.
func Specs[P plug.Part](s *plug.Set[P]) []plug.Spec {
	var all []plug.Spec
	for _, p := range s.All() {
		all = append(all, p.Spec())
	}
	return all
}

// Doc says what the attribute at a path is for, or what becomes of it.
func Doc(path []string, a manifest.Attribute) string {
	switch a.Status {
	case plug.Refused:
		return "Not supported: " + a.Doc + "."
	case plug.Accepted:
		return "Has no effect: " + a.Doc + "."
	}
	return words[word(path)]
}

// word is the key of an attribute's words: its own name under its parent's.
func word(path []string) string {
	if len(path) == 1 {
		return path[0]
	}
	parent, name := path[len(path)-2], path[len(path)-1]
	if synonyms[name] == "place" && parent != "dag" {
		return "place"
	}
	if same := synonyms[parent]; same != "" {
		parent = same
	}
	return parent + "." + name
}

// synonyms are blocks under several names.
var synonyms = map[string]string{"flare": "stackSpec", "file": "place", "bigquery": "place", "jdbc": "place", "snowflake": "place", "redshift": "place",
	"elasticsearch": "place", "opensearch": "place", "mongodb": "place", "kafka": "place", "pulsar": "place", "eventhub": "place"}

// walk visits every attribute below a, parents first.
func walk(path []string, a manifest.Attribute, visit func(path []string, a manifest.Attribute)) {
	for _, b := range a.Attributes {
		here := append(slices.Clone(path), b.Name)
		visit(here, b)
		walk(here, b, visit)
	}
}

// Undocumented are the attributes that do something and of which nothing is
// said; stale are words about attributes that are not there.
func (l Language) Undocumented() (missing, stale []string) {
	left := map[string]bool{}
	for w := range words {
		left[w] = true
	}
	walk(nil, l.Attributes, func(path []string, a manifest.Attribute) {
		w := word(path)
		delete(left, w)
		if cmp.Or(a.Status, plug.Honoured) == plug.Honoured && words[w] == "" {
			missing = append(missing, strings.Join(path, "."))
		}
	})
	for w := range left {
		stale = append(stale, w)
	}
	slices.Sort(stale)
	return missing, stale
}

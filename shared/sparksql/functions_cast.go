package sparksql

import (
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// The names of types are functions too: int(x) is CAST(x AS INT).
func init() {
	for name, t := range map[string]relation.Type{
		"boolean": relation.Of(relation.Boolean), "tinyint": relation.Of(relation.Byte), "smallint": relation.Of(relation.Short),
		"int": relation.Of(relation.Int), "bigint": relation.Of(relation.Long), "float": relation.Of(relation.Float),
		"double": relation.Of(relation.Double), "decimal": relation.DecimalOf(10, 0), "string": relation.Of(relation.String),
		"binary": relation.Of(relation.Binary), "date": relation.Of(relation.Date), "timestamp": relation.Of(relation.Timestamp),
	} {
		add(&function{name: name, signature: name + "(a): CAST(a AS " + strings.ToUpper(t.String()) + ")", min: 1, max: 1, to: &t,
			resolve: func(r *resolver, a *apply) node { return r.cast(a.args[0], &cast{place: place(a.at), to: t}) }})
	}
}

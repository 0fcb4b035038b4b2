package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// flattenOuter makes a row of every element of an array.
var flattenOuter = Function{plug.Spec{
	Name:     "flatten_outer",
	Doc:      "Makes a row of every element of an array; the array stays. A row whose array is empty or NULL stays, with NULL.",
	Fields:   flattenFields,
	Examples: []plug.Example{{Doc: "Two elements, and none.", In: "SELECT * FROM VALUES (1, array('a', 'b')), (2, array()) AS t(k, v)\n--\ncolumn: v\nasColumn: x", Want: "k: 1, v: [a, b], x: a; k: 1, v: [a, b], x: b; k: 2, v: [], x: null"}},
}, func(f *frame) string { return f.flatten("OUTER ") }}

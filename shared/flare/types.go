package flare

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// types are the words of manifests for Spark's types.
var types = map[string]string{
	"string": "STRING", "str": "STRING", "int": "INT", "integer": "INT", "long": "BIGINT", "bigint": "BIGINT", "short": "SMALLINT", "smallint": "SMALLINT",
	"byte": "TINYINT", "tinyint": "TINYINT", "float": "FLOAT", "real": "FLOAT", "double": "DOUBLE", "boolean": "BOOLEAN", "bool": "BOOLEAN",
	"date": "DATE", "timestamp": "TIMESTAMP", "binary": "BINARY", "decimal": "DECIMAL",
}

var decimalType = regexp.MustCompile(`^(?:decimal|numeric)\s*\(\s*([0-9]+)\s*(?:,\s*([0-9]+)\s*)?\)$`)

// typeOf reads the name of a type.
func (f *frame) typeOf(s string, p fault.Pos) (string, bool) {
	word := strings.ToLower(strings.TrimSpace(s))
	if t, ok := types[word]; ok {
		return t, true
	}
	if m := decimalType.FindStringSubmatch(word); m != nil {
		return strings.ToUpper(strings.ReplaceAll(word, " ", "")), true
	}
	known := slices.Sorted(maps.Keys(types))
	hint := "the types are " + strings.Join(known, ", ")
	if near := plug.Nearest(word, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	f.wrong(p, hint, "invalid datatype found: %q", s)
	return "STRING", false
}

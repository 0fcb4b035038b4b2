package sparkfn

import (
	"errors"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	register(
		&Func{Name: "spark_get_json_object", Args: list(String, String), Result: String, Call: func(a []any) (any, error) {
			return getJSON(a[0].(string), a[1].(string))
		}},
		&Func{Name: "spark_json_array_length", Args: list(String), Result: Int, Call: func(a []any) (any, error) {
			v, err := readJSON(a[0].(string))
			if err != nil || v.kind != jsonArray {
				return nil, nil
			}
			return int32(len(v.items)), nil
		}},
		&Func{Name: "spark_json_object_keys", Args: list(String), Result: relation.ArrayOf(String), Call: func(a []any) (any, error) {
			v, err := readJSON(a[0].(string))
			if err != nil || v.kind != jsonObject {
				return nil, nil
			}
			keys := []any{}
			for _, f := range v.fields {
				keys = append(keys, f.name)
			}
			return keys, nil
		}},
	)
}

// ErrWildcard says that a path has what is not followed here.
var ErrWildcard = errors.New("a path with * is not supported; use from_json, and explode")

// JSONPath cuts $.a['b'][0] into its steps: a string is a field, an int an index.
// ok is false for what is no path, of which Spark makes NULL.
func JSONPath(path string) (steps []any, ok bool, err error) {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return nil, false, nil
	}
	for rest != "" {
		switch {
		case strings.HasPrefix(rest, "['"):
			end := strings.Index(rest, "']")
			if end < 0 || end == 2 || strings.ContainsAny(rest[2:end], "'?") {
				return nil, false, nil
			}
			if rest[2:end] == "*" {
				return nil, false, ErrWildcard
			}
			steps, rest = append(steps, rest[2:end]), rest[end+2:]
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return nil, false, nil
			}
			if rest[1:end] == "*" {
				return nil, false, ErrWildcard
			}
			n, err := strconv.ParseUint(rest[1:end], 10, 31)
			if err != nil {
				return nil, false, nil
			}
			steps, rest = append(steps, int(n)), rest[end+1:]
		case rest[0] == '.':
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			name := rest[1 : end+1]
			if name == "" {
				return nil, false, nil
			}
			if name == "*" {
				return nil, false, ErrWildcard
			}
			steps, rest = append(steps, name), rest[end+1:]
		default:
			return nil, false, nil
		}
	}
	return steps, true, nil
}

func getJSON(text, path string) (any, error) {
	steps, ok, err := JSONPath(path)
	if err != nil {
		return nil, err
	}
	v, jerr := readJSON(text)
	if !ok || jerr != nil {
		return nil, nil
	}
	for _, step := range steps {
		found := false
		switch step := step.(type) {
		case string:
			if v.kind == jsonObject {
				for _, f := range v.fields {
					if f.name == step && f.value.kind != jsonNull { // the first that is something
						v, found = f.value, true
						break
					}
				}
			}
		case int:
			if v.kind == jsonArray && step < len(v.items) {
				v, found = v.items[step], true
			}
		}
		if !found {
			return nil, nil
		}
	}
	switch v.kind {
	case jsonNull:
		if len(steps) == 0 {
			return "null", nil
		}
		return nil, nil
	case jsonString:
		return v.text, nil
	}
	return string(appendJSON(nil, v)), nil
}

package reference

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
)

type dict = map[string]any

// Schema is the JSON Schema of a workflow's manifest, of draft 07, which editors
// understand. It takes every manifest that the decoder takes: names that it does
// not know are no error there either. What is not supported is an error in it.
func (l Language) Schema() ([]byte, error) {
	s := &schema{language: l, definitions: dict{}, known: map[string]string{}}
	root := s.block(nil, l.Attributes)
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["title"] = "A workflow of Flare on Glint"
	root["definitions"] = s.definitions
	root["required"] = []string{"name", "version", "type", "workflow"}
	text, err := json.MarshalIndent(root, "", "  ")
	return append(text, '\n'), err
}

// A schema on its way. Blocks are definitions, each once.
type schema struct {
	language    Language
	definitions dict
	known       map[string]string // of a definition's text, its name
}

// define keeps what was made under a name, and returns a reference to it.
func (s *schema) define(name string, made dict) dict {
	text, _ := json.Marshal(made) // texts, lists and maps only
	if known, ok := s.known[string(text)]; ok {
		return dict{"$ref": "#/definitions/" + known}
	}
	unique := name
	for i := 2; s.definitions[unique] != nil; i++ {
		unique = fmt.Sprint(name, i)
	}
	s.definitions[unique], s.known[string(text)] = made, unique
	return dict{"$ref": "#/definitions/" + unique}
}

// block is an object of attributes.
func (s *schema) block(path []string, a manifest.Attribute) dict {
	properties := dict{}
	for _, b := range a.Attributes {
		here := append(slices.Clone(path), b.Name)
		one := s.attribute(here, b)
		for _, name := range append([]string{b.Name}, b.Aliases...) {
			properties[name] = one
		}
	}
	made := dict{"type": "object", "properties": properties}
	switch end := path; {
	case len(end) > 0 && end[len(end)-1] == "inputs":
		made["allOf"] = options(s.language.Sources)
	case len(end) > 0 && end[len(end)-1] == "outputs":
		made["allOf"] = options(s.language.Sinks)
	}
	return made
}

func (s *schema) attribute(path []string, a manifest.Attribute) dict {
	doc := Doc(path, a)
	switch {
	case a.Status == plug.Refused: // empty is the same as absent
		return dict{"type": "null", "description": doc, "errorMessage": doc, "deprecationMessage": doc}
	case a.Status == plug.Accepted:
		return dict{"description": doc, "deprecationMessage": doc}
	}
	var made dict
	name := path[len(path)-1]
	switch {
	case name == "functions":
		made = many(s.define("function", s.functions()))
	case a.Attributes != nil && a.Many:
		made = many(s.define(name, s.block(path, a)))
	case a.Attributes != nil:
		made = dict{"anyOf": []dict{s.define(name, s.block(path, a)), {"type": "null"}}}
	case a.Many:
		made = many(dict{"type": "object"})
	case a.Type == plug.Enum:
		made = oneOf(a.Values)
	default:
		made = scalar(a.Type)
	}
	if doc != "" {
		made["description"] = doc
	}
	return made
}

// many is a list of blocks, or one.
func many(item dict) dict {
	return dict{"anyOf": []dict{{"type": "array", "items": item}, item, {"type": "null"}}}
}

// plain is a value that is neither list nor mapping.
func plain() dict { return dict{"type": []string{"string", "number", "boolean", "null"}} }

func scalar(t plug.FieldType) dict {
	switch t {
	case plug.Bool:
		return dict{"type": []string{"boolean", "string", "null"}, "pattern": `^\s*([01tTfF]|` + anyCase("true") + `|` + anyCase("false") + `)\s*$`}
	case plug.Int:
		return dict{"type": []string{"integer", "string", "null"}, "pattern": `^\s*[-+]?[0-9]+\s*$`}
	case plug.List:
		return dict{"anyOf": []dict{plain(), {"type": "array", "items": plain()}}}
	case plug.Text, plug.Char:
		return plain()
	}
	return dict{}
}

// oneOf is one of some values, in any case of letters; editors offer them as
// they are.
func oneOf(values []string) dict {
	var patterns []string
	all := []any{nil}
	for _, v := range values {
		patterns = append(patterns, anyCase(v))
		all = append(all, v)
		var same any
		if json.Unmarshal([]byte(v), &same) == nil { // true and 1 are no texts in YAML
			all = append(all, same)
		}
	}
	return dict{"anyOf": []dict{{"enum": all}, {"type": "string", "pattern": `^\s*(` + strings.Join(patterns, "|") + `)\s*$`}}}
}

// anyCase is a pattern of a text in any case of letters.
func anyCase(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			b.WriteString("[" + string(unicode.ToUpper(r)) + string(unicode.ToLower(r)) + "]")
		case unicode.IsDigit(r) || r == '_' || r == '-' || r == ' ':
			b.WriteRune(r)
		default:
			b.WriteString(`\` + string(r))
		}
	}
	return b.String()
}

// options say, for each format, what options it has.
func options(formats []plug.Spec) []dict {
	all := []dict{}
	for _, f := range formats {
		all = append(all, dict{
			"if":   dict{"properties": dict{"format": dict{"type": "string", "pattern": `^\s*` + anyCase(f.Name) + `\s*$`}}, "required": []string{"format"}},
			"then": dict{"properties": dict{"options": given(f.Fields)}},
		})
	}
	return all
}

// given are a part's fields: a mapping, or a list of mappings.
func given(fields []plug.Field) dict {
	properties := dict{}
	for _, f := range fields {
		one := value(f)
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			properties[name] = one
		}
	}
	object := dict{"type": "object", "properties": properties}
	return dict{"anyOf": []dict{object, {"type": "array", "items": object}, {"type": "null"}}}
}

func value(f plug.Field) dict {
	var made dict
	switch {
	case f.Status == plug.Refused:
		doc := "Not supported. " + f.Doc
		return dict{"type": "null", "description": doc, "errorMessage": doc, "deprecationMessage": doc}
	case f.Status == plug.Accepted:
		doc := "Has no effect. " + f.Doc
		return dict{"description": doc, "deprecationMessage": doc}
	case f.Type == plug.Block:
		made = given(f.Fields)
	case f.Type == plug.Mapped:
		object := dict{"type": "object", "additionalProperties": plain()}
		made = dict{"anyOf": []dict{object, {"type": "array", "items": object}, {"type": "null"}}}
	case f.Type == plug.Enum:
		made = oneOf(f.Values)
	default:
		made = scalar(f.Type)
	}
	if f.Doc != "" {
		made["description"] = f.Doc
	}
	if f.Default != "" {
		made["default"] = f.Default
	}
	return made
}

// functions are Flare functions: the name says what arguments there are.
func (s *schema) functions() dict {
	var names []string
	cases := []dict{}
	for _, f := range s.language.Functions {
		names = append(names, f.Name)
		object := given(f.Fields)["anyOf"].([]dict)[0]
		if required := required(f.Fields); len(required) > 0 {
			object["required"] = required
		}
		object["description"] = f.Doc
		cases = append(cases, dict{
			"if":   dict{"properties": dict{"name": dict{"type": "string", "pattern": "^" + anyCase(f.Name) + "$"}}, "required": []string{"name"}},
			"then": object,
		})
	}
	name := oneOf(names)
	name["description"] = "The function."
	return dict{"type": "object", "properties": dict{"name": name}, "required": []string{"name"}, "allOf": cases}
}

// required are the fields that must be given, and have no other name.
func required(fields []plug.Field) []string {
	var names []string
	for _, f := range fields {
		if f.Required && f.Status == plug.Honoured && len(f.Aliases) == 0 {
			names = append(names, f.Name)
		}
	}
	return names
}

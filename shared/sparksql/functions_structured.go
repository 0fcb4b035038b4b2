package sparksql

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
	"github.com/glint-data/glint/shared/sparktime"
)

// Functions between text and structured values.

func init() {
	add(
		&function{name: "from_json", signature: "from_json(text, schema [, map('mode', 'PERMISSIVE or FAILFAST')])", min: 2, max: 3, loses: true,
			resolve: fromJSON, write: writeFromJSON, shown: "from_json"},
		&function{name: "to_json", signature: "to_json(struct, array or map)", min: 1, max: 2, resolve: toJSON, write: writeToJSON},
		&function{name: "schema_of_json", signature: "schema_of_json(text)", min: 1, max: 1, never: true,
			resolve: func(r *resolver, a *apply) node {
				if c, ok := a.args[0].(*constant); !ok || !isString(c.t) || c.nullable {
					return r.note(invalid(a.args[0].pos(), "schema_of_json needs a text that is written out"))
				}
				a.t = relation.Of(relation.String)
				return a
			}, duck: "spark_schema_of_json($1)"},
		&function{name: "json_tuple", signature: "json_tuple(text, field, …)", min: 2, max: -1, generator: jsonTuple},
		&function{name: "str_to_map", signature: "str_to_map(text [, between pairs [, between key and value]])", min: 1, max: 3, resolve: strToMap, write: writeStrToMap, defaults: []string{",", ":"}},
	)
}

// schemaText reads a schema as Spark writes it: a type, or columns a INT, b STRING.
func schemaText(c *constant) (t relation.Type, m *mistake) {
	tokens, err := lex(c.text)
	if err != nil {
		return t, invalid(c.at, "the schema: %s", err)
	}
	attempt := func(f func(p *parser) relation.Type) (t relation.Type, m *mistake) {
		p := &parser{text: c.text, tokens: slices.Clone(tokens)}
		defer func() {
			if v := recover(); v != nil {
				found, ours := v.(*mistake)
				if !ours {
					panic(v)
				}
				m = &mistake{kind: found.kind, at: c.at, reason: "the schema: " + found.reason, hint: found.hint}
			}
		}()
		t = f(p)
		if p.peek().kind != endToken {
			panic(p.unexpected("the end of the schema"))
		}
		return t, nil
	}
	if t, m = attempt((*parser).dataType); m == nil {
		return t, nil
	}
	t, columns := attempt(func(p *parser) relation.Type {
		fields := p.fields(func() bool { return p.peek().kind == endToken })
		return relation.StructOf(fields...)
	})
	if columns == nil {
		return t, nil
	}
	return t, columns
}

func fromJSON(r *resolver, a *apply) node {
	c, ok := a.args[1].(*constant)
	if inner, is := a.args[1].(*apply); is && inner.fn.name == "schema_of_json" {
		example := inner.args[0].(*constant)
		schema, err := sparkfn.SchemaOfJSON(example.text)
		if err != nil {
			return r.note(invalid(example.at, "%s", err))
		}
		c, ok = &constant{typed: typed{t: relation.Of(relation.String), at: inner.at}, text: schema}, true
	}
	if !ok || !isString(c.t) || c.nullable {
		return r.note(invalid(a.args[1].pos(), "the schema of from_json must be a string that is written out"))
	}
	t, m := schemaText(c)
	if m != nil {
		return r.note(m)
	}
	if t.Kind != relation.Struct && t.Kind != relation.Array && t.Kind != relation.Map {
		return r.note(invalid(c.at, "from_json gives a struct, an array or a map, not %s", t))
	}
	if why := readable(t); why != nil {
		why.at = c.at
		return r.note(why)
	}
	if !utc(r.zone) && holdsKind(t, relation.Timestamp) {
		return r.note(refused(c.at, "a timestamp in from_json in a session whose zone is not UTC"))
	}
	if len(a.args) == 3 {
		for key, value := range r.options(a.args[2]) {
			switch {
			case key == "mode" && (strings.EqualFold(value, "PERMISSIVE") || strings.EqualFold(value, "FAILFAST")):
				a.strict = strings.EqualFold(value, "FAILFAST")
			case key == "dateformat" || key == "timestampformat":
				if _, err := sparktime.Parser(value); err != nil {
					return r.note(invalid(a.args[2].pos(), "%s", err))
				}
				a.labels = append(a.labels, key+"="+value)
			default:
				return r.note(refused(a.args[2].pos(), "the option %s = %q of from_json", key, value))
			}
		}
	}
	text := text(r, a.args[0])
	if _, wrong := text.(*misfit); wrong || !isString(a.args[0].typ()) && !isNull(a.args[0].typ()) {
		return r.note(invalid(a.args[0].pos(), "from_json reads text, and this is %s", a.args[0].typ()))
	}
	a.args = []node{text}
	a.t, a.nullable = t, true
	return a
}

// options are the texts of a map that is written out.
func (r *resolver) options(n node) map[string]string {
	out := map[string]string{}
	m, ok := n.(*apply)
	if !ok || m.fn.name != "map" {
		r.note(invalid(n.pos(), "options are a map that is written out: map('mode', 'FAILFAST')"))
		return out
	}
	half := len(m.args) / 2
	for i := range half {
		k, isText := m.args[i].(*constant)
		v, isText2 := m.args[half+i].(*constant)
		if !isText || !isText2 {
			r.note(invalid(n.pos(), "options are texts that are written out"))
			return out
		}
		out[strings.ToLower(k.text)] = v.text
	}
	return out
}

// readable says why values of t are not read from JSON here.
func readable(t relation.Type) *mistake {
	switch t.Kind {
	case relation.Struct:
		for i, f := range t.Fields {
			if relation.Find(t.Fields[:i], f.Name) >= 0 {
				return refused(0, "a struct with two fields called %q", f.Name)
			}
			if strings.EqualFold(f.Name, "_corrupt_record") {
				return refused(0, "the column _corrupt_record of from_json")
			}
			if why := readable(f.Type); why != nil {
				return why
			}
		}
		return nil
	case relation.Array:
		return readable(*t.Elem)
	case relation.Map:
		if !isString(*t.Key) {
			return refused(0, "a map whose keys are %s, in JSON,", t.Key)
		}
		return readable(*t.Elem)
	case relation.Binary, relation.TimestampNTZ, relation.DayTimeInterval, relation.YearMonthInterval, relation.Null:
		return refused(0, "%s in JSON", t)
	}
	return nil
}

func holdsKind(t relation.Type, k relation.Kind) bool {
	if t.Kind == k {
		return true
	}
	for _, inner := range []*relation.Type{t.Elem, t.Key} {
		if inner != nil && holdsKind(*inner, k) {
			return true
		}
	}
	return slices.ContainsFunc(t.Fields, func(f relation.Column) bool { return holdsKind(f.Type, k) })
}

func writeFromJSON(_ *writer, a *apply, args []string) string {
	shape, err := json.Marshal(a.t)
	if err != nil {
		panic(err)
	}
	slices.Sort(a.labels)
	return fmt.Sprintf("CAST(CAST(spark_from_json(%s, %s, %t, %s) AS JSON) AS %s)", args[0], quoteText(string(shape)), a.strict, quoteText(strings.Join(a.labels, "\n")), duckType(a.t))
}

func toJSON(r *resolver, a *apply) node {
	t := a.args[0].typ()
	if !isNested(t) {
		return r.note(invalid(a.args[0].pos(), "to_json takes a struct, an array or a map, and this is %s", t))
	}
	if len(a.args) == 2 {
		for key := range r.options(a.args[1]) {
			return r.note(refused(a.args[1].pos(), "the option %s of to_json", key))
		}
		a.args = a.args[:1]
	}
	if why := printable(t); why != nil {
		why.at = a.args[0].pos()
		return r.note(why)
	}
	if !utc(r.zone) && holdsKind(t, relation.Timestamp) {
		return r.note(refused(a.at, "a timestamp in to_json in a session whose zone is not UTC"))
	}
	a.t, a.nullable = relation.Of(relation.String), a.args[0].null()
	return a
}

func printable(t relation.Type) *mistake {
	switch t.Kind {
	case relation.DayTimeInterval, relation.YearMonthInterval, relation.Binary, relation.TimestampNTZ:
		return refused(0, "%s in JSON", t)
	case relation.Array:
		return printable(*t.Elem)
	case relation.Map:
		if isNested(*t.Key) {
			return refused(0, "a map whose keys are %s, in JSON,", t.Key)
		}
		if why := printable(*t.Key); why != nil {
			return why
		}
		return printable(*t.Elem)
	}
	for _, f := range t.Fields {
		if why := printable(f.Type); why != nil {
			return why
		}
	}
	return nil
}

func writeToJSON(w *writer, a *apply, args []string) string {
	return w.json(a.args[0].typ(), args[0])
}

// json writes a value as to_json prints it: NULL for NULL, which a struct leaves out.
func (w *writer) json(t relation.Type, s string) string {
	str := relation.Of(relation.String)
	switch k := t.Kind; {
	case k == relation.String:
		return "spark_json_string(" + s + ")"
	case k == relation.Boolean || k.Integral():
		return "CAST(" + s + " AS VARCHAR)"
	case k == relation.Decimal:
		return w.convert(t, str, s)
	case k == relation.Float || k == relation.Double:
		return w.once(s, func(v string) string {
			return fmt.Sprintf("CASE WHEN isfinite(%s) THEN %s ELSE '\"' || %s || '\"' END", v, w.convert(t, str, v), w.convert(t, str, v))
		})
	case k == relation.Date:
		return `('"' || ` + w.convert(t, str, s) + ` || '"')`
	case k == relation.Timestamp:
		return `('"' || strftime(` + s + `, '%Y-%m-%dT%H:%M:%S.%g') || 'Z"')`
	case k == relation.Null:
		return "CAST(NULL AS VARCHAR)"
	case k == relation.Array:
		v := w.fresh()
		defer w.release()
		return fmt.Sprintf("('[' || array_to_string(list_transform(%s, lambda %s: coalesce(%s, 'null')), ',') || ']')", s, v, w.json(*t.Elem, v))
	case k == relation.Map:
		v := w.fresh()
		defer w.release()
		key := w.json(*t.Key, v+".key")
		if !isString(*t.Key) {
			key = `'"' || ` + w.convert(*t.Key, str, v+".key") + ` || '"'`
		}
		return fmt.Sprintf("('{' || array_to_string(list_transform(map_entries(%s), lambda %s: %s || ':' || coalesce(%s, 'null')), ',') || '}')",
			s, v, key, w.json(*t.Elem, v+".value"))
	}
	return w.bound(s, func(v string) string {
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			name, _ := json.Marshal(f.Name)
			parts[i] = quoteText(string(name)+":") + " || " + w.json(f.Type, "struct_extract("+v+", "+quoteText(f.Name)+")")
		}
		// array_to_string of nothing but NULLs is NULL
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN '{' || coalesce(array_to_string(CAST([%s] AS VARCHAR[]), ','), '') || '}' END", v, strings.Join(parts, ", "))
	})
}

// jsonTuple makes one row of the texts of fields.
func jsonTuple(r *resolver, args []node, at int) *generation {
	str := relation.Of(relation.String)
	for i, n := range args {
		if !isString(n.typ()) && (i > 0 || !isNull(n.typ())) {
			r.note(invalid(n.pos(), "json_tuple takes texts, and this is %s", n.typ()))
			return nil
		}
		if args[i] = text(r, n); isBad(args[i]) {
			return nil
		} else if m, wrong := args[i].(*misfit); wrong {
			r.note(invalid(n.pos(), "json_tuple takes texts, and this is %s, not %s", n.typ(), m.want))
			return nil
		}
	}
	names := r.apply(at, "array", args[1:]...)
	if isBad(names) {
		return nil
	}
	g := &generation{}
	for i := range args[1:] {
		field := &function{name: "json_tuple", duck: fmt.Sprintf("[list_extract(spark_json_tuple($1, $2), %d)]", i+1)}
		g.cols = append(g.cols, relation.Column{Name: fmt.Sprintf("c%d", i), Type: str, Nullable: true})
		g.lists = append(g.lists, &apply{typed: typed{t: relation.ArrayOf(str), at: at}, fn: field, args: []node{args[0], names}})
	}
	return g
}

func strToMap(r *resolver, a *apply) node {
	for i := range a.args {
		if a.args[i].typ().Kind == relation.Binary {
			return r.note(invalid(a.args[i].pos(), "str_to_map takes text, not %s", a.args[i].typ()).because("cast it to string"))
		}
		if a.args[i] = r.to(a.args[i], relation.Of(relation.String)); isBad(a.args[i]) {
			return a.args[i]
		}
		c, ok := a.args[i].(*constant)
		if i > 0 && (!ok || c.nullable || c.text == "" || regexMeta(c.text)) {
			return r.note(refused(a.args[i].pos(), "str_to_map with a delimiter that is a regular expression, or not written out,"))
		}
	}
	str := relation.Of(relation.String)
	a.t, a.nullable = relation.MapOf(str, str), a.args[0].null()
	return a
}

// regexMeta reports whether a text means more than itself as a regular expression.
func regexMeta(s string) bool { return strings.ContainsAny(s, `\.[]{}()*+-?^$|`) }

func writeStrToMap(w *writer, a *apply, args []string) string {
	pair, value := "','", "':'"
	if len(args) > 1 {
		pair = args[1]
	}
	if len(args) > 2 {
		value = args[2]
	}
	return w.once(args[0], func(s string) string {
		v := w.fresh()
		defer w.release()
		parts := "string_split(" + s + ", " + pair + ")"
		at := "instr(" + v + ", " + value + ")"
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN map(list_transform(%s, lambda %s: CASE WHEN %s > 0 THEN substring(%s, 1, %s - 1) ELSE %s END), "+
			"list_transform(%s, lambda %s: CASE WHEN %s > 0 THEN substring(%s, %s + length(%s)) END)) END",
			s, parts, v, at, v, at, v, parts, v, at, v, at, value)
	})
}

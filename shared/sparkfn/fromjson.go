package sparkfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

func init() {
	register(
		// The second argument is a relation.Type as JSON. The result is JSON too,
		// with every leaf in a form that needs no more judgement to be cast.
		&Func{Name: "spark_from_json", Args: list(String, String, Bool, String), Result: String, Call: fromJSON},
		&Func{Name: "spark_json_string", Args: list(String), Result: String, Call: func(a []any) (any, error) {
			return string(appendJSONString(nil, a[0].(string))), nil
		}},
		&Func{Name: "spark_json_tuple", Args: list(String, relation.ArrayOf(String)), Result: relation.ArrayOf(String), Nulls: true, Call: jsonTuple},
		&Func{Name: "spark_schema_of_json", Args: list(String), Result: String, Call: func(a []any) (any, error) { return SchemaOfJSON(a[0].(string)) }},
	)
}

var jsonTypes sync.Map // the text of a type → relation.Type

func typeOf(text string) (relation.Type, error) {
	if t, ok := jsonTypes.Load(text); ok {
		return t.(relation.Type), nil
	}
	var t relation.Type
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return t, err
	}
	jsonTypes.Store(text, t)
	return t, nil
}

// fromJSON is from_json in the mode PERMISSIVE, or FAILFAST: a value that does
// not fit its field is NULL, and a text that is no JSON gives NULL in every field.
func fromJSON(a []any) (any, error) {
	text, strict := a[0].(string), a[2].(bool)
	t, err := typeOf(a[1].(string))
	if err != nil {
		return nil, err
	}
	if strings.Trim(text, " \t\r\n") == "" {
		return nil, nil
	}
	c := jsonConverter{}
	if err := c.formats(a[3].(string)); err != nil {
		return nil, err
	}
	out, err := c.root(text, t)
	if strict && (err != nil || c.bad) {
		return nil, fmt.Errorf("from_json: malformed records are detected in record parsing: %q; the mode is FAILFAST", text)
	}
	if err != nil {
		if t.Kind != relation.Struct {
			return nil, nil
		}
		out = c.empty(t)
	}
	if out == nil {
		return nil, nil
	}
	return string(out), nil
}

type jsonConverter struct {
	bad        bool
	date, time *sparktime.Pattern // of texts; nil is Spark's own reader
}

// formats reads the options that say how dates and timestamps are written, one a line.
func (c *jsonConverter) formats(options string) (err error) {
	for _, line := range strings.Split(options, "\n") {
		key, pattern, _ := strings.Cut(line, "=")
		switch key {
		case "dateformat":
			c.date, err = sparktime.Parser(pattern)
		case "timestampformat":
			c.time, err = sparktime.Parser(pattern)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *jsonConverter) empty(t relation.Type) []byte {
	out, _ := c.convert(nil, jsonValue{kind: jsonObject}, t)
	return out
}

func (c *jsonConverter) root(text string, t relation.Type) ([]byte, error) {
	v, err := readJSON(text)
	if err != nil {
		return nil, err
	}
	if v.kind == jsonNull {
		if t.Kind == relation.Struct {
			return c.empty(t), nil
		}
		return nil, nil
	}
	if t.Kind == relation.Array && v.kind == jsonObject && t.Elem.Kind == relation.Struct {
		v = jsonValue{kind: jsonArray, items: []jsonValue{v}}
	}
	return c.convert(nil, v, t)
}

var errMisfit = errors.New("it does not fit")

// part converts what lies inside: what does not fit is NULL.
func (c *jsonConverter) part(b []byte, v jsonValue, t relation.Type) []byte {
	n := len(b)
	out, err := c.convert(b, v, t)
	if err != nil {
		c.bad = true
		return append(b[:n], "null"...)
	}
	return out
}

func (c *jsonConverter) convert(b []byte, v jsonValue, t relation.Type) ([]byte, error) {
	if v.kind == jsonNull {
		return append(b, "null"...), nil
	}
	switch t.Kind {
	case relation.Struct:
		if v.kind != jsonObject {
			return b, errMisfit
		}
		b = append(b, '{')
		for i, f := range t.Fields {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendJSONString(b, f.Name), ':')
			found := jsonValue{kind: jsonNull}
			for _, field := range v.fields { // the last one counts
				if field.name == f.Name {
					found = field.value
				}
			}
			b = c.part(b, found, f.Type)
		}
		return append(b, '}'), nil
	case relation.Array:
		if v.kind != jsonArray {
			return b, errMisfit
		}
		b = append(b, '[')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = c.convert(b, item, *t.Elem); err != nil {
				return b, err // the whole array is NULL then
			}
		}
		return append(b, ']'), nil
	case relation.Map:
		if v.kind != jsonObject {
			return b, errMisfit
		}
		b = append(b, '{')
		seen := map[string]bool{}
		for i, f := range v.fields {
			if seen[f.name] {
				return b, errors.New("a map with the same key twice")
			}
			seen[f.name] = true
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendJSONString(b, f.name), ':')
			var err error
			if b, err = c.convert(b, f.value, *t.Elem); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}
	s, err := c.scalar(v, t)
	if err != nil {
		return b, err
	}
	return append(b, s...), nil
}

// scalar is a value as JSON that casts to t without loss.
func (c *jsonConverter) scalar(v jsonValue, t relation.Type) (string, error) {
	quoted := func(s string) (string, error) { return string(appendJSONString(nil, s)), nil }
	switch k := t.Kind; {
	case k == relation.String:
		if v.kind == jsonString {
			return quoted(v.text)
		}
		return quoted(string(appendJSON(nil, v)))
	case k == relation.Boolean && v.kind == jsonTrue:
		return "true", nil
	case k == relation.Boolean && v.kind == jsonFalse:
		return "false", nil
	case k.Integral() && v.kind == jsonInt:
		n, err := strconv.ParseInt(v.text, 10, map[relation.Kind]int{relation.Byte: 8, relation.Short: 16, relation.Int: 32, relation.Long: 64}[k])
		return strconv.FormatInt(n, 10), err
	case k == relation.Float || k == relation.Double:
		return jsonFloating(v, k)
	case k == relation.Decimal && (v.kind == jsonInt || v.kind == jsonFloat || v.kind == jsonString):
		return jsonDecimal(v.text, t)
	case k == relation.Date && v.kind == jsonString && c.date != nil, k == relation.Timestamp && v.kind == jsonString && c.time != nil:
		p := c.date
		if k == relation.Timestamp {
			p = c.time
		}
		r, ok, err := p.Parse(v.text)
		if err != nil || !ok {
			return "", errMisfit
		}
		us, ok := r.Micros()
		if !ok {
			return "", errMisfit
		}
		if k == relation.Date {
			return quoted(sparktime.DateText(sparktime.FloorDiv(us, 86400_000_000)))
		}
		if r.Zoned {
			us -= r.Zone.At(us/1_000_000) * 1_000_000
		}
		return quoted(sparktime.StampText(us))
	case k == relation.Date && v.kind == jsonString:
		if days, ok := sparktime.ParseDate([]byte(v.text)); ok {
			return quoted(sparktime.DateText(days))
		}
	case k == relation.Timestamp && v.kind == jsonString:
		if st, ok := sparktime.ParseStamp([]byte(v.text)); ok {
			if sec, micro, ok := st.Instant(sparktime.OffsetZone(0), time.Now().Unix()); ok {
				if us, ok := sparktime.Micros(sec, micro); ok {
					return quoted(sparktime.StampText(us))
				}
			}
		}
	case k == relation.Timestamp && v.kind == jsonInt:
		if n, err := strconv.ParseInt(v.text, 10, 64); err == nil {
			if us, ok := sparktime.Micros(n, 0); ok {
				return quoted(sparktime.StampText(us))
			}
		}
	}
	return "", errMisfit
}

func jsonFloating(v jsonValue, k relation.Kind) (string, error) {
	text := v.text
	switch v.kind {
	case jsonInt, jsonFloat:
	case jsonString:
		switch text {
		case "NaN", "Infinity", "-Infinity":
		case "+INF", "INF", "+Infinity":
			text = "Infinity"
		case "-INF":
			text = "-Infinity"
		default:
			return "", errMisfit
		}
	default:
		return "", errMisfit
	}
	bits := 64
	if k == relation.Float {
		bits = 32
	}
	d, err := strconv.ParseFloat(text, bits)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return "", err
	}
	if math.IsNaN(d) || math.IsInf(d, 0) {
		return `"` + FormatDouble(d) + `"`, nil
	}
	return strconv.FormatFloat(d, 'g', -1, 64), nil
}

func jsonDecimal(text string, t relation.Type) (string, error) {
	r, ok := new(big.Rat).SetString(text)
	if !ok || strings.ContainsAny(text, "/_xXpP") || len(text) > 400 {
		return "", errMisfit
	}
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Scale)), nil)))
	n := roundHalfUp(scaled)
	if len(new(big.Int).Abs(n).String()) > t.Precision {
		return "", errMisfit
	}
	return `"` + new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Scale)), nil)).FloatString(t.Scale) + `"`, nil
}

func roundHalfUp(r *big.Rat) *big.Int {
	twice := new(big.Int).Lsh(new(big.Int).Abs(r.Num()), 1)
	twice.Add(twice, r.Denom())
	twice.Quo(twice, new(big.Int).Lsh(r.Denom(), 1))
	if r.Sign() < 0 {
		twice.Neg(twice)
	}
	return twice
}

// jsonTuple gives the texts of fields of an object.
func jsonTuple(a []any) (any, error) {
	names, _ := a[1].([]any)
	out := make([]any, len(names))
	text, ok := a[0].(string)
	if !ok {
		return out, nil
	}
	v, err := readJSON(text)
	if err != nil || v.kind != jsonObject {
		return out, nil
	}
	for i, n := range names {
		for _, f := range v.fields {
			if f.name != n || f.value.kind == jsonNull {
				continue
			}
			if out[i] = f.value.text; f.value.kind != jsonString {
				out[i] = string(appendJSON(nil, f.value))
			}
			break
		}
	}
	return out, nil
}

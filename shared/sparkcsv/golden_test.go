package sparkcsv

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// A golden is one file as Spark read it; scripts/goldens/csv.py wrote it.
type golden struct {
	Name    string
	Columns [][2]string
	Options map[string]string
	Input   string
	Base64  []byte
	Rows    [][]*string
	Error   string
}

func goldens(t testing.TB, group string) []golden {
	t.Helper()
	text, err := os.ReadFile("testdata/" + group + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Cases []golden }
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f.Cases
}

func (g golden) body() string {
	if g.Base64 != nil {
		return string(g.Base64)
	}
	return g.Input
}

func typeOf(s string) relation.Type {
	var p, sc int
	if n, _ := fmt.Sscanf(s, "decimal(%d,%d)", &p, &sc); n == 2 {
		return relation.DecimalOf(p, sc)
	}
	return relation.Of(map[string]relation.Kind{"byte": relation.Byte, "short": relation.Short, "int": relation.Int, "long": relation.Long, "float": relation.Float, "double": relation.Double,
		"string": relation.String, "boolean": relation.Boolean, "date": relation.Date, "timestamp": relation.Timestamp, "timestamp_ntz": relation.TimestampNTZ}[s])
}

func (g golden) columns() []relation.Column {
	var cols []relation.Column
	for _, c := range g.Columns {
		cols = append(cols, relation.Column{Name: c[0], Type: typeOf(c[1])})
	}
	return cols
}

func (g golden) decode() relation.CSVDecode {
	d := relation.SparkCSV()
	one := func(s string) byte {
		if s == "" {
			return 0
		}
		return s[0]
	}
	for k, v := range g.Options {
		switch k {
		case "header":
			d.Header = v == "true"
		case "multiLine":
			d.MultiLine = v == "true"
		case "ignoreLeadingWhiteSpace":
			d.TrimLeft = v == "true"
		case "ignoreTrailingWhiteSpace":
			d.TrimRight = v == "true"
		case "sep":
			d.Delimiter = v
		case "quote":
			d.Quote = one(v)
		case "escape":
			d.Escape = one(v)
		case "comment":
			d.Comment = one(v)
		case "nullValue":
			d.NullValue = v
		case "emptyValue":
			d.EmptyValue = v
		case "mode":
			d.Mode = relation.CSVMode(v)
		case "encoding":
			d.Encoding = v
		case "timeZone":
			d.TimeZone = v
		case "dateFormat":
			d.DateFormat = v
		case "timestampFormat":
			d.TimestampFormat = v
		case "nanValue":
			d.NaN = v
		case "positiveInf":
			d.PosInf = v
		case "negativeInf":
			d.NegInf = v
		default:
			panic("unknown option " + k)
		}
	}
	return d
}

// parseCanonical takes canonical CSV apart, by the dialect's own rules only.
func parseCanonical(t testing.TB, s string) [][]*string {
	t.Helper()
	var rows [][]*string
	var row []*string
	for i := 0; i < len(s); {
		var field *string
		if s[i] == '"' {
			var b strings.Builder
			for i++; ; i++ {
				if i >= len(s) {
					t.Fatalf("open quote in %q", s)
				}
				if s[i] == '"' {
					if i+1 < len(s) && s[i+1] == '"' {
						i++
					} else {
						break
					}
				}
				b.WriteByte(s[i])
			}
			i++
			v := b.String()
			field = &v
		} else {
			end := strings.IndexAny(s[i:], ",\n\r\"")
			if end < 0 {
				t.Fatalf("no end of record in %q", s[i:])
			}
			if end > 0 {
				v := s[i : i+end]
				field = &v
			}
			i += end
		}
		row = append(row, field)
		if i >= len(s) || s[i] != ',' && s[i] != '\n' {
			t.Fatalf("at %d of %q: no delimiter", i, s)
		}
		if s[i] == '\n' {
			rows, row = append(rows, row), nil
		} else if i+1 < len(s) && s[i+1] == '\n' {
			rows, row = append(rows, append(row, nil)), nil
			i++
		}
		i++
	}
	return rows
}

// value makes canonical text comparable with what the golden holds.
func value(t testing.TB, typ string, canonical *string) string {
	t.Helper()
	if canonical == nil {
		return "NULL"
	}
	s := *canonical
	switch {
	case typ == "float" || typ == "double":
		return bits(t, typ, s)
	case strings.HasPrefix(typ, "decimal"):
		return rational(t, s)
	case typ == "byte" || typ == "short" || typ == "int" || typ == "long":
		return "=" + rational(t, s)
	case typ == "date":
		return strconv.FormatInt(mustDays(t, s), 10)
	case strings.HasPrefix(typ, "timestamp"):
		if typ == "timestamp" {
			s = strings.TrimSuffix(s, "Z")
		}
		day, clock, _ := strings.Cut(strings.Replace(s, "T", " ", 1), " ")
		clock, frac, _ := strings.Cut(clock, ".")
		at, err := time.Parse("15:04:05", clock)
		if err != nil {
			t.Fatalf("time %q: %v", s, err)
		}
		us, _ := strconv.ParseInt((frac + "000000")[:6], 10, 64)
		sec := int64(at.Hour()*3600 + at.Minute()*60 + at.Second())
		total := new(big.Int).Mul(big.NewInt(mustDays(t, day)*86400+sec), big.NewInt(1e6))
		return total.Add(total, big.NewInt(us)).String()
	}
	return "=" + s
}

func mustDays(t testing.TB, s string) int64 {
	t.Helper()
	sign := int64(1)
	if strings.HasPrefix(s, "-") {
		sign, s = -1, s[1:]
	}
	var c sparktime.Civil
	if n, err := fmt.Sscanf(s, "%d-%02d-%02d", &c.Year, &c.Month, &c.Day); n != 3 {
		t.Fatalf("date %q: %v", s, err)
	}
	c.Year *= sign
	d, ok := c.Days()
	if !ok {
		t.Fatalf("date %q: no such day", s)
	}
	return d
}

func bits(t testing.TB, typ, s string) string {
	t.Helper()
	size := 64
	if typ == "float" {
		size = 32
	}
	v, err := strconv.ParseFloat(s, size)
	if err != nil {
		t.Fatalf("float %q: %v", s, err)
	}
	return fmt.Sprintf("%x", math.Float64bits(v))
}

func rational(t testing.TB, s string) string {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("decimal %q", s)
	}
	return r.RatString()
}

// spark makes the golden's text comparable with what value gives.
func spark(t testing.TB, typ string, s *string) string {
	t.Helper()
	if s == nil {
		return "NULL"
	}
	switch {
	case typ == "float" || typ == "double":
		return bits(t, typ, *s)
	case strings.HasPrefix(typ, "decimal"):
		return rational(t, *s)
	case typ == "date" || strings.HasPrefix(typ, "timestamp"):
		return *s
	}
	return "=" + *s
}

func TestSpark(t *testing.T) {
	for _, group := range []string{"values", "formats", "edges", "fuzz"} {
		t.Run(group, func(t *testing.T) {
			values, refused := 0, 0
			for _, g := range goldens(t, group) {
				n, r := g.check(t, group)
				values, refused = values+n, refused+r
			}
			t.Logf("%d values compared, %d files refused by option", values, refused)
		})
	}
}

// check compares and returns how many values it did, and whether the
// normalizer refuses the options.
func (g golden) check(t *testing.T, group string) (values, refused int) {
	if g.Error != "" {
		return 0, 0 // Spark ends the whole query: there is nothing to be equal to
	}
	if g.Options["multiLine"] == "true" && len(g.body()) <= 4 {
		return 0, 0 // Spark's parser forgets how lines end in so short a text
	}
	n, err := New(g.columns(), g.decode())
	if errors.Is(err, fault.Refused) {
		return 0, 1
	}
	if err != nil {
		t.Errorf("%s: New: %v", g.Name, err)
		return 0, 0
	}
	var out bytes.Buffer
	if err := n.File("f.csv", &out, strings.NewReader(g.body())); err != nil {
		t.Errorf("%s: File: %v", g.Name, err)
		return 0, 0
	}
	rows := parseCanonical(t, out.String())
	if len(rows) != len(g.Rows) {
		t.Errorf("%s: %d rows, Spark has %d\n in: %.300q\nout: %.300q\nwant %s", g.Name, len(rows), len(g.Rows), g.body(), out.String(), show(g.Rows))
		return 0, 0
	}
	if n.Stats().Records != int64(len(rows)) {
		t.Errorf("%s: Records = %d, want %d", g.Name, n.Stats().Records, len(rows))
	}
	for i, row := range rows {
		if len(row) != len(g.Columns) {
			t.Errorf("%s: row %d has %d fields", g.Name, i, len(row))
			continue
		}
		for k, c := range g.Columns {
			values++
			got, want := value(t, c[1], row[k]), spark(t, c[1], g.Rows[i][k])
			if today(want, got) || got == "NULL" && infinite[want] {
				continue
			}
			if got != want {
				t.Errorf("%s: row %d column %s %s: got %.200s, Spark has %.200s\n  %.300s", g.Name, i, c[0], c[1], got, want, source(g, i))
			}
		}
	}
	return values, 0
}

// infinite are the days and microseconds that an engine has for infinity.
var infinite = map[string]bool{"2147483647": true, "-2147483648": true, "9223372036854775807": true, "-9223372036854775808": true}

// today reports whether two instants differ by days and lie in this century:
// a time of day alone is as of the day on which it is read.
func today(a, b string) bool {
	x, err1 := strconv.ParseInt(a, 10, 64)
	y, err2 := strconv.ParseInt(b, 10, 64)
	return err1 == nil && err2 == nil && x > 1.75e15 && x < 4e15 && y > 1.75e15 && y < 4e15 && (y-x)%(86400*1e6) == 0
}

func source(g golden, row int) string {
	lines := strings.Split(g.body(), "\n")
	if row+1 < len(lines) {
		return fmt.Sprintf("%q", lines[max(0, row):min(len(lines), row+2)])
	}
	return fmt.Sprintf("%q", g.body())
}

func show(rows [][]*string) string {
	text, _ := json.Marshal(rows)
	return fmt.Sprintf("%.400s", text)
}

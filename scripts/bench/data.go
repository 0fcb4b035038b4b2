//go:build !windows

package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// columns are the data set's: name, DuckDB's type, Avro's type.
var columns = [][3]string{
	{"id", "BIGINT", `"long"`},
	{"city", "VARCHAR", `"string"`},
	{"country", "VARCHAR", `"string"`},
	{"street", "VARCHAR", `"string"`},
	{"note", "VARCHAR", `"string"`},
	{"lat", "DOUBLE", `"double"`},
	{"lon", "DOUBLE", `"double"`},
	{"population", "BIGINT", `["null", "long"]`},
	{"founded", "DATE", `{"type": "int", "logicalType": "date"}`},
	{"seen", "TIMESTAMP", `{"type": "long", "logicalType": "timestamp-micros"}`},
	{"open", "BOOLEAN", `"boolean"`},
	{"budget", "DECIMAL(18,2)", `{"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}`},
}

// avro is the schema that the workflow names.
func avro() []byte {
	var fields []string
	for _, c := range columns {
		t := c[2]
		if !strings.HasPrefix(t, "[") {
			t = `["null", ` + t + `]`
		}
		fields = append(fields, fmt.Sprintf(`{"name": %q, "type": %s}`, c[0], t))
	}
	return []byte(`{"type": "record", "name": "big", "fields": [` + strings.Join(fields, ",\n  ") + "]}")
}

// dataset makes the CSV file of a number of rows or bytes, once. The same
// numbers give the same file.
func dataset(o options) (string, error) {
	name := fmt.Sprintf("v2-%dB", o.size)
	if o.rows > 0 {
		name = fmt.Sprintf("v2-%drows", o.rows)
	}
	if o.doubled {
		name += "-doubled"
	}
	path := filepath.Join(o.dir, name+".csv")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	say("making %s", path)
	f, err := os.CreateTemp(o.dir, name+".*")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := generate(f, o); err != nil {
		return "", err
	}
	return path, os.Rename(f.Name(), path)
}

func generate(f *os.File, o options) error {
	w := bufio.NewWriterSize(f, 1<<20)
	var names []string
	for _, c := range columns {
		names = append(names, c[0])
	}
	line := append([]byte(strings.Join(names, ",")), '\n')
	r := rand.New(rand.NewPCG(7, 11))
	var written int64
	for n := int64(0); ; n++ {
		written += int64(len(line))
		if _, err := w.Write(line); err != nil {
			return err
		}
		if o.rows > 0 && n == o.rows || o.rows == 0 && written >= o.size {
			return w.Flush()
		}
		line = row(line[:0], r, n+1, o.doubled)
	}
}

var (
	cities    = []string{"Lisboa", "München", "São Paulo", "Nairobi", "東京", "New York", "Zürich", "Pune", "Québec", "Oslo", "Santiago", "Kraków"}
	countries = []string{"PT", "DE", "BR", "KE", "JP", "US", "CH", "IN", "CA", "NO", "CL", "PL"}
	streets   = []string{"Rua da Prata", "\"Am Tor, links\"", "Avenida Central", "\"Long Street, Block 7\"", "5th Avenue", "Via Roma"}
	words     = []string{"harbour", "market", "old town", "rail hub", "airport", "university", "river", "stadium"}
	day       = time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC)
	moment    = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
)

// row is one record: quotes with commas in them, UTF-8, empty numbers. Quotes
// within quotes are left out unless they are asked for: Spark's reader takes a
// doubled quote for one only with the option escape.
func row(b []byte, r *rand.Rand, id int64, doubled bool) []byte {
	c := r.IntN(len(cities))
	b = append(strconv.AppendInt(b, id, 10), ',')
	b = append(append(b, cities[c]...), ',')
	b = append(append(b, countries[c]...), ',')
	b = append(append(b, streets[r.IntN(len(streets))]...), ',')
	switch quoted := r.IntN(4) == 0; {
	case quoted && doubled:
		b = append(append(append(b, `"the ""`...), words[r.IntN(len(words))]...), `"", and more",`...)
	case quoted:
		b = append(append(append(b, `"the `...), words[r.IntN(len(words))]...), `, and much more",`...)
	default:
		b = append(append(append(b, words[r.IntN(len(words))]...), ' '), words[r.IntN(len(words))]...)
		b = append(b, ',')
	}
	b = append(strconv.AppendFloat(b, r.Float64()*180-90, 'f', 6, 64), ',')
	b = append(strconv.AppendFloat(b, r.Float64()*360-180, 'f', 6, 64), ',')
	if r.IntN(10) > 0 {
		b = strconv.AppendInt(b, r.Int64N(20_000_000), 10)
	}
	b = append(b, ',')
	b = append(day.AddDate(0, 0, r.IntN(190_000)).AppendFormat(b, "2006-01-02"), ',')
	b = append(moment.Add(time.Duration(r.Int64N(63_000_000))*time.Second).AppendFormat(b, "2006-01-02 15:04:05"), ',')
	b = append(strconv.AppendBool(b, r.IntN(2) == 0), ',')
	b = append(strconv.AppendInt(b, r.Int64N(10_000_000), 10), '.')
	return append(b, byte('0'+r.IntN(10)), byte('0'+r.IntN(10)), '\n')
}

// bytesOf reads 1GB, 100MB, 5000.
func bytesOf(s string) (int64, error) {
	for unit, factor := range map[string]int64{"GB": 1e9, "MB": 1e6, "KB": 1e3} {
		if digits, ok := strings.CutSuffix(strings.ToUpper(s), unit); ok {
			n, err := strconv.ParseInt(digits, 10, 64)
			return n * factor, err
		}
	}
	return strconv.ParseInt(s, 10, 64)
}

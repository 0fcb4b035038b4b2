package bigquerytest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"
	bq "google.golang.org/api/bigquery/v2"
)

// A pageOf is a cut of rows in the API's f/v encoding.
type pageOf struct {
	rows []*bq.TableRow
	next string
}

// pageRows is how many rows an answer has at most; the service limits bytes instead.
const pageRows = 50_000

// rows reads a page of a version. The token names the version, so that pages of
// one listing belong together whatever is loaded in between.
func (s *Server) rows(ctx context.Context, v *version, fields []*bq.TableFieldSchema, from, n int64, micros bool) (pageOf, error) {
	if n == 0 || n > pageRows {
		n = pageRows
	}
	var cols []string
	for _, f := range fields {
		c := ident(f.Name)
		if f.Type == "JSON" && f.Mode != "REPEATED" {
			c = "CAST(" + c + " AS VARCHAR)" // the driver would parse it
		}
		cols = append(cols, c)
	}
	if len(cols) == 0 || v.name == "" {
		return pageOf{}, nil
	}
	q := fmt.Sprintf("SELECT %s FROM (%s) LIMIT %d OFFSET %d", strings.Join(cols, ", "), v.selectFrom(fields), n, from)
	rs, err := s.db.QueryContext(ctx, q)
	if err != nil {
		return pageOf{}, err
	}
	defer rs.Close()
	p := pageOf{}
	vals, ptrs := make([]any, len(fields)), make([]any, len(fields))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	for rs.Next() {
		if err := rs.Scan(ptrs...); err != nil {
			return pageOf{}, err
		}
		row := &bq.TableRow{}
		for i, f := range fields {
			x, err := encode(vals[i], f, micros)
			if err != nil {
				return pageOf{}, err
			}
			cell := &bq.TableCell{V: x}
			if x == nil {
				cell.NullFields = []string{"V"} // {"v": null}, not {}
			}
			row.F = append(row.F, cell)
		}
		p.rows = append(p.rows, row)
	}
	if err := rs.Err(); err != nil {
		return pageOf{}, err
	}
	if end := from + int64(len(p.rows)); end < v.rows {
		p.next = fmt.Sprintf("%s.%d", v.name, end)
	}
	return p, nil
}

// encode writes a value of DuckDB's driver as the API does: everything is text,
// a record is {f:[{v}]}, an array [{v}].
func encode(x any, f *bq.TableFieldSchema, micros bool) (any, error) {
	if f.Mode == "REPEATED" {
		list, _ := x.([]any) // NULL arrays read as empty ones
		out := make([]any, 0, len(list))
		one := *f
		one.Mode = "NULLABLE"
		for _, e := range list {
			v, err := encode(e, &one, micros)
			if err != nil {
				return nil, err
			}
			out = append(out, map[string]any{"v": v})
		}
		return out, nil
	}
	if x == nil {
		return nil, nil
	}
	if f.Type == "RECORD" {
		m, ok := x.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("field %s: %T is no record", f.Name, x)
		}
		cells := []any{}
		for _, sub := range f.Fields {
			v, err := encode(m[sub.Name], sub, micros)
			if err != nil {
				return nil, err
			}
			cells = append(cells, map[string]any{"v": v})
		}
		return map[string]any{"f": cells}, nil
	}
	return encodeScalar(x, f, micros)
}

func encodeScalar(x any, f *bq.TableFieldSchema, micros bool) (any, error) {
	switch v := x.(type) {
	case time.Time:
		return encodeTime(v.UTC(), f.Type, micros), nil
	case []byte:
		return base64.StdEncoding.EncodeToString(v), nil
	case duckdb.Decimal:
		return decimal(v.Value, int(v.Scale)), nil
	case float64:
		return encodeFloat(v), nil
	case float32:
		return encodeFloat(float64(v)), nil
	case bool:
		return strconv.FormatBool(v), nil
	case string:
		return v, nil
	case int8, int16, int32, int64, uint8, uint16, uint32, uint64, *big.Int:
		return fmt.Sprint(v), nil
	}
	if f.Type == "JSON" {
		b, err := json.Marshal(x)
		return string(b), err
	}
	return nil, fmt.Errorf("field %s: no encoding of %T as %s", f.Name, x, f.Type)
}

func encodeTime(t time.Time, typ string, micros bool) string {
	switch typ {
	case "DATE":
		return t.Format("2006-01-02")
	case "TIME":
		return t.Format("15:04:05.999999")
	case "DATETIME":
		return t.Format("2006-01-02T15:04:05.999999")
	}
	us := t.UnixMicro()
	if micros {
		return strconv.FormatInt(us, 10)
	}
	s := strconv.FormatFloat(float64(us)/1e6, 'E', -1, 64) // as Java prints a double: 1.5E9
	mantissa, exp, _ := strings.Cut(s, "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exp)
	return fmt.Sprintf("%sE%d", mantissa, n)
}

func encodeFloat(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// decimal writes an unscaled number without needless zeros, as the API writes NUMERIC.
func decimal(unscaled *big.Int, scale int) string {
	digits := new(big.Int).Abs(unscaled).String()
	for len(digits) <= scale {
		digits = "0" + digits
	}
	whole, frac := digits[:len(digits)-scale], strings.TrimRight(digits[len(digits)-scale:], "0")
	s := whole
	if frac != "" {
		s += "." + frac
	}
	if unscaled.Sign() < 0 {
		s = "-" + s
	}
	return s
}

func (s *Server) listData(w http.ResponseWriter, r *http.Request) error {
	if r.FormValue("selectedFields") != "" {
		return refuse("tabledata.list selectedFields")
	}
	k := keyOfTable(r)
	s.mu.Lock()
	t, err := s.table(k)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	if len(t.policies) > 0 {
		s.mu.Unlock()
		return refuse("reading table %s, which has row access policies", k)
	}
	v, fields := t.data, t.meta.Schema.Fields
	from, err := intParam(r, "startIndex", 0)
	if token := r.FormValue("pageToken"); token != "" {
		v, from, err = t.resume(token)
		if err == nil && v != t.data {
			fields = v.shown()
		}
	}
	n, err2 := intParam(r, "maxResults", 0)
	if err != nil || err2 != nil {
		s.mu.Unlock()
		return invalid("Invalid page token, startIndex or maxResults")
	}
	unpin := s.pin(v)
	s.mu.Unlock()
	defer unpin()
	p, err := s.rows(r.Context(), v, fields, from, n, r.FormValue("formatOptions.useInt64Timestamp") == "true")
	if err != nil {
		return err
	}
	return reply(w, r, &bq.TableDataList{Kind: "bigquery#tableDataList", Rows: p.rows, PageToken: p.next, TotalRows: v.rows, ForceSendFields: []string{"TotalRows"}})
}

// resume finds what a page token stands for; s.mu is held.
func (t *table) resume(token string) (*version, int64, error) {
	name, index, _ := strings.Cut(token, ".")
	from, err := strconv.ParseInt(index, 10, 64)
	if err != nil {
		return nil, 0, err
	}
	for _, v := range append([]*version{t.data}, t.past...) {
		if v.name == name {
			return v, from, nil
		}
	}
	return nil, 0, invalid("Invalid page token")
}

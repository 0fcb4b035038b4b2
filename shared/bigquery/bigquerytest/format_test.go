package bigquerytest_test

import (
	"math/big"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
)

// loadAs runs a load of a format other than Parquet.
func (b *bed) loadAs(t *testing.T, table, uri string, set func(*bigquery.GCSReference)) error {
	t.Helper()
	ref := bigquery.NewGCSReference(uri)
	set(ref)
	l := b.dataset.Table(table).LoaderFrom(ref)
	l.WriteDisposition = bigquery.WriteTruncate
	j, err := l.Run(t.Context())
	if err != nil {
		return err
	}
	st, err := b.wait(t, j)
	if err != nil {
		return err
	}
	return st.Err()
}

var wide = bigquery.Schema{
	{Name: "i", Type: bigquery.IntegerFieldType}, {Name: "f", Type: bigquery.FloatFieldType}, {Name: "b", Type: bigquery.BooleanFieldType},
	{Name: "s", Type: bigquery.StringFieldType}, {Name: "x", Type: bigquery.BytesFieldType}, {Name: "d", Type: bigquery.DateFieldType},
	{Name: "dt", Type: bigquery.DateTimeFieldType}, {Name: "ts", Type: bigquery.TimestampFieldType}, {Name: "n", Type: bigquery.NumericFieldType}, {Name: "j", Type: bigquery.JSONFieldType},
}

func wideRow() []bigquery.Value {
	return []bigquery.Value{
		int64(1), 2.5, true, "a,b", []byte("xy"), civil.Date{Year: 2026, Month: 1, Day: 2},
		civil.DateTime{Date: civil.Date{Year: 2026, Month: 1, Day: 2}, Time: civil.Time{Hour: 3, Minute: 4, Second: 5}},
		time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), big.NewRat(5, 4), `{"k":1}`,
	}
}

func TestCSV(t *testing.T) {
	documented(t, "docs/loading-data-cloud-storage-csv")
	b := newBed(t)
	uri := b.put(t, "x.csv", []byte("i,f,b,s,x,d,dt,ts,n,j\n"+
		`1,2.5,true,"a,b",eHk=,2026-01-02,2026-01-02 03:04:05,2026-01-02 03:04:05 UTC,1.25,"{""k"":1}"`+"\n,,,\"\",,,,,,\n"))
	if err := b.loadAs(t, "t", uri, func(r *bigquery.GCSReference) { r.SkipLeadingRows, r.Schema = 1, wide }); err != nil {
		t.Fatal(err)
	}
	want := [][]bigquery.Value{wideRow(), {nil, nil, nil, "", nil, nil, nil, nil, nil, nil}}
	if diff := cmp.Diff(want, b.read(t, "t"), bigs); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	crlf := b.put(t, "crlf.csv", []byte("1\r\n2\r\n"))
	if err := b.loadAs(t, "crlf", crlf, func(r *bigquery.GCSReference) { r.Schema = wide[:1] }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]bigquery.Value{{int64(1)}, {int64(2)}}, b.read(t, "crlf")); diff != "" {
		t.Errorf("CRLF (-want +got):\n%s", diff)
	}
	lines := b.put(t, "lines.csv", []byte("\"a\nb\"\nc\n"))
	for allow, want := range map[bool]string{true: "<nil>", false: "job invalid"} {
		err := b.loadAs(t, "lines", lines, func(r *bigquery.GCSReference) { r.Schema, r.AllowQuotedNewlines = wide[3:4], allow })
		if reason(err) != want {
			t.Errorf("quoted newline with allowQuotedNewlines = %t: %v, want %s", allow, err, want)
		}
	}
	for name, bad := range map[string]string{"fraction": "1.5\n", "text": "x\n", "columns": "1,2\n"} {
		uri := b.put(t, name+".csv", []byte(bad))
		if err := b.loadAs(t, "bad", uri, func(r *bigquery.GCSReference) { r.Schema = wide[:1] }); reason(err) != "job invalid" {
			t.Errorf("%s = %v, want job invalid", name, err)
		}
	}
}

func TestJSON(t *testing.T) {
	documented(t, "docs/loading-data-cloud-storage-json")
	b := newBed(t)
	nested := append(append(bigquery.Schema{}, wide...),
		&bigquery.FieldSchema{Name: "r", Type: bigquery.RecordFieldType, Repeated: true, Schema: bigquery.Schema{{Name: "a", Type: bigquery.IntegerFieldType}, {Name: "l", Type: bigquery.StringFieldType, Repeated: true}}})
	uri := b.put(t, "x.json", []byte(`{"i":1,"f":2.5,"b":true,"s":"a,b","x":"eHk=","d":"2026-01-02","dt":"2026-01-02T03:04:05","ts":"2026-01-02T03:04:05Z","n":"1.25","j":{"k":1},"r":[{"a":7,"l":["p","q"]}]}`+"\n{}\n"))
	set := func(r *bigquery.GCSReference) { r.SourceFormat, r.Schema = bigquery.JSON, nested }
	if err := b.loadAs(t, "t", uri, set); err != nil {
		t.Fatal(err)
	}
	want := [][]bigquery.Value{
		append(wideRow(), []bigquery.Value{[]bigquery.Value{int64(7), []bigquery.Value{"p", "q"}}}),
		{nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, []bigquery.Value(nil)},
	}
	if diff := cmp.Diff(want, b.read(t, "t"), bigs); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	uri = b.put(t, "unknown.json", []byte(`{"other":1}`))
	if err := b.loadAs(t, "bad", uri, set); reason(err) != "job invalid" {
		t.Errorf("unknown field = %v, want job invalid", err)
	}
}

// TestParquetTypes is the table of physical types against an explicit schema.
func TestParquetTypes(t *testing.T) {
	b := newBed(t)
	as := func(typ bigquery.FieldType) loadOption {
		return schema(bigquery.Schema{{Name: "v", Type: typ}})
	}
	for _, c := range []struct {
		name, query string
		opts        []loadOption
		want        string
		value       bigquery.Value
	}{
		// observed: broadinstitute/depmap_omics#152: BYTE_ARRAY … target cpp_type INT64
		{"text as date", "SELECT '2026-01-02' AS v", []loadOption{as(bigquery.DateFieldType)}, "job invalid", nil},
		// observed: cal-itp/data-infra#811: INT32 … target cpp_type DOUBLE
		{"int as float", "SELECT 1::INTEGER AS v", []loadOption{as(bigquery.FloatFieldType)}, "job invalid", nil},
		// documented: parquet conversions; assumed: isAdjustedToUTC does not matter without a schema
		{"local timestamp", "SELECT TIMESTAMP '2026-01-02 03:04:05' AS v", nil, "<nil>", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		{"datetime", "SELECT TIMESTAMP '2026-01-02 03:04:05' AS v", []loadOption{as(bigquery.DateTimeFieldType)}, "<nil>",
			civil.DateTime{Date: civil.Date{Year: 2026, Month: 1, Day: 2}, Time: civil.Time{Hour: 3, Minute: 4, Second: 5}}},
		// assumed: text loads into JSON when the schema says so
		{"json", `SELECT '{"a":1}' AS v`, []loadOption{as(bigquery.JSONFieldType)}, "<nil>", `{"a":1}`},
		// documented: decimalTargetTypes, first that fits
		{"numeric", "SELECT 1.5::DECIMAL(38,9) AS v", nil, "<nil>", big.NewRat(3, 2)},
		{"bignumeric", "SELECT 12345678901234567890123456789012345678::DECIMAL(38,0) AS v", nil, "<nil>", rat("12345678901234567890123456789012345678")},
		{"missing nullable", "SELECT 1 AS other", []loadOption{as(bigquery.StringFieldType)}, "job invalid", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := b.load(t, "t", b.parquet(t, "x.parquet", c.query), bigquery.WriteTruncate, c.opts...)
			if got := reason(err); got != c.want {
				t.Fatalf("load = %v, want %s", err, c.want)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff([][]bigquery.Value{{c.value}}, b.read(t, "t"), bigs); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

// TestListsWithoutInference: a list is a record of a repeated record.
func TestListsWithoutInference(t *testing.T) {
	documented(t, "docs/loading-data-cloud-storage-parquet: enableListInference")
	b := newBed(t)
	uri := b.parquet(t, "l.parquet", "SELECT [1, 2] AS v, map {'a': 1} AS m")
	b.mustLoad(t, "t", uri, bigquery.WriteTruncate, func(l *bigquery.Loader) {
		l.Src.(*bigquery.GCSReference).ParquetOptions = nil
	})
	type list = []bigquery.Value
	want := [][]bigquery.Value{{list{list{list{int64(1)}, list{int64(2)}}}, list{list{list{"a", int64(1)}}}}}
	if diff := cmp.Diff(want, b.read(t, "t")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestConstraints: what a table's schema demands beyond types.
func TestConstraints(t *testing.T) {
	assumed(t, "wording; documented: docs/schemas (REQUIRED, STRING(L), NUMERIC(P,S))")
	b := newBed(t)
	strict := bigquery.Schema{
		{Name: "id", Type: bigquery.IntegerFieldType, Required: true},
		{Name: "code", Type: bigquery.StringFieldType, MaxLength: 2},
		{Name: "price", Type: bigquery.NumericFieldType, Precision: 4, Scale: 2},
		{Name: "r", Type: bigquery.RecordFieldType, Repeated: true, Schema: bigquery.Schema{{Name: "x", Type: bigquery.IntegerFieldType, Required: true}}},
	}
	for name, c := range map[string]struct{ row, want string }{
		"good":            {`{"id":1,"code":"ab","price":"12.34","r":[{"x":1}]}`, "<nil>"},
		"required":        {`{"code":"ab"}`, "job invalid"},
		"too long":        {`{"id":1,"code":"abc"}`, "job invalid"},
		"too large":       {`{"id":1,"price":"123.45"}`, "job invalid"},
		"nested required": {`{"id":1,"r":[{"x":1},{"x":null}]}`, "job invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			uri := b.put(t, "row.json", []byte(c.row+"\n"))
			err := b.loadAs(t, "t", uri, func(r *bigquery.GCSReference) { r.SourceFormat, r.Schema = bigquery.JSON, strict })
			if got := reason(err); got != c.want {
				t.Errorf("load of %s = %v, want %s", c.row, err, c.want)
			}
		})
	}
	t.Run("append", func(t *testing.T) {
		if err := b.dataset.Table("n").Create(t.Context(), &bigquery.TableMetadata{Schema: strict[2:3]}); err != nil {
			t.Fatal(err)
		}
		b.mustLoad(t, "n", b.parquet(t, "n.parquet", "SELECT 12.34::DECIMAL(9,2) AS price"), bigquery.WriteAppend)
		if _, err := b.load(t, "n", b.parquet(t, "n.parquet", "SELECT 123.45::DECIMAL(9,2) AS price"), bigquery.WriteAppend); reason(err) != "job invalid" {
			t.Errorf("NUMERIC(4, 2) took 123.45: %v", err)
		}
		if m := b.meta(t, "n"); m.NumRows != 1 || m.Schema[0].Precision != 4 {
			t.Errorf("metadata = %d rows, %+v", m.NumRows, m.Schema[0])
		}
	})
}

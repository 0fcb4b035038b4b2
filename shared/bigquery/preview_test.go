package bigquery

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bq "google.golang.org/api/bigquery/v2"
)

const previewed = `{"totalRows":"2","rows":[
{"f":[{"v":"7"},{"v":"true"},{"v":"NaN"},{"v":"1.50"},{"v":"aGk="},{"v":"2024-01-05"},{"v":"1704448800000001"},{"v":"2024-01-05T10:00:00.25"},
  {"v":[{"v":"a"},{"v":"b"}]},{"v":{"f":[{"v":"1"},{"v":null}]}}]},
{"f":[{"v":null},{"v":null},{"v":null},{"v":null},{"v":null},{"v":null},{"v":"1.7044488E9"},{"v":null},{"v":[]},{"v":null}]}]}`

func TestPreview(t *testing.T) {
	f, w := serve(t)
	f.table = &bq.Table{NumRows: 11, Schema: &bq.TableSchema{Fields: []*bq.TableFieldSchema{
		{Name: "i", Type: "INTEGER"}, {Name: "b", Type: "BOOL"}, {Name: "f", Type: "FLOAT"}, {Name: "n", Type: "NUMERIC"},
		{Name: "y", Type: "BYTES"}, {Name: "d", Type: "DATE"}, {Name: "t", Type: "TIMESTAMP"}, {Name: "dt", Type: "DATETIME"},
		{Name: "l", Type: "STRING", Mode: "REPEATED"},
		{Name: "s", Type: "RECORD", Fields: []*bq.TableFieldSchema{{Name: "x", Type: "INTEGER"}, {Name: "z", Type: "STRING"}}},
	}}}
	got, err := w.Preview(t.Context(), []string{"p", "dev", "city"}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if nan, ok := got.Values[0][2].(float64); !ok || !math.IsNaN(nan) {
		t.Errorf("NaN is read as %v", got.Values[0][2])
	}
	got.Values[0][2] = nil
	at := time.Date(2024, 1, 5, 10, 0, 0, 0, time.UTC)
	want := [][]any{
		{int64(7), true, nil, "1.50", []byte("hi"), at.Add(-10 * time.Hour), at.Add(time.Microsecond), at.Add(250 * time.Millisecond),
			[]any{"a", "b"}, []any{int64(1), nil}},
		{nil, nil, nil, nil, nil, nil, at, nil, []any{}, nil},
	}
	if diff := cmp.Diff(want, got.Values); diff != "" || !got.More {
		t.Errorf("rows, more %v (-want +got):\n%s", got.More, diff)
	}
	if s := got.Columns[9].Type.String(); s != "struct<x:bigint,z:string>" {
		t.Errorf("column s is %s", s)
	}
}

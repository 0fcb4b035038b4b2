package bigquerytest_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
)

// bigs compares *big.Rat by value.
var bigs = cmp.Comparer(func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })

func TestLoadParquet(t *testing.T) {
	documented(t, "docs/loading-data-cloud-storage-parquet: Parquet conversions")
	b := newBed(t)
	uri := b.parquet(t, "types.parquet", `SELECT 1::BIGINT AS i, 1.5::DOUBLE AS f, true AS ok, 'ä' AS s, 'x'::BLOB AS by, DATE '2026-01-02' AS d,
		TIME '01:02:03.000004' AS t, TIMESTAMPTZ '2026-01-02 03:04:05.000006+00' AS ts, 12.34::DECIMAL(9,2) AS n, 0.00000000001::DECIMAL(38,11) AS big,
		[1,2] AS l, {'a': 1, 'b': 'y'} AS r, [{'q': 1.5::DOUBLE}] AS rs
		UNION ALL SELECT NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL`)
	st := b.mustLoad(t, "types", uri, bigquery.WriteTruncate)
	if got := st.Statistics.Details.(*bigquery.LoadStatistics); got.OutputRows != 2 || got.InputFiles != 1 || got.InputFileBytes == 0 || got.OutputBytes == 0 {
		t.Errorf("statistics = %+v", got)
	}
	want := [][]bigquery.Value{
		{int64(1), 1.5, true, "ä", []byte("x"), civil.Date{Year: 2026, Month: 1, Day: 2}, civil.Time{Hour: 1, Minute: 2, Second: 3, Nanosecond: 4000},
			time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), big.NewRat(1234, 100), big.NewRat(1, 100000000000),
			[]bigquery.Value{int64(1), int64(2)}, []bigquery.Value{int64(1), "y"}, []bigquery.Value{[]bigquery.Value{1.5}}},
		{nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, []bigquery.Value(nil), nil, []bigquery.Value(nil)},
	}
	if diff := cmp.Diff(want, b.read(t, "types"), bigs); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	var types []string
	m := b.meta(t, "types")
	for _, f := range m.Schema {
		typ := string(f.Type)
		if f.Repeated {
			typ += "[]"
		}
		types = append(types, typ)
	}
	if got, want := strings.Join(types, " "), "INTEGER FLOAT BOOLEAN STRING BYTES DATE TIME TIMESTAMP NUMERIC BIGNUMERIC INTEGER[] RECORD RECORD[]"; got != want {
		t.Errorf("types = %s, want %s", got, want)
	}
	if m.NumRows != 2 || m.NumBytes == 0 || m.Location != "US" || m.ETag == "" {
		t.Errorf("metadata = rows %d, bytes %d, location %s, etag %q", m.NumRows, m.NumBytes, m.Location, m.ETag)
	}
}

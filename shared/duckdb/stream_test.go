package duckdb

import (
	"context"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/relation"
)

// TestHundredMegabytes: parallel readers of one pipe lose no row and read none
// twice, neither within a buffer nor where two of them meet, nor two files.
func TestHundredMegabytes(t *testing.T) {
	t.Run("lines", func(t *testing.T) { megabytes(t, 320_000, "name, ", 6, false) })
	t.Run("quotes within quotes", func(t *testing.T) { megabytes(t, 100_000, `n\",\"b,1.25,\"`, 12, false) })
	// What looks like records stands within quotes: a reader that begins in the
	// middle must not take it for some.
	t.Run("records within quotes", func(t *testing.T) { megabytes(t, 100_000, "n\n1,b,1.25,2026-01-02 03:04:05\n2,c", 34, true) })
}

// megabytes streams seven files whose every name begins with name, which is so
// long when it has been read, and compares counts and sums.
func megabytes(t *testing.T, rows int, name string, length int64, multiLine bool) {
	const files = 7
	b := open(t)
	r := csvOf("city", "", 0)
	d := relation.SparkCSV()
	d.MultiLine = multiLine
	r.Decode = d
	r.Files = nil
	var size int64
	for f := range files {
		var text []byte
		text = append(text, "id,name,area,at\n"...)
		for i := f * rows; i < (f+1)*rows; i++ {
			text = append(strconv.AppendInt(text, int64(i), 10), `,"`+name...)
			text = append(text, strings.Repeat("x", i%17)...) // so that buffers end everywhere in a record
			text = append(strconv.AppendInt(append(text, `",`...), int64(i%1000), 10), ".25,2026-01-02 03:04:05\n"...)
		}
		body := string(text)
		size += int64(len(body))
		r.Files = append(r.Files, relation.File{URI: "mem://city" + strconv.Itoa(f), Size: int64(len(body)),
			Open: func(context.Context, int64, int64) (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader(body)), nil
			}})
	}
	b.bind(r)
	b.define("final", "SELECT * FROM city")
	done, err := b.export(t.Context(), "final")
	if err != nil {
		t.Fatal(err)
	}
	n := int64(files * rows)
	if got := done.Outputs[0].Rows; got != n || done.Reads[0].Rows != n || done.Reads[0].Bytes != size {
		t.Errorf("%d rows written, %+v read, want %d and %d bytes", got, done.Reads[0], n, size)
	}
	got := b.rows("final", "SELECT count(*), sum(id)::BIGINT, count(DISTINCT id), sum(length(name))::BIGINT, sum(area)::VARCHAR FROM FILE")
	var names, whole int64
	for i := range n {
		names += length + i%17
		whole += i % 1000
	}
	area := strconv.FormatInt(whole+n/4, 10) + ".00"
	want := [][]any{{n, n * (n - 1) / 2, n, names, area}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

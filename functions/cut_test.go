package main

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/gcs/gcstest"
	"github.com/glint-data/glint/shared/ledger"
)

// whole uploads the seed's workflow without its LIMIT.
func (w *world) whole(name, input, table string) {
	w.t.Helper()
	w.put("workflows/"+name+".yaml", manifest(w.t, "name: "+seed, "name: "+name, "thirdparty01:none/city", "thirdparty01:none/"+input,
		"bqdepot:dev/city", "bqdepot:dev/"+table, " LIMIT 10", ""))
}

// boundary is where a row of data begins, at or after from.
func boundary(data []byte, from int) int64 {
	return int64(from + bytes.IndexByte(data[from:], '\n') + 1)
}

// media decides what goes wrong with the nth read (from 0) of an object's bytes.
func (w *world) media(object string, fault func(n int) *gcstest.Fault) {
	var n atomic.Int64
	w.cloud.Storage.Fault(func(r *http.Request) *gcstest.Fault {
		if r.URL.Query().Get("alt") != "media" || !strings.HasSuffix(r.URL.Path, "/"+object) {
			return nil
		}
		return fault(int(n.Add(1)) - 1)
	})
}

const manyRows = 60_000

// TestCut: a download ends too early, where a row ends, so that what arrived is
// good CSV. What is missing is read from the same generation; fewer rows than
// there are get nowhere near the table.
func TestCut(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]gcstest.Cut{"length": gcstest.CutLength, "chunked": gcstest.CutChunked, "close": gcstest.CutClose} {
		for _, always := range []bool{false, true} {
			kind := name + "/once"
			if always {
				kind = name + "/always"
			}
			t.Run(kind, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				data := cities("new", manyRows)
				w.cloud.Storage.Put(landing, "city/city.csv", data)
				w.whole("all", "city", "all")
				half := boundary(data, len(data)/2)
				w.media("city.csv", func(n int) *gcstest.Fault {
					switch {
					case n == 0:
						return &gcstest.Fault{Cut: cut, After: half}
					case always: // a piece, and no more
						return &gcstest.Fault{Cut: cut, After: boundary(data, int(half)+100_000) - half}
					}
					return nil
				})
				p := w.start(nil)
				w.cloud.Storage.ResetLog()
				p.run("1", "all", slot1)
				o := w.outcome("all", slot1)
				if o.Status != ledger.Succeeded || o.Receipts[0].Rows != manyRows || o.Reads[0].Bytes != int64(len(data)) {
					t.Errorf("outcome %+v", o)
				}
				var reads []*gcstest.Request
				for _, r := range w.cloud.Storage.Requests() {
					if r.Media && r.Bucket == landing && r.Object == "city/city.csv" {
						reads = append(reads, r)
					}
				}
				if want := map[bool]int{false: 2, true: 5}[always]; len(reads) < want {
					t.Fatalf("%d reads of the object, want %d", len(reads), want)
				}
				for _, r := range reads[1:] {
					if !strings.Contains(r.URL, "generation=") {
						t.Errorf("%s (%s) is not pinned", r.URL, r.Range)
					}
				}
				w.wantTidy("all")
			})
		}
	}
}

// TestCutForEver: nothing arrives any more. The run comes again; the table is
// as it was.
func TestCutForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.whole("all", "city", "all")
	p := w.start(map[string]string{"GLINT_DEADLINE": "4s"})
	p.run("1", "all", slot1)
	before := w.rows("all")
	data := cities("new", manyRows)
	w.cloud.Storage.Put(landing, "city/city.csv", data)
	half := boundary(data, len(data)/2)
	w.media("city.csv", func(n int) *gcstest.Fault {
		if n == 0 {
			return &gcstest.Fault{Cut: gcstest.CutChunked, After: half}
		}
		return &gcstest.Fault{Cut: gcstest.CutChunked}
	})
	status, answer := p.deliver("2", "all", slot2)
	if status != 503 {
		t.Errorf("answered %d %s", status, answer)
	}
	t.Log(answer)
	if diff := cmp.Diff(before, w.rows("all")); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	w.cloud.Storage.Fault(nil)
	p.run("2", "all", slot2)
	if o := w.outcome("all", slot2); o.Status != ledger.Succeeded || o.Receipts[0].Rows != manyRows {
		t.Errorf("outcome %+v", o)
	}
	w.wantTidy("all")
}

// TestSwapped: the object is replaced while it is read. No row of the one gets
// beside a row of the other.
func TestSwapped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.whole("all", "city", "all")
	p := w.start(nil)
	p.run("1", "all", slot1)
	before := w.rows("all")

	data := cities("lost", manyRows)
	w.cloud.Storage.Put(landing, "city/city.csv", data)
	half := boundary(data, len(data)/2)
	var once sync.Once
	w.media("city.csv", func(n int) *gcstest.Fault {
		if n == 0 {
			return &gcstest.Fault{Cut: gcstest.CutLength, After: half}
		}
		once.Do(func() { w.cloud.Storage.Put(landing, "city/city.csv", cities("new", 500)) })
		return nil
	})
	status, answer := p.deliver("2", "all", slot2)
	if status != 503 || !strings.Contains(answer, "city.csv") {
		t.Errorf("answered %d %s", status, answer)
	}
	t.Log(answer)
	if diff := cmp.Diff(before, w.rows("all")); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	if status, answer := p.deliver("2", "all", slot2); status != 204 {
		t.Errorf("answered %d %s", status, answer)
	}
	rows := w.rows("all")
	if len(rows) != 500 || slices.ContainsFunc(rows, func(id string) bool { return !strings.HasPrefix(id, "new-") }) {
		t.Errorf("%d rows, among them %v", len(rows), rows[:min(3, len(rows))])
	}
	w.wantTidy("all")
}

// TestLimit: LIMIT 10 ends the download, however large the object is.
func TestLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	head := cities("old", 40)
	row := []byte(strings.Repeat("x", 90) + ",12345678\n")
	w.cloud.Storage.Put(landing, "city/city.csv", append(head, bytes.Repeat(row, 1<<20)...))
	p := w.start(nil)
	p.run("1", seed, slot1)
	if diff := cmp.Diff(ten("old"), w.rows("city")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	until(t, "the download has ended", func() bool { return w.cloud.Storage.Served(landing, "city/city.csv") > 0 })
	served := w.cloud.Storage.Served(landing, "city/city.csv")
	if served > 16<<20 {
		t.Errorf("%d bytes were downloaded for ten rows", served)
	}
	o := w.outcome(seed, slot1)
	t.Logf("%.1f MB served, %d bytes read, of %d", float64(served)/1e6, o.Reads[0].Bytes, o.Reads[0].Total)
	if o.Reads[0].Complete || o.Reads[0].Total < 100<<20 {
		t.Errorf("read %+v", o.Reads[0])
	}
}

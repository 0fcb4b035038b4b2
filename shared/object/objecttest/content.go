package objecttest

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/google/go-cmp/cmp"
)

func roundTrip(t *testing.T, s object.Store, prefix string) {
	for name, data := range map[string][]byte{"empty": {}, "text": []byte("a,b\n1,2\n"), "binary": noise(100_000)} {
		uri := prefix + name
		put := Put(t, s, uri, data)
		wantAttrs(t, "Put", put, uri, data)
		if got := Get(t, s, uri, object.Range{}); !bytes.Equal(got, data) {
			t.Errorf("%s: read %d bytes that differ from the %d written", name, len(got), len(data))
		}
		stat, err := s.Stat(t.Context(), uri)
		if err != nil {
			t.Fatalf("Stat: %v", err)
		}
		wantAttrs(t, "Stat", stat, uri, data)
		body, opened, err := s.Open(t.Context(), uri, object.Range{N: 1})
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		body.Close()
		wantAttrs(t, "Open", opened, uri, data)
		if put.Version != stat.Version || stat.Version != opened.Version {
			t.Errorf("%s: versions differ: Put %s, Stat %s, Open %s", name, put.Version, stat.Version, opened.Version)
		}
	}
}

func wantAttrs(t *testing.T, what string, a object.Attrs, uri string, data []byte) {
	t.Helper()
	if a.URI != uri || a.Size != int64(len(data)) || a.Version == "" || a.Updated.IsZero() {
		t.Errorf("%s: %+v, want URI %s, size %d, a version and a time", what, a, uri, len(data))
	}
	if want := crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)); a.CRC32C != 0 && a.CRC32C != want {
		t.Errorf("%s: CRC32C %08x, want %08x or 0", what, a.CRC32C, want)
	}
}

func testNames(t *testing.T, s object.Store, prefix string) {
	names := []string{
		"with space", "percent%20sign", "100%", "hash#tag", "question?mark", "plus+sign", "a=b&c",
		"deep/er/still", "ünïcode/日本語.csv", "quote'and\"double", "colon:semi;comma,", "tilde~(paren)[bracket]", ".hidden", "back\\slash",
	}
	names = slices.DeleteFunc(names, func(n string) bool { return refuses(s, t, prefix, n) })
	for _, n := range names {
		Put(t, s, prefix+n, []byte(n))
	}
	listed := map[string]bool{}
	for _, uri := range URIs(t, s, prefix, "") {
		listed[uri] = true
	}
	for _, n := range names {
		if got := Get(t, s, prefix+n, object.Range{}); string(got) != n {
			t.Errorf("%q holds %q", n, got)
		}
		if !listed[prefix+n] {
			t.Errorf("%q is not listed", n)
		}
	}
	if len(listed) != len(names) {
		t.Errorf("listed %d names, want %d", len(listed), len(names))
	}
}

// refuses allows a store to keep no backslash, if it says so: one that takes it
// for a slash would write another object than it was told.
func refuses(s object.Store, t *testing.T, prefix, name string) bool {
	if !strings.Contains(name, `\`) {
		return false
	}
	_, err := s.Put(t.Context(), prefix+name, strings.NewReader(name), object.Cond{})
	return errors.Is(err, fault.Invalid)
}

func testRanges(t *testing.T, s object.Store, prefix string) {
	data := []byte("0123456789")
	uri := prefix + "digits"
	Put(t, s, uri, data)
	for _, c := range []struct {
		off, n int64
		want   string
	}{
		{0, 0, "0123456789"}, {0, -1, "0123456789"}, {0, 1, "0"}, {0, 10, "0123456789"},
		{3, 4, "3456"}, {7, 0, "789"}, {9, 1, "9"}, {7, 100, "789"}, {0, 1 << 40, "0123456789"},
		{10, 0, ""}, {10, 5, ""},
	} {
		r := object.Range{Off: c.off, N: c.n}
		if diff := cmp.Diff(c.want, string(Get(t, s, uri, r))); diff != "" {
			t.Errorf("range %+v (-want +got):\n%s", r, diff)
		}
	}
	for _, r := range []object.Range{{Off: 11}, {Off: 11, N: 1}, {Off: -1}} {
		_, err := read(t.Context(), s, uri, r)
		wantKind(t, "range outside the object", err, fault.Invalid)
	}
	Put(t, s, prefix+"empty", nil)
	if got := Get(t, s, prefix+"empty", object.Range{N: 10}); len(got) != 0 {
		t.Errorf("range of an empty object: %q", got)
	}
}

// testLarge writes more than one chunk of any upload, through a reader that
// gives odd pieces and no length.
func testLarge(t *testing.T, s object.Store, prefix string) {
	if testing.Short() {
		t.Skip("20 MB")
	}
	data := noise(20<<20 + 12345)
	uri := prefix + "large"
	a, err := s.Put(t.Context(), uri, oddReader{bytes.NewReader(data)}, object.Cond{Absent: true})
	if err != nil {
		t.Fatal(err)
	}
	wantAttrs(t, "Put", a, uri, data)
	if !bytes.Equal(Get(t, s, uri, object.Range{}), data) {
		t.Error("what was read is not what was written")
	}
	if !bytes.Equal(Get(t, s, uri, object.Range{Off: 8 << 20, N: 9 << 20, Version: a.Version}), data[8<<20:17<<20]) {
		t.Error("the middle is not what was written")
	}
	// Whoever stops early is not made to read the rest.
	body, _, err := s.Open(t.Context(), uri, object.Range{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, body, 1000); err != nil {
		t.Error(err)
	}
	if err := body.Close(); err != nil {
		t.Errorf("Close before the end: %v", err)
	}
}

type oddReader struct{ r io.Reader }

func (o oddReader) Read(p []byte) (int, error) { return o.r.Read(p[:min(len(p), 77_777)]) }

var errReader = errors.New("the reader gave up")

func testReaderFails(t *testing.T, s object.Store, prefix string) {
	sizes := []int{0, 10, 300 << 10, 1 << 20}
	if !testing.Short() {
		sizes = append(sizes, 8<<20, 16<<20, 17<<20+1)
	}
	for _, n := range sizes {
		uri := prefix + "never"
		broken := io.MultiReader(bytes.NewReader(noise(n)), failing{})
		_, err := s.Put(t.Context(), uri, broken, object.Cond{})
		if !errors.Is(err, errReader) {
			t.Errorf("after %d bytes: Put says %v, want the reader's own error", n, err)
		}
		_, err = s.Stat(t.Context(), uri)
		wantKind(t, "Stat of what was never finished", err, fault.NotFound)
	}
	uri := prefix + "old"
	before := Put(t, s, uri, []byte("old"))
	if _, err := s.Put(t.Context(), uri, failing{}, object.Cond{}); err == nil {
		t.Error("Put of a broken reader succeeded")
	}
	after, err := s.Stat(t.Context(), uri)
	if err != nil || after.Version != before.Version {
		t.Errorf("a failed Put touched the object: %+v, %v; was %+v", after, err, before)
	}
	if got := URIs(t, s, prefix, ""); len(got) != 1 {
		t.Errorf("left behind: %v", got)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errReader }

// Package objecttest says, as tests, what every object.Store promises. A store
// that passes [Test] may be used by all that is written above the port.
//
// [Flaky] wraps a store in a bad network, for the tests of those users.
package objecttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// Test runs the whole suite. open gives a store and a URI prefix, ending in a
// slash, below which the test may write and delete what it likes.
func Test(t *testing.T, open func(t *testing.T) (store object.Store, prefix string)) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, object.Store, string)
	}{
		{"round trip", roundTrip},
		{"names", testNames},
		{"ranges", testRanges},
		{"versions", testVersions},
		{"swapped while read", testSwapped},
		{"large", testLarge},
		{"one create wins", testCreate},
		{"counter", testCounter},
		{"reader fails", testReaderFails},
		{"delete", testDelete},
		{"not found", testNotFound},
		{"list", testList},
		{"list pages", testListPages},
		{"cancel", testCancel},
		{"clock", testClock},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, prefix := open(t)
			c.run(t, s, fmt.Sprintf("%s%016x/", prefix, rand.Uint64()))
		})
	}
}

// Put writes data at uri, or ends the test.
func Put(t testing.TB, s object.Store, uri string, data []byte) object.Attrs {
	t.Helper()
	a, err := s.Put(t.Context(), uri, bytes.NewReader(data), object.Cond{})
	if err != nil {
		t.Fatalf("Put(%s): %v", uri, err)
	}
	return a
}

// Get reads a range, or ends the test.
func Get(t testing.TB, s object.Store, uri string, r object.Range) []byte {
	t.Helper()
	data, err := read(t.Context(), s, uri, r)
	if err != nil {
		t.Fatalf("Open(%s, %+v): %v", uri, r, err)
	}
	return data
}

// URIs lists prefix, or ends the test.
func URIs(t testing.TB, s object.Store, prefix, after string) []string {
	t.Helper()
	var all []string
	for a, err := range s.List(t.Context(), prefix, after) {
		if err != nil {
			t.Fatalf("List(%s, %s): %v", prefix, after, err)
		}
		all = append(all, a.URI)
	}
	return all
}

func read(ctx context.Context, s object.Store, uri string, r object.Range) ([]byte, error) {
	body, _, err := s.Open(ctx, uri, r)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(body)
	return data, errors.Join(err, body.Close())
}

func wantKind(t *testing.T, what string, err error, kinds ...fault.Kind) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want %v", what, kinds)
		return
	}
	for _, k := range kinds {
		if errors.Is(err, k) {
			return
		}
	}
	t.Errorf("%s: %v error %q, want %v", what, fault.KindOf(err), err, kinds)
}

// noise is n bytes that neither compress nor repeat.
func noise(n int) []byte {
	data := make([]byte, n)
	rng := rand.NewChaCha8([32]byte{7})
	rng.Read(data)
	return data
}

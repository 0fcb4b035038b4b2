//go:build !windows

package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDiff: what changed is said as a person would; how a manifest is laid out is
// no change.
func TestDiff(t *testing.T) {
	old := manifestOf(bigInput, "SELECT id\n                      FROM orders", bigOutput)
	changed := strings.NewReplacer("FROM orders", "FROM orders WHERE id > 1", "dataos://lake:sales/orders", "dataos://lake:sales/orders_v2",
		"snapshot-id: 7", "snapshot-id: 8").Replace(old)
	dir := unpack(t, "-- old.yaml --\n"+old+"-- same.yaml --\n# a comment\n"+strings.ReplaceAll(old, "name: result", "name:   result")+"-- new.yaml --\n"+changed)
	run := func(a, b string) (string, int) {
		var out bytes.Buffer
		err := runDiff(nil, &out, filepath.Join(dir, a), filepath.Join(dir, b), false)
		var end *ending
		if errors.As(err, &end) {
			return out.String(), end.code
		}
		return out.String(), 0
	}
	if said, code := run("old.yaml", "same.yaml"); code != 0 || said != "they mean the same\n" {
		t.Errorf("ends with %d: %s", code, said)
	}
	said, code := run("old.yaml", "new.yaml")
	want := `job orders: input orders: what it reads is now "dataos://lake:sales/orders_v2", and was "dataos://lake:sales/orders"
job orders: input orders: option snapshot-id is now "8", and was "7"
job orders: step result: the sql changed
      SELECT id
    - FROM orders
    + FROM orders WHERE id > 1
`
	if diff := cmp.Diff(want, said); code != 1 || diff != "" {
		t.Errorf("ends with %d (-want +got)\n%s", code, diff)
	}
}

//go:build !windows

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInit: what is written for a file lints clean and runs at once, and nothing
// that is there is replaced.
func TestInit(t *testing.T) {
	dir := unpack(t, `
-- My Orders.csv --
id,zip,price,ok,day,at,Full Name,empty,long
1,007,1.5,true,2024-01-31,2024-01-31 10:00:00,a,,12345678901234567890.5
2,123,2,false,,2024-01-31T11:00:00Z,"b,c",,1
-- ev.json --
{"a":1,"b":{"c":"x"}}
`)
	out := filepath.Join(dir, "p")
	var said bytes.Buffer
	if err := runInit(t.Context(), &said, []string{filepath.Join(dir, "My Orders.csv"), filepath.Join(dir, "ev.json")}, out); err != nil {
		t.Fatal(err)
	}
	code, text := tried(t, filepath.Join(out, "workflows", "my-orders.yaml"), "--depots", filepath.Join(out, "data"), "--json", "--out", filepath.Join(dir, "out"))
	want := `"schema":[{"name":"id","type":"bigint"},{"name":"zip","type":"string"},{"name":"price","type":"double"},{"name":"ok","type":"boolean"},` +
		`{"name":"day","type":"date"},{"name":"at","type":"timestamp"},{"name":"full_name","type":"string"},{"name":"empty","type":"string"},{"name":"long","type":"string"}]`
	if code != 0 || !strings.Contains(text, want) || !strings.Contains(text, `"rows":2`) {
		t.Errorf("ends with %d: %s\nwant %s", code, text, want)
	}
	if code, text = tried(t, filepath.Join(out, "workflows", "ev.yaml"), "--depots", filepath.Join(out, "data"), "--json", "--out", filepath.Join(dir, "out")); code != 0 {
		t.Errorf("ends with %d: %s", code, text)
	}
	cmd := root()
	var lint bytes.Buffer
	cmd.SetOut(&lint)
	cmd.SetArgs([]string{"lint", "--strict", out})
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Errorf("what is written does not lint clean: %v\n%s", err, &lint)
	}
	mine := filepath.Join(out, "workflows", "ev.yaml")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := runInit(t.Context(), &said, []string{filepath.Join(dir, "ev.json")}, out); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(mine); string(text) != "mine" || !strings.Contains(said.String(), "ev.yaml is there and stays as it is") {
		t.Errorf("a workflow that was there is now %s\n%s", text, &said)
	}
}

package depot_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/udl"
)

// folder makes empty files.
func folder(t *testing.T, names ...string) string {
	dir := t.TempDir()
	for _, name := range names {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFolderStandsForDepots(t *testing.T) {
	out := folder(t, "lake/sales/made.parquet", "lake/sales/made.schema.json")
	dir := folder(t, "land/city.csv", "land/none/town.json", "lake/sales/orders/part-0.parquet", "lake/sales/orders/_SUCCESS",
		"lake/sales/made.csv", "land/raw/x.csv", "lake/sales/spark.parquet/part-0.parquet", "Big/dev/both.csv", "Big/dev/both.parquet",
		"land/schemas/city.avsc", "land/dump/data", "lake/sales/mixed/a.csv", "lake/sales/mixed/b.parquet")
	c := &depot.Catalog{Folders: []string{out, dir}}
	for _, tc := range []struct{ in, want, format string }{
		{"dataos://land:none/city", "land/city.csv", "csv"},
		{"dataos://land:none/town", "land/none/town.json", "json"},
		{"dataos://lake:sales/orders?acl=rw", "lake/sales/orders", "parquet"},
		{"dataos://lake:sales/spark", "lake/sales/spark.parquet", "parquet"},
		{"dataos://lake:sales/made", "lake/sales/made.parquet", "parquet"},
		{"dataos://land:none/raw/x.parquet", "land/raw/x.csv", "csv"},
		{"dataos://land:none/raw/x.csv", "land/raw/x.csv", "csv"},
		{"dataos://land:none/raw/", "land/raw", "csv"},
		{"dataos://big:dev/both", "Big/dev/both.parquet", "parquet"},
		{"dataos://land:none/schemas/city.avsc", "land/schemas/city.avsc", ""},
		{"dataos://land:none/dump", "land/dump", ""},
	} {
		a, err := udl.Parse(tc.in)
		if err != nil {
			t.Fatal(err)
		}
		l, err := c.Locate(t.Context(), a)
		if err != nil || !strings.HasSuffix(l.URI, "/"+tc.want) || l.Format != tc.format || l.Forced != (tc.format != "") {
			t.Errorf("Locate(%s) = %s, %q, %v, %v, want %s, %q", tc.in, l.URI, l.Format, l.Forced, err, tc.want, tc.format)
		}
	}
	for _, tc := range []struct{ in, want string }{
		{"dataos://land:none/ciyt", "did you mean city?"},
		{"dataos://lnad:none/city", "did you mean the depot land?"},
		{"dataos://lake:sales/nothing", "lake/sales/nothing.parquet"},
		{"dataos://lake:sales/mixed", "keep one format a folder"},
	} {
		a, _ := udl.Parse(tc.in)
		_, err := c.Locate(t.Context(), a)
		if hint := strings.Join(fault.Hints(err), "\n"); !strings.Contains(hint, tc.want) {
			t.Errorf("Locate(%s) = %v, hints %q, want %q", tc.in, err, hint, tc.want)
		}
	}
	behind := &depot.Catalog{Folders: []string{out}, Behind: &depot.Catalog{Folders: []string{dir}}}
	for _, in := range []string{"dataos://land:none/city", "dataos://lake:sales/made"} {
		a, _ := udl.Parse(in)
		if _, err := behind.Locate(t.Context(), a); err != nil {
			t.Errorf("Locate(%s) with a catalog behind: %v", in, err)
		}
	}
	for _, a := range []udl.Address{{Depot: "land", Collection: "..", Dataset: "x"}, {Depot: "land", Collection: "none", Dataset: "../../x"}} {
		if _, err := c.Locate(t.Context(), a); err == nil || !strings.Contains(err.Error(), "leaves its depot") {
			t.Errorf("Locate(%v) = %v", a, err)
		}
	}
}

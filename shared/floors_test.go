package shared_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors are the rooms from bottom to top. On a floor marked sees, a room may
// import what stands to its left; on the others, rooms do not see each other.
var floors = []struct {
	name  string
	sees  bool
	rooms []string
}{
	{"0 words", true, []string{"fault", "udl", "relation", "sparktime", "sparkcsv", "sparkfn", "sparksql", "plug", "manifest"}},
	{"1 ports", true, []string{"trigger", "object", "host", "stage", "depot", "engine", "source", "sink", "flare", "assertion", "profile", "guard", "ledger"}},
	{"2 adapters", false, []string{"gcs", "azure", "duckdb", "bigquery", "pubsub", "secretmanager", "spark"}},
	{"3 story", true, []string{"job", "workflow", "shell", "plan", "reference"}},
	{"4 assembly", false, []string{"setup", "localcloud"}},
}

const module = "github.com/glint-data/glint/"

// sdks may be imported by adapters and the assembly only.
var sdks = []string{
	"cloud.google.com/go/", "google.golang.org/api", "google.golang.org/grpc",
	"github.com/duckdb/", "github.com/Azure/", "github.com/GoogleCloudPlatform/",
}

type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Doc          string
	Name         string
}

func TestFloors(t *testing.T) {
	for _, p := range list(t, "./...", "../functions/...", "../scripts/...") {
		where := strings.TrimPrefix(p.ImportPath, module)
		if p.Name != "main" && p.Doc == "" {
			t.Errorf("%s: no package comment says what it is for", where)
		}
		for _, imp := range p.Imports {
			if why := forbidden(where, imp); why != "" {
				t.Errorf("%s imports %s: %s", where, strings.TrimPrefix(imp, module), why)
			}
		}
	}
}

// TestFloorsSee proves that the rule can fail.
func TestFloorsSee(t *testing.T) {
	for _, c := range []struct{ from, imp string }{
		{"shared/relation", module + "shared/plug"},
		{"shared/job", module + "shared/duckdb"},
		{"shared/gcs", module + "shared/bigquery"},
		{"shared/sink", "cloud.google.com/go/bigquery"},
		{"shared/utils", "fmt"},
		{"functions/run", module + "shared/localcloud"},
		{"functions", module + "shared/gcs/gcstest"},
	} {
		if forbidden(c.from, c.imp) == "" {
			t.Errorf("%s may import %s", c.from, c.imp)
		}
	}
}

// forbidden says why the package at where (below the module) may not import imp, or "".
func forbidden(where, imp string) string {
	top, rest, _ := strings.Cut(where, "/")
	target, own := strings.CutPrefix(imp, module)
	switch top {
	case "functions":
		if own && strings.HasPrefix(target, "shared/") && isTwin(target) {
			return "no emulator belongs into the image"
		}
		if own && strings.HasPrefix(target, "shared/") && !slices.Contains([]string{"setup", "fault", "trigger"}, room(target)) {
			return "a door sees setup, words and trigger"
		}
		return ""
	case "scripts":
		return ""
	}
	if rest == "" {
		return ""
	}
	from := room(where)
	f, i := floorOf(from)
	if f < 0 {
		return "the room is on no floor"
	}
	if isTwin(where) { // a conformance suite or an emulator: linked by tests and localcloud only
		if own && floorIndex(room(target)) > f && room(target) != from {
			return "upwards"
		}
		return ""
	}
	if !own {
		if f != 2 && f != 4 && slices.ContainsFunc(sdks, func(s string) bool { return strings.HasPrefix(imp, s) }) {
			return "SDKs belong to adapters"
		}
		return ""
	}
	if !strings.HasPrefix(target, "shared/") {
		return "outside the house"
	}
	if isTwin(target) && from != "localcloud" && room(target) != from {
		return "twins are for tests and localcloud"
	}
	to := room(target)
	g, j := floorOf(to)
	switch {
	case to == from:
		return ""
	case g < 0:
		return "that room is on no floor"
	case g > f:
		return "upwards"
	case g == f && (!floors[f].sees || j > i):
		return "sideways"
	case f == 3 && g == 2:
		return "the story knows ports, never adapters"
	}
	return ""
}

func room(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) < 2 {
		return ""
	}
	return parts[1]
}

func isTwin(path string) bool {
	parts := strings.Split(path, "/")
	return len(parts) > 2 && strings.HasSuffix(parts[2], "test")
}

func floorIndex(room string) int { f, _ := floorOf(room); return f }

func floorOf(room string) (floor, index int) {
	for f, floor := range floors {
		if i := slices.Index(floor.rooms, room); i >= 0 {
			return f, i
		}
	}
	return -1, -1
}

// TestStoryBuildsWithoutCgo: the story is tested without SDK or DuckDB, because it depends on neither.
func TestStoryBuildsWithoutCgo(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./job", "./workflow").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		for _, sdk := range sdks {
			if strings.HasPrefix(dep, sdk) {
				t.Errorf("the story depends on %s", dep)
			}
		}
	}
}

// TestFewBinariesLinkDuckDB keeps the time of `go test ./...` bounded: each costs half a minute cold.
func TestFewBinariesLinkDuckDB(t *testing.T) {
	out, err := exec.Command("go", "list", "-test", "-deps", "-f", `{{if .ForTest}}{{else if eq .Name "main"}}{{.ImportPath}} {{join .Deps " "}}{{end}}`, "./...", "../functions/...", "../scripts/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var linked []string
	for line := range strings.Lines(string(out)) {
		name, deps, _ := strings.Cut(line, " ")
		if strings.HasSuffix(name, ".test") && strings.Contains(deps, "github.com/duckdb/duckdb-go/v2") {
			linked = append(linked, strings.TrimPrefix(name, module))
		}
	}
	if len(linked) > 4 {
		t.Errorf("%d test binaries link DuckDB, at most 4: %s", len(linked), linked)
	}
}

func list(t *testing.T, patterns ...string) []pkg {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Doc,Name"}, patterns...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

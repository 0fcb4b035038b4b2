package source

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkcsv"
	"github.com/glint-data/glint/shared/udl"
)

var accepts = []relation.Form{relation.CSV, relation.Parquet}

// options are what a manifest's options become.
func options(t *testing.T, given map[string]string) plug.Args {
	t.Helper()
	raw := plug.Raw{Shape: plug.Mapping}
	for name, v := range given {
		at := fault.Pos{File: "w.yaml", Line: 9, Column: 3}
		raw.Entries = append(raw.Entries, plug.Entry{Name: name, Pos: at, Value: plug.Raw{Shape: plug.Scalar, Text: v, Pos: at}})
	}
	args, _, err := CSV{}.Spec().Check(raw)
	if err != nil {
		t.Fatal(err)
	}
	return args
}

// input is an input over a store with these objects.
func input(t *testing.T, uri string, objects map[string]string) (Input, *object.Mem) {
	t.Helper()
	store := new(object.Mem)
	for name, body := range objects {
		if _, err := store.Put(t.Context(), name, strings.NewReader(body), object.Cond{}); err != nil {
			t.Fatal(err)
		}
	}
	a, err := udl.Parse("dataos://lake:none/city")
	if err != nil {
		t.Fatal(err)
	}
	return Input{Name: "city", Location: depot.Location{Address: a, Type: depot.GCS, URI: uri, Store: store}, Options: options(t, nil)}, store
}

const citySchema = `{"type":"record","name":"city","fields":[{"name":"__id","type":"string"},{"name":"name","type":"string"},{"name":"population","type":["null","int"]}]}`

func TestOpen(t *testing.T) {
	in, _ := input(t, "gs://b/data/city", map[string]string{
		"gs://b/data/city/part-1.csv": "x\n", "gs://b/data/city/part-0.csv": "y\n", "gs://b/data/city/_SUCCESS": "", "gs://b/data/city/.part.crc": "z", "gs://b/data/city/": "",
		"gs://b/data/city/old/part-0.csv": "spark does not read this", "gs://b/data/city/_temporary/0/part.csv": "nor this", "gs://b/data/city2/part-0.csv": "no",
	})
	in.Schema = &Schema{Type: "avro", Text: citySchema, From: "city.avsc"}
	rel, err := CSV{}.Open(t.Context(), in, accepts)
	if err != nil {
		t.Fatal(err)
	}
	var uris []string
	for _, f := range rel.Files {
		uris = append(uris, f.URI)
	}
	if diff := cmp.Diff([]string{"gs://b/data/city/part-0.csv", "gs://b/data/city/part-1.csv"}, uris); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("name string\npopulation int null\n", described(rel.Columns)); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	d := rel.Decode.(relation.CSVDecode)
	if len(d.Physical) != 3 || d.Physical[0].Name != "__id" {
		t.Errorf("Physical = %v, want the system column first", d.Physical)
	}
	want := relation.SparkCSV()
	want.Physical = d.Physical
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("decode without options (-want +got):\n%s", diff)
	}
	if rel.Bytes != 4 || rel.Rows != -1 || rel.Form != relation.CSV || rel.Name != "city" {
		t.Errorf("relation = %+v", rel)
	}
	in.KeepSystem = true
	if rel, err = (CSV{}).Open(t.Context(), in, accepts); err != nil || len(rel.Columns) != 3 {
		t.Errorf("keepSystemColumns: %v, %v", rel.Columns, err)
	}
}

func TestOpenPins(t *testing.T) {
	in, store := input(t, "gs://b/city.csv", map[string]string{"gs://b/city.csv": "name\nBerlin\n", "gs://b/city.csv.old": "x"})
	rel, err := CSV{}.Open(t.Context(), in, accepts)
	if err != nil {
		t.Fatal(err)
	}
	if got := described(rel.Columns); len(rel.Files) != 1 || got != "name string null\n" {
		t.Errorf("files %v, columns %q", rel.Files, got)
	}
	f := rel.Files[0]
	for _, r := range []struct {
		off, n int64
		want   string
	}{{0, -1, "name\nBerlin\n"}, {5, 3, "Ber"}, {3, 0, ""}} {
		body, err := f.Open(t.Context(), r.off, r.n)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(body)
		if string(got) != r.want || err != nil {
			t.Errorf("Open(%d, %d) = %q, %v, want %q", r.off, r.n, got, err, r.want)
		}
		body.Close()
	}
	if _, err := store.Put(t.Context(), "gs://b/city.csv", strings.NewReader("name\nParis\n"), object.Cond{}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open(t.Context(), 0, -1); !errors.Is(err, fault.Conflict) {
		t.Errorf("Open after a change = %v, want a conflict", err)
	}
}

func TestOpenNamesColumns(t *testing.T) {
	in, _ := input(t, "gs://b/d/", map[string]string{"gs://b/d/0.csv": "\n\n", "gs://b/d/1.csv": "\xef\xbb\xbf\nid,Id,\"a,b\",,__meta\n1,2,3,4,5\n"})
	rel, err := CSV{}.Open(t.Context(), in, accepts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"id0", "Id1", "a,b", "_c3"}, relation.Names(rel.Columns)); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	in.Options = options(t, map[string]string{"headers": "False", "sep": ";"})
	if rel, err = (CSV{}).Open(t.Context(), in, accepts); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"_c0"}, relation.Names(rel.Columns)); diff != "" {
		t.Errorf("no header (-want +got):\n%s", diff)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	one := map[string]string{"gs://b/data/x.csv": "a\n1\n"}
	for _, test := range []struct {
		name, uri string
		objects   map[string]string
		options   map[string]string
		kind      fault.Kind
		want      string
		hint      string
	}{
		{"nothing", "gs://b/data/y/z", one, nil, fault.NotFound, "dataos://lake:none/city: 0 files under gs://b/data/y/z/", "gs://b/data/; it holds, for example, gs://b/data/x.csv"},
		{"no bucket", "gs://c/data/y", one, nil, fault.NotFound, "0 files under gs://c/data/y/", "nothing of it exists"},
		{"only below", "gs://b", one, nil, fault.NotFound, "0 files under gs://b/", "data/x.csv"},
		{"partitions", "gs://b/t", map[string]string{"gs://b/t/year=2024/x.csv": "a"}, nil, fault.Refused, "partition directories (year=2024)", "city/year=2024"},
		{"gzip", "gs://b/x.csv.gz", map[string]string{"gs://b/x.csv.gz": "a"}, nil, fault.Refused, "gs://b/x.csv.gz: compressed files (.gz)", "decompress"},
		{"delimiter", "gs://b/data/x.csv", one, map[string]string{"delimiter": "||"}, fault.Refused, "w.yaml:9:3: csv: option sep:", "converted"},
		{"zone", "gs://b/data/x.csv", one, map[string]string{"timeZone": "Mars"}, fault.Invalid, "w.yaml:9:3: csv: option timeZone: no zone", "Europe/Berlin"},
		{"quote", "gs://b/data/x.csv", one, map[string]string{"quote": `\"`}, fault.Refused, "w.yaml:9:3: csv option quote", ""},
		{"blank", "gs://b/n.csv", map[string]string{"gs://b/n.csv": "\n"}, nil, fault.Invalid, "gs://b/n.csv: no line in any of 1 files", "schemaPath"},
		{"system only", "gs://b/n.csv", map[string]string{"gs://b/n.csv": "__a,__b\n"}, nil, fault.Invalid, "all its columns are system columns", "keepSystemColumns"},
	} {
		in, _ := input(t, test.uri, test.objects)
		in.Options = options(t, test.options)
		_, err := CSV{}.Open(t.Context(), in, accepts)
		if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %v and %q", test.name, err, test.kind, test.want)
		}
		if hints := strings.Join(fault.Hints(err), "\n"); !strings.Contains(hints, test.hint) {
			t.Errorf("%s: hints %q, want %q", test.name, hints, test.hint)
		}
	}
	in, _ := input(t, "gs://b/data/x.csv", one)
	in.Schema = &Schema{Text: `{"type":"record","name":"r","fields":[{"name":"a","type":"bytes"}]}`, From: "city.avsc"}
	if _, err := (CSV{}).Open(t.Context(), in, accepts); !errors.Is(err, fault.Refused) || !strings.Contains(err.Error(), "column a: a CSV file cannot hold binary") {
		t.Errorf("bytes: %v", err)
	}
	if _, err := (CSV{}).Open(t.Context(), in, []relation.Form{relation.Parquet}); !errors.Is(err, fault.Refused) {
		t.Errorf("an engine without csv: %v", err)
	}
	in.Location = depot.Location{Type: depot.BigQuery, Path: []string{"p", "d", "t"}}
	if _, err := (CSV{}).Open(t.Context(), in, accepts); !errors.Is(err, fault.Refused) && !errors.Is(err, fault.Invalid) {
		t.Errorf("a depot of tables: %v", err)
	}
}

// Every option says what it does or what to do instead, and is refused by name
// where it is not supported.
func TestSpec(t *testing.T) {
	spec := CSV{}.Spec()
	for _, f := range spec.Fields {
		if f.Doc == "" {
			t.Errorf("option %s has no doc", f.Name)
		}
	}
	for _, name := range []string{"pathGlobFilter", "lineSep", "codec"} {
		raw := plug.Raw{Shape: plug.Mapping, Entries: []plug.Entry{{Name: name, Value: plug.Raw{Shape: plug.Scalar, Text: "true"}}}}
		if _, _, err := spec.Check(raw); err == nil {
			t.Errorf("option %s: no error", name)
		}
	}
	all, err := All.Get("CSV")
	if err != nil || all.Spec().Name != "csv" {
		t.Errorf("All.Get = %v, %v", all, err)
	}
}

// The examples are what the reader makes of them.
func TestExamples(t *testing.T) {
	schema := Schema{Text: `{"type":"record","name":"city","fields":[{"name":"name","type":"string"},{"name":"population","type":["null","int"]}]}`}
	cols, err := schema.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range (CSV{}).Spec().Examples {
		n, err := sparkcsv.New(cols, relation.SparkCSV())
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := n.File("city.csv", &out, strings.NewReader(e.In)); err != nil || out.String() != e.Want {
			t.Errorf("%s: %q, %v, want %q", e.Doc, out.String(), err, e.Want)
		}
	}
}

// With inferSchema the types are those of what all files hold.
func TestOpenInfers(t *testing.T) {
	in, _ := input(t, "gs://b/d", map[string]string{"gs://b/d/a.csv": "a,b,c\n1,x,2020-01-01\n", "gs://b/d/b.csv": "a,b,c\n3000000000,,\n"})
	in.Options = options(t, map[string]string{"inferSchema": "true"})
	rel, err := CSV{}.Open(t.Context(), in, []relation.Form{relation.CSV})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range rel.Columns {
		got = append(got, c.Name+" "+c.Type.String())
	}
	if diff := cmp.Diff([]string{"a bigint", "b string", "c date"}, got); diff != "" {
		t.Error(diff)
	}
	in, _ = input(t, "gs://b/d", map[string]string{"gs://b/d/a.csv": "a\n1\n", "gs://b/d/b.csv": "other\n2\n"})
	in.Options = options(t, map[string]string{"inferSchema": "true"})
	if _, err := (CSV{}).Open(t.Context(), in, []relation.Form{relation.CSV}); fault.KindOf(err) != fault.Refused {
		t.Errorf("files of two headers: %v", err)
	}
}

package bigquery

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

// raw reads a fragment as the manifest's reader does, places apart.
func raw(t *testing.T, text string) plug.Raw {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return rawNode(doc.Content[0])
}

func rawNode(n *yaml.Node) plug.Raw {
	r := plug.Raw{Pos: fault.Pos{File: "w.yaml", Line: n.Line, Column: n.Column}}
	switch n.Kind {
	case yaml.MappingNode:
		r.Shape = plug.Mapping
		for i := 0; i < len(n.Content); i += 2 {
			k := n.Content[i]
			r.Entries = append(r.Entries, plug.Entry{
				Name: k.Value, Pos: fault.Pos{File: "w.yaml", Line: k.Line, Column: k.Column}, Value: rawNode(n.Content[i+1]),
			})
		}
	case yaml.SequenceNode:
		r.Shape = plug.Sequence
		for _, c := range n.Content {
			r.Items = append(r.Items, rawNode(c))
		}
	default:
		r.Shape, r.Text = plug.Scalar, n.Value
	}
	return r
}

// Every example of the Spec passes its own check and prepares a load.
func TestSpecExamples(t *testing.T) {
	_, w := serve(t)
	for _, e := range w.Spec().Examples {
		args, notes, err := w.Spec().Check(raw(t, e.In))
		if err != nil || len(notes) > 0 {
			t.Errorf("%s: %v, notes %v", e.Doc, err, notes)
			continue
		}
		r := staged()
		for _, name := range []string{"country", "city"} {
			r.Columns = append(r.Columns, relation.Column{Name: name, Type: text})
		}
		r.Columns = append(r.Columns, relation.Column{Name: "ordered_at", Type: relation.Of(relation.Timestamp)})
		if _, err := intend(t, w, output(func(o *sink.Output) { o.Options = args }), r); err != nil {
			t.Errorf("%s: %v", e.Doc, err)
		}
	}
}

// What is not done says what to do instead.
func TestSpecRefuses(t *testing.T) {
	for _, c := range []struct{ in, hint string }{
		{"partitionBy: [country]", "partitionField"},
		{"bigquery: {persistentBucket: b}", "temporaryBucket"},
		{"extraOptions: {writeMethod: direct}", ""},
		{"extraOptions: {intermediateFormat: avro}", ""},
		{"extraOptions: {datePartition: '20260101'}", "whole table"},
		{"saveMode: ignore", ""},
	} {
		_, _, err := (&Writer{}).Spec().Check(raw(t, c.in))
		if err == nil || !errors.Is(err, fault.Refused) && !errors.Is(err, fault.Invalid) ||
			!strings.Contains(strings.Join(fault.Hints(err), " "), c.hint) {
			t.Errorf("%s: %v %q, want a refusal with %q", c.in, err, fault.Hints(err), c.hint)
		}
	}
}

func TestBucket(t *testing.T) {
	w := &Writer{}
	got := map[string]string{}
	for _, in := range []string{
		"bigquery: {temporaryBucket: tmdc-development-new}",
		"bigquery: {temporaryBucket: 'gs://a/'}\nextraOptions: {temporaryGcsBucket: b}",
		"extraOptions: {temporaryGcsBucket: b}",
		"saveMode: append",
	} {
		args, _, err := w.Spec().Check(raw(t, in))
		if err != nil {
			t.Fatal(err)
		}
		o := sink.Output{Options: args, Location: depot.Location{Params: map[string]string{"temporaryBucket": "of-depot"}}}
		got[in] = w.Bucket(o)
	}
	want := map[string]string{
		"bigquery: {temporaryBucket: tmdc-development-new}":                             "tmdc-development-new",
		"bigquery: {temporaryBucket: 'gs://a/'}\nextraOptions: {temporaryGcsBucket: b}": "a",
		"extraOptions: {temporaryGcsBucket: b}":                                         "b",
		"saveMode: append":                                                              "of-depot",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Bucket (-want +got):\n%s", diff)
	}
}

package plan_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/plan"
)

// TestRepair: what a program can mend is mended, and a text that is right stays.
func TestRepair(t *testing.T) {
	const text = `name: a
version: v2alpha # old
type: workflow
workflow:
	dag:
		- nmae: one
		  title: é
		  {"titel": x}
		  sepc:
		    outputs:
`
	const want = `name: a
version: v1 # old
type: workflow
workflow:
  dag:
    - name: one
      title: é
      {"titel": x}
      spec:
        outputs:
`
	l := &plan.Linter{Options: options("")}
	const inner = `name: a
version: v1
type: workflow
workflow:
  dag:
    - name: one
      spec:
        stack: flare:6.0
        compute: c
        stackSpec:
          job:
            input: [{name: ü, "datset": 'dataos://a:b/c', format: csv, options: {delimitr: "|", header: true}}]
            inputss: []
            outputs: [{name: x, dataset: "dataos://a:b/c", format: bigquery}]
`
	for _, c := range []struct{ text, want string }{
		{text, text}, // it is no YAML, tabs or not: nothing is known
		{bytesWithout(text), bytesWithout(want)},
		{inner, replaced(inner, "input:", "inputs:", "datset", "dataset", `"dataos://a:b/c"`, `"dataos://a:b/c?acl=rw"`, "delimitr", "delimiter")},
	} {
		got := []byte(c.text)
		for range 10 {
			got, _ = plan.Repair(got, l.File(t.Context(), "a.yaml", got))
		}
		if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if again, n := plan.Repair(got, l.File(t.Context(), "a.yaml", got)); n {
			t.Errorf("mended twice:\n%s", again)
		}
	}
	var b bytes.Buffer
	plan.Diff(&b, "f", []byte("a\nb\nc"), []byte("a\nx\nc"))
	if diff := cmp.Diff("f:2:\n- b\n+ x\n", b.String()); diff != "" {
		t.Error(diff)
	}
}

// bytesWithout leaves out the line that is no YAML.
func bytesWithout(s string) string {
	var kept []byte
	for line := range bytes.Lines([]byte(s)) {
		if !bytes.Contains(line, []byte("{\"titel\"")) {
			kept = append(kept, line...)
		}
	}
	return string(kept)
}

func replaced(s string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		s = string(bytes.Replace([]byte(s), []byte(pairs[i]), []byte(pairs[i+1]), -1))
	}
	return s
}

package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
)

// TestTextsJoined: each byte of texts that are filled, cut and joined is where it was written.
func TestTextsJoined(t *testing.T) {
	first := Text{Value: "a > '$|lo|' AND b = $| hi |\nAND c", file: "m.yaml", marks: []mark{{0, 3, 10, false}, {28, 4, 12, false}}}
	names, places := first.Tokens()
	if diff := cmp.Diff([]string{"lo", "hi"}, names); diff != "" || places[0].Column != 15 || places[1].Column != 30 {
		t.Errorf("%v at %v", names, places)
	}
	filled := first.Fill(map[string]string{"lo": "a long value", "hi": "", "c": "no"})
	if want := "a > 'a long value' AND b = \nAND c"; filled.Value != want {
		t.Fatalf("%q", filled.Value)
	}
	part := filled.Part(2, len(filled.Value))
	joined := Join(Placed("SELECT ", fault.Pos{File: "m.yaml", Line: 1, Column: 7}), part, Placed(")", fault.Pos{File: "m.yaml", Line: 9, Column: 9}))
	for find, want := range map[string]string{"SELECT": "m.yaml:1:7", "LECT": "m.yaml:1:7", "> '": "m.yaml:3:12", "long": "m.yaml:3:15", "b =": "m.yaml:3:26", "AND c": "m.yaml:4:12", "c)": "m.yaml:4:16", ")": "m.yaml:9:9"} {
		at := -1
		for i := range joined.Value {
			if i+len(find) <= len(joined.Value) && joined.Value[i:i+len(find)] == find {
				at = i
			}
		}
		if got := joined.At(at).String(); got != want {
			t.Errorf("%q is at %s, want %s", find, got, want)
		}
	}
	if got := (Text{Value: "SELECT 1 ; \n"}).Statement().Value; got != "SELECT 1" {
		t.Errorf("%q", got)
	}
}

package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/plan"
)

func TestDraw(t *testing.T) {
	long := strings.Repeat("x", 200)
	for name, c := range map[string]struct {
		jobs []*plan.Job
		want string
	}{
		"one": {[]*plan.Job{{Name: "a"}}, "┌───┐\n│ a │\n└───┘\n"},
		"diamond": {[]*plan.Job{{Name: "read"}, {Name: "left", Dependencies: []string{"read"}}, {Name: "right", Dependencies: []string{"read"}}, {Name: "join", Dependencies: []string{"left", "right", "read"}}}, `
       ┌──────┐
       │ read │
       └───┬──┘
    ┌──────┴──┬──────┐
┌───┴──┐  ┌───┴───┐  │
│ left │  │ right │  │
└───┬──┘  └───┬───┘  │
    └──────┐  │      │
           ├──┘      │
           ├─────────┘
       ┌───┴──┐
       │ join │
       └──────┘
`},
		"apart": {[]*plan.Job{{Name: "a"}, {Name: "b"}, {Name: "c", Dependencies: []string{"b", "gone"}}}, `
┌───┐  ┌───┐
│ a │  │ b │
└───┘  └─┬─┘
     ┌───┘
   ┌─┴─┐
   │ c │
   └───┘
`},
		"too wide": {[]*plan.Job{{Name: long}, {Name: "b", Dependencies: []string{long}}}, long + "\nb ← " + long + "\n"},
	} {
		if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), plan.Draw(c.jobs)); diff != "" {
			t.Errorf("%s (-want +got)\n%s\n%s", name, diff, plan.Draw(c.jobs))
		}
	}
}

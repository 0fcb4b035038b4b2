package sparkfn

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func values[T any](list ...T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// What Spark 3.5 answers: the order of sets and the choice between values that
// are equally frequent come from its hash tables.
func TestCollect(t *testing.T) {
	for _, c := range []struct {
		name string
		fn   func([]any) (any, error)
		args []any
		want any
	}{
		{"no mode of nothing", modeOf, []any{"int", values[string]()}, nil},
		{"the most frequent", modeOf, []any{"int", values("7", "3", "3")}, int64(2)},
		{"a set of nothing", setOrder, []any{"int", values[string](), false}, []any{}},
		{"each value once", setOrder, []any{"int", values("5", "5", "5"), false}, values(int64(1))},
		{"no percentile of nothing", weighted, []any{values[float64](), values[int64](), 0.5}, nil},
		{"between two values", weighted, []any{values(1.0, 3.0), values(int64(1), int64(1)), 0.5}, 2.0},
		{"what counts as often as it is said", weighted, []any{values(1.0, 3.0), values(int64(9), int64(1)), 0.5}, 1.0},
		{"exact while rows are few", approximated, []any{values(4.0, 1.0, 3.0, 2.0), values(0.0, 0.5, 1.0), int64(10000)}, values(1.0, 2.0, 4.0)},
		{"bins as they are", histogram, []any{values(3.0, 1.0, 3.0), int64(5)}, values(1.0, 1.0, 3.0, 2.0)},
		{"the nearest become one", histogram, []any{values(1.0, 2.0, 10.0), int64(2)}, values(1.5, 2.0, 10.0, 1.0)},
		{"a variance of one row", higherMoment, []any{"var_samp", values(3.0)}, nil},
		{"no correlation with a constant", pair, []any{"corr", values(1.0, 2.0), values(5.0, 5.0)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.fn(c.args)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestModeUnknown: a type whose hash codes are not known has no answer where
// several values are equally frequent.
func TestModeUnknown(t *testing.T) {
	if _, err := modeOf([]any{"", values("a", "b")}); err == nil {
		t.Error("no error")
	}
}

func TestHashes(t *testing.T) {
	for text, want := range map[string]int32{"1.5": 1069547520, "0.10": -1507852285, "3.00": 3, "-2.00": -2} {
		if got, ok := javaHash("decimal", text); !ok || got != want {
			t.Errorf("%s: %d, %t, want %d", text, got, ok, want)
		}
	}
	if _, ok := javaHash("decimal", "1234567890.1234567"); ok {
		t.Error("a hash code of more digits than a double has")
	}
}

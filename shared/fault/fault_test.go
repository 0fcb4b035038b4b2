package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
)

var at = fault.Pos{File: "w.yaml", Line: 3, Column: 7}

func TestKinds(t *testing.T) {
	cause := errors.New("cause")
	err := fmt.Errorf("input x: %w", fault.Errorf(fault.NotFound, "no such object: %w", cause).At(at).WithHint("upload it"))
	for _, want := range []error{fault.NotFound, cause} {
		if !errors.Is(err, want) {
			t.Errorf("%v is not %v", err, want)
		}
	}
	if got, want := err.Error(), "input x: w.yaml:3:7: no such object: cause"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if diff := cmp.Diff([]string{"upload it"}, fault.Hints(err)); diff != "" {
		t.Errorf("Hints (-want +got)\n%s", diff)
	}
	if fault.KindOf(cause) != fault.Internal || fault.Wrap(fault.Denied, nil) != nil {
		t.Error("an error without a kind is internal, and no error stays none")
	}
}

func TestRetry(t *testing.T) {
	for err, want := range map[error]bool{
		fault.Transient: true, fault.Conflict: true, fault.Exhausted: true, fault.Internal: true,
		fault.Invalid: false, fault.NotFound: false, fault.Denied: false, fault.Stale: false, fault.Refused: false,
		context.Canceled: true, errors.New("unknown"): true,
	} {
		if got := fault.Retry(err); got != want {
			t.Errorf("Retry(%v) = %v, want %v", err, got, want)
		}
	}
	if fault.Retry(nil) {
		t.Error("Retry(nil)")
	}
}

func TestPrint(t *testing.T) {
	err := errors.Join(
		fault.Errorf(fault.Invalid, "first").At(at).WithHint("one\ntwo"),
		errors.Join(fault.Errorf(fault.Invalid, "second").At(fault.Pos{File: "w.yaml", Line: 4}), errors.New("third")),
	)
	want := "w.yaml:3:7: first\n    one\n    two\nw.yaml:4: second\nthird\n"
	if diff := cmp.Diff(want, fault.Print(err)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

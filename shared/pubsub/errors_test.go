package pubsub

import (
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/glint-data/glint/shared/fault"
)

func TestTranslate(t *testing.T) {
	for code, want := range map[codes.Code]fault.Kind{
		codes.NotFound: fault.NotFound, codes.PermissionDenied: fault.Denied, codes.Unauthenticated: fault.Denied,
		codes.InvalidArgument: fault.Invalid, codes.FailedPrecondition: fault.Refused, codes.ResourceExhausted: fault.Exhausted,
		codes.Unavailable: fault.Transient, codes.DeadlineExceeded: fault.Transient, codes.Aborted: fault.Transient,
		codes.Internal: fault.Transient, codes.Canceled: fault.Transient, codes.Unimplemented: fault.Internal,
	} {
		err := translate("projects/p/topics/t", status.Error(code, "no"))
		if got := fault.KindOf(err); got != want {
			t.Errorf("%v is %v, want %v", code, got, want)
		}
		if (want == fault.NotFound || want == fault.Denied) && len(fault.Hints(err)) == 0 {
			t.Errorf("%v does not say what to do", code)
		}
	}
	if got := fault.KindOf(translate("t", context.DeadlineExceeded)); got != fault.Transient {
		t.Errorf("a deadline is %v", got)
	}
}

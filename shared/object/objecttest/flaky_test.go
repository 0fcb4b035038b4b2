package objecttest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

func TestFlakyWithoutTrouble(t *testing.T) {
	objecttest.Test(t, func(*testing.T) (object.Store, string) {
		return &objecttest.Flaky{Store: new(object.Mem)}, "mem://b/"
	})
}

func TestFlaky(t *testing.T) {
	lost := errors.New("lost")
	var next objecttest.Trouble
	f := &objecttest.Flaky{Store: new(object.Mem), Trouble: func(objecttest.Call) objecttest.Trouble { return next }}
	ctx := t.Context()

	next = objecttest.Trouble{Before: lost}
	if _, err := f.Put(ctx, "a", strings.NewReader("1"), object.Cond{}); err != lost {
		t.Errorf("Put: %v, want the trouble", err)
	}
	next = objecttest.Trouble{After: lost}
	if _, err := f.Put(ctx, "b", strings.NewReader("1234"), object.Cond{}); err != lost {
		t.Errorf("Put: %v, want the trouble", err)
	}
	next = objecttest.Trouble{}
	if got := objecttest.URIs(t, f, "", ""); len(got) != 1 || got[0] != "b" {
		t.Errorf("%v are there; want b, whose answer was lost", got)
	}
	next = objecttest.Trouble{Cut: 3}
	body, _, err := f.Open(ctx, "b", object.Range{})
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 10)
	if n, _ := body.Read(buf); n != 3 {
		t.Errorf("read %d bytes before the cut, want 3", n)
	}
	if _, err := body.Read(buf); !errors.Is(err, fault.Transient) {
		t.Errorf("read after the cut: %v, want Transient", err)
	}
	if f.Count("Put") != 2 || f.Count("") != 4 {
		t.Errorf("counted %v", f.Calls())
	}
}

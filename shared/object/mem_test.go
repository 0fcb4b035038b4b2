package object_test

import (
	"testing"
	"time"

	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

func TestMem(t *testing.T) {
	objecttest.Test(t, func(*testing.T) (object.Store, string) { return new(object.Mem), "mem://bucket/" })
}

func TestMemClock(t *testing.T) {
	at := time.Date(2024, 2, 29, 2, 0, 0, 0, time.UTC)
	m := &object.Mem{Now: func() time.Time { return at }}
	if a := objecttest.Put(t, m, "gs://b/k", nil); !a.Updated.Equal(at) {
		t.Errorf("Updated is %v, want %v", a.Updated, at)
	}
}

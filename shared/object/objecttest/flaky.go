package objecttest

import (
	"context"
	"io"
	"iter"
	"sync"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// A Call is one request that a store was sent.
type Call struct {
	Op  string // Stat, Open, Put, Delete or List
	URI string // for List, the prefix
}

// Trouble is what happens to a Call. The zero Trouble is none.
type Trouble struct {
	Delay  time.Duration // before anything else; a context's end cuts it short
	Before error         // answered instead; the store does not hear of the call
	After  error         // answered after the store has done it: the answer was lost
	Cut    int64         // the body that Open gives breaks after this many bytes (0: it does not)
}

// Flaky is a Store in a bad network. It counts what passes through it.
type Flaky struct {
	object.Store
	// Trouble says what befalls a call; nil means nothing does. It is called from many goroutines.
	Trouble func(Call) Trouble

	mu    sync.Mutex
	calls []Call
}

// Calls returns every call so far, in the order of their beginning.
func (f *Flaky) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Call(nil), f.calls...)
}

// Count returns how many calls of op there were; "" counts all.
func (f *Flaky) Count(op string) int {
	n := 0
	for _, c := range f.Calls() {
		if op == "" || c.Op == op {
			n++
		}
	}
	return n
}

// Stat is a Store's.
func (f *Flaky) Stat(ctx context.Context, uri string) (object.Attrs, error) {
	t, err := f.meet(ctx, Call{"Stat", uri})
	if err != nil {
		return object.Attrs{}, err
	}
	a, err := f.Store.Stat(ctx, uri)
	return t.attrs(a, err)
}

// Open is a Store's. A body that Trouble cuts ends in a fault.Transient.
func (f *Flaky) Open(ctx context.Context, uri string, r object.Range) (io.ReadCloser, object.Attrs, error) {
	t, err := f.meet(ctx, Call{"Open", uri})
	if err != nil {
		return nil, object.Attrs{}, err
	}
	body, a, err := f.Store.Open(ctx, uri, r)
	if err != nil {
		return nil, object.Attrs{}, err
	}
	if t.After != nil {
		body.Close()
		return nil, object.Attrs{}, t.After
	}
	if t.Cut > 0 {
		body = &cutBody{ReadCloser: body, left: t.Cut, uri: uri}
	}
	return body, a, nil
}

// Put is a Store's.
func (f *Flaky) Put(ctx context.Context, uri string, r io.Reader, c object.Cond) (object.Attrs, error) {
	t, err := f.meet(ctx, Call{"Put", uri})
	if err != nil {
		return object.Attrs{}, err
	}
	a, err := f.Store.Put(ctx, uri, r, c)
	return t.attrs(a, err)
}

// Delete is a Store's.
func (f *Flaky) Delete(ctx context.Context, uri string, c object.Cond) error {
	t, err := f.meet(ctx, Call{"Delete", uri})
	if err != nil {
		return err
	}
	_, err = t.attrs(object.Attrs{}, f.Store.Delete(ctx, uri, c))
	return err
}

// List is a Store's.
func (f *Flaky) List(ctx context.Context, prefix, after string) iter.Seq2[object.Attrs, error] {
	return func(yield func(object.Attrs, error) bool) {
		t, err := f.meet(ctx, Call{"List", prefix})
		if err != nil {
			yield(object.Attrs{}, err)
			return
		}
		for a, err := range f.Store.List(ctx, prefix, after) {
			if !yield(a, err) {
				return
			}
		}
		if t.After != nil {
			yield(object.Attrs{}, t.After)
		}
	}
}

func (f *Flaky) meet(ctx context.Context, c Call) (Trouble, error) {
	f.mu.Lock()
	f.calls = append(f.calls, c)
	f.mu.Unlock()
	if f.Trouble == nil {
		return Trouble{}, nil
	}
	t := f.Trouble(c)
	if t.Delay > 0 {
		select {
		case <-ctx.Done():
			return t, object.Interrupted(ctx)
		case <-time.After(t.Delay):
		}
	}
	return t, t.Before
}

func (t Trouble) attrs(a object.Attrs, err error) (object.Attrs, error) {
	if err == nil && t.After != nil {
		return object.Attrs{}, t.After
	}
	return a, err
}

type cutBody struct {
	io.ReadCloser
	left int64
	uri  string
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, fault.Errorf(fault.Transient, "%s: connection lost", b.uri)
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

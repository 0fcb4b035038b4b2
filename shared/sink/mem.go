package sink

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// Mem is a target system in memory. It does what a warehouse with job IDs does:
// an ID is used once, a job that was inserted ends later, and nobody can take
// it back. The zero Mem is empty and ready to use.
type Mem struct {
	// Step is asked at every step, before it is taken, or after it for the
	// steps that are called so. An error ends the call there: after a step that
	// is the answer being lost. It may block. Set it before first use.
	Step func(ctx context.Context, s Step, i Intent) error
	// Fail says how a job ends: an error is a job that failed and changed
	// nothing. Set it before first use.
	Fail func(i Intent) error

	mu     sync.Mutex
	jobs   map[string]*memJob
	landed []Intent
}

// A Step is one thing that Mem does.
type Step string

// The steps of Publish and Settle.
const (
	Inserting Step = "inserting" // the job is about to be sent
	Inserted  Step = "inserted"  // it was, and the answer is on its way
	Burning   Step = "burning"   // an ID is about to be used up
	Burned    Step = "burned"
	Waiting   Step = "waiting" // for the job's end
)

type memJob struct {
	intent Intent // of what was inserted
	burned bool
	done   bool
	err    error
}

// Spec describes the target.
func (m *Mem) Spec() plug.Spec {
	return plug.Spec{Name: "mem", Doc: "Rows that are counted in memory.", Fields: []plug.Field{
		{Name: "saveMode", Type: plug.Enum, Values: []string{"overwrite", "append"}, Default: "overwrite", Doc: "What happens to rows that are there already."},
	}}
}

// Accepts takes Parquet.
func (m *Mem) Accepts() []relation.Form { return []relation.Form{relation.Parquet} }

// Bucket is the depot's.
func (m *Mem) Bucket(o Output) string { return o.Location.Params["temporaryBucket"] }

// Columns are cols.
func (m *Mem) Columns(_ Output, cols []relation.Column) ([]relation.Column, error) { return cols, nil }

// Inspect counts the rows that are there.
func (m *Mem) Inspect(_ context.Context, o Output) (Live, error) {
	landed := m.Landed(memTarget(o))
	if len(landed) == 0 {
		return Live{}, nil
	}
	last := landed[len(landed)-1]
	return Live{Exists: true, Columns: last.Columns, Rows: m.Rows(memTarget(o)), Version: last.ID}, nil
}

func memTarget(o Output) Target {
	return Target{System: "mem", Address: strings.Join(o.Location.Path, ".")}
}

// Prepare decides the job.
func (m *Mem) Prepare(_ context.Context, o Output, r relation.Relation, _ Live) (Intent, error) {
	i := Intent{
		ID: fmt.Sprintf("%s_%d", o.ID, o.Sequence), Writer: "mem", Target: memTarget(o),
		Run: o.Run, Output: o.Name, Slot: o.Slot, Disposition: string(o.Mode), Adds: o.Mode == Append,
		Rows: r.Rows, Bytes: r.Bytes, Columns: r.Columns,
	}
	for _, f := range r.Files {
		i.Files = append(i.Files, f.URI)
	}
	return i, nil
}

// Publish inserts the job under the intent's ID and waits for its end.
func (m *Mem) Publish(ctx context.Context, i Intent) (Receipt, error) {
	if err := m.step(ctx, Inserting, i); err != nil {
		return Receipt{}, err
	}
	j := m.take(i, false)
	if err := m.step(ctx, Inserted, i); err != nil {
		return Receipt{}, err
	}
	switch {
	case j.burned:
		return Receipt{}, fault.Errorf(fault.Conflict, "the ID %s is used up", i.ID)
	case !slices.Equal(j.intent.Files, i.Files) || j.intent.Target != i.Target:
		return Receipt{}, fault.Errorf(fault.Internal, "the job %s is not the one that was intended", i.ID)
	}
	if err := m.step(ctx, Waiting, i); err != nil {
		return Receipt{}, err
	}
	if err := m.End(i.ID); err != nil {
		return Receipt{}, fmt.Errorf("job %s: %w", i.ID, err)
	}
	return memReceipt(i), nil
}

// Settle waits for the job's end, or uses up its ID if there is none.
func (m *Mem) Settle(ctx context.Context, i Intent) (Verdict, Receipt, error) {
	if err := m.step(ctx, Burning, i); err != nil {
		return 0, Receipt{}, err
	}
	j := m.take(i, true)
	if err := m.step(ctx, Burned, i); err != nil {
		return 0, Receipt{}, err
	}
	if j.burned {
		return Never, Receipt{}, nil
	}
	if err := m.step(ctx, Waiting, i); err != nil {
		return 0, Receipt{}, err
	}
	if m.End(i.ID) != nil {
		return Never, Receipt{}, nil
	}
	return Landed, memReceipt(j.intent), nil
}

func (m *Mem) step(ctx context.Context, s Step, i Intent) error {
	if m.Step != nil {
		if err := m.Step(ctx, s, i); err != nil {
			return err
		}
	}
	return fault.Wrap(fault.Transient, ctx.Err())
}

// take returns the job under an ID, made now if there was none.
func (m *Mem) take(i Intent, burn bool) *memJob {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.jobs == nil {
		m.jobs = map[string]*memJob{}
	}
	j := m.jobs[i.ID]
	if j == nil {
		j = &memJob{intent: i, burned: burn, done: burn}
		m.jobs[i.ID] = j
	}
	return j
}

// End lets the job under an ID come to its end, if it has not, and says how
// that was. A job ends also when nobody asks.
func (m *Mem) End(id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	j := m.jobs[id]
	if j == nil {
		return fault.Errorf(fault.NotFound, "no job %s", id)
	}
	if !j.done {
		j.done = true
		if m.Fail != nil {
			j.err = m.Fail(j.intent)
		}
		if j.err == nil {
			m.landed = append(m.landed, j.intent)
		}
	}
	return j.err
}

// Pending are the IDs of the jobs that have not ended, sorted.
func (m *Mem) Pending() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []string
	for id, j := range m.jobs {
		if !j.done {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Landed are the intents that were published to t, in that order.
func (m *Mem) Landed(t Target) []Intent {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Intent
	for _, i := range m.landed {
		if i.Target == t {
			all = append(all, i)
		}
	}
	return all
}

// Rows counts the rows that t has.
func (m *Mem) Rows(t Target) int64 {
	var n int64
	for _, i := range m.Landed(t) {
		if i.Disposition != string(Append) {
			n = 0
		}
		n += i.Rows
	}
	return n
}

func memReceipt(i Intent) Receipt {
	return Receipt{
		Target: i.Target, Output: i.Output, JobID: i.ID, Disposition: i.Disposition,
		Rows: i.Rows, Bytes: i.Bytes, Files: i.Files, Columns: i.Columns,
	}
}

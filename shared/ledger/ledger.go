// Package ledger remembers runs and targets, so that a run happens once and a
// target has one writer. Everything in it is an object in the state bucket,
// written under a condition:
//
//	runs/<workflow>/<slot>.<ordinal>/run.json            which manifest; written once
//	  …/outcome.json                                     how a run of several jobs ended; written once
//	  …/jobs/<job>/lease.json                            who is at it, how far, how it ended; rewritten until then
//	  …/jobs/<job>/intents/<id>.json, settled/<id>.json  what was decided, how it ended; written once
//	  …/jobs/<job>/cancel.json                           written once
//	targets/<system>/<address>/head.json                 last good run, open intents; rewritten
//	open/<run>                                           there while a run is
//
// A lease alone does not fence a warehouse: its holder may be presumed dead and
// still have a load on its way. So whoever wants a target first settles every
// earlier intent on it; only then is its own written, and only then carried out.
package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// A Ledger is kept in one prefix of a store. It is safe for concurrent use, by
// many processes.
type Ledger struct {
	Store  object.Store
	Prefix string // gs://bucket[/prefix], no trailing slash
	ID     string // identity of this ledger: part of every publication's ID
	// TTL is how long a lease holds without being renewed, Renew how often it
	// is; zero means 60 and 20 seconds. All processes must have the same.
	TTL, Renew time.Duration
	Log        *slog.Logger
}

func (l *Ledger) ttl() time.Duration {
	if l.TTL > 0 {
		return l.TTL
	}
	return 60 * time.Second
}

func (l *Ledger) renew() time.Duration {
	if l.Renew > 0 {
		return l.Renew
	}
	return 20 * time.Second
}

// A Pin is what all deliveries and all jobs of a run read: the first decides.
type Pin struct {
	Manifest   string            `json:"manifest"`   // URI
	Generation string            `json:"generation"` // its version in the store
	Variables  map[string]string `json:"variables,omitempty"`
	// Files are the versions of the files that the manifest names, by their names.
	Files map[string]string `json:"files,omitempty"`
	// Keep are the jobs that do not run: they succeeded under the ordinal before.
	Keep []string `json:"keep,omitempty"`
}

// version is that of the records' form.
const version = 1

// header is in every record.
type header struct {
	V int `json:"v"`
}

type runRecord struct {
	header
	Pin Pin `json:"pin"`
}

// Pin fixes what the run of key reads. It returns the pin in force: p, or the
// one that an earlier delivery made.
func (l *Ledger) Pin(ctx context.Context, key Key, p Pin) (Pin, error) {
	rec := runRecord{header{version}, p}
	_, err := l.put(ctx, l.path(key.run(), "run.json"), rec, object.Cond{Absent: true})
	if errors.Is(err, fault.Conflict) {
		pin, ok, err := l.Pinned(ctx, key)
		if err == nil && !ok {
			err = fault.Errorf(fault.Transient, "run %s: its record came and went", key)
		}
		return pin, err
	}
	return p, err
}

// Pinned returns the pin of a run that has one.
func (l *Ledger) Pinned(ctx context.Context, key Key) (Pin, bool, error) {
	var rec runRecord
	_, ok, err := l.get(ctx, l.path(key.run(), "run.json"), &rec)
	return rec.Pin, ok, err
}

func (l *Ledger) path(parts ...string) string { return l.Prefix + "/" + strings.Join(parts, "/") }

// put writes a record.
func (l *Ledger) put(ctx context.Context, uri string, rec any, c object.Cond) (object.Attrs, error) {
	text, err := json.Marshal(rec)
	if err != nil {
		return object.Attrs{}, fault.Errorf(fault.Internal, "ledger: %w", err)
	}
	a, err := l.Store.Put(ctx, uri, strings.NewReader(string(text)), c)
	if err != nil {
		return a, fmt.Errorf("ledger: %w", err)
	}
	return a, nil
}

// maxRecord bounds what is read of a record.
const maxRecord = 64 << 20

// get reads a record. ok is false if there is none.
func (l *Ledger) get(ctx context.Context, uri string, rec any) (object.Attrs, bool, error) {
	body, attrs, err := l.Store.Open(ctx, uri, object.Range{})
	if errors.Is(err, fault.NotFound) {
		return attrs, false, nil
	}
	if err != nil {
		return attrs, false, fmt.Errorf("ledger: %w", err)
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxRecord))
	if err != nil {
		return attrs, false, fmt.Errorf("ledger: %w", err)
	}
	if err := json.Unmarshal(text, rec); err != nil {
		return attrs, false, fault.Errorf(fault.Internal, "ledger: %s cannot be read: %w", uri, err)
	}
	var h header
	if _ = json.Unmarshal(text, &h); h.V > version {
		return attrs, false, fault.Errorf(fault.Internal, "ledger: %s was written by a newer Glint (form %d)", uri, h.V)
	}
	return attrs, true, nil
}

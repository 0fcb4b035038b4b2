package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// How much is fetched before it is wanted.
const (
	wholeAhead = 4 << 20
	limitAhead = 512 << 10
	// limitRange is what is asked of an object at first where a LIMIT ends the
	// reading early: of an answer without end the network itself would take some
	// 10 MB more than we do.
	limitRange = 4 << 20
)

var errStopped = fault.Errorf(fault.Transient, "reading was stopped before its end")

// Export writes all outputs. What is read more than once by all of them
// together is kept in a table first; all else is streamed.
func (s *session) Export(ctx context.Context, exports []engine.Export, progress func(engine.Progress)) (engine.Exported, error) {
	for _, e := range exports {
		if err := s.loadOf(ctx, e.View); err != nil {
			return engine.Exported{}, fmt.Errorf("output %s: %w", e.Output, err)
		}
	}
	queries := make([]string, len(exports))
	total := plan{scans: map[int]int{}}
	limited := make([]bool, len(exports))
	for i, e := range exports {
		var err error
		if queries[i], err = s.exportQuery(e); err != nil {
			return engine.Exported{}, fmt.Errorf("output %s: %w", e.Output, err)
		}
		p, err := s.plan(ctx, queries[i])
		if err != nil {
			return engine.Exported{}, fmt.Errorf("output %s: %w", e.Output, err)
		}
		limited[i] = p.limited
		for n, k := range p.scans {
			total.scans[n] += k
		}
		total.unknown += p.unknown
	}
	for n := range s.inputs {
		// A scan without columns could be of any input: with one input and one
		// scan it is known whose it is.
		sure := total.scans[n] + total.unknown
		if sure > 1 || total.unknown > 0 && len(s.inputs) > 1 {
			if err := s.keep(ctx, n); err != nil {
				return engine.Exported{}, err
			}
		}
	}
	var done engine.Exported
	for i, e := range exports {
		out, err := s.export(ctx, e, queries[i], limited[i], progress)
		if err != nil {
			return engine.Exported{}, fmt.Errorf("output %s: %w", e.Output, err)
		}
		done.Outputs = append(done.Outputs, out)
	}
	done.Reads = s.reads()
	return done, nil
}

// exportQuery selects the columns as the target wants them.
func (s *session) exportQuery(e engine.Export) (string, error) {
	if e.Form != relation.Parquet {
		return "", fault.Errorf(fault.Internal, "duckdb does not write %s", e.Form)
	}
	cols := make([]string, len(e.Columns))
	for i, c := range e.Columns {
		expr, err := stored(quoted(c.Name), c.Type)
		if err != nil {
			return "", fmt.Errorf("column %s: %w", c.Name, err)
		}
		cols[i] = expr + " AS " + quoted(c.Name)
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM " + s.view(e.View), nil
}

// export streams one query into one file.
func (s *session) export(ctx context.Context, e engine.Export, query string, limited bool, progress func(engine.Progress)) (engine.Output, error) {
	if err := s.lock(ctx); err != nil {
		return engine.Output{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	feeds, err := s.feed(ctx, limited)
	if err != nil {
		return engine.Output{}, err
	}
	out, err := newPipe(s.budget.Dir)
	if err != nil {
		return engine.Output{}, err
	}
	defer out.remove()
	stopTicker := tick(progress, feeds)
	defer stopTicker()

	up := s.upload(ctx, cancel, e, out)
	defer context.AfterFunc(ctx, func() { // a thread in read or write hears nothing but its pipe
		for _, f := range feeds {
			f.abort()
		}
		out.release()
	})()
	written, copyErr := s.copy(ctx, query, out)
	if copyErr != nil {
		cancel(copyErr)
	}
	out.release() // the reader of a file that was never opened

	feedErr := s.finish(feeds)
	o, upErr := up(written, errors.Join(feedErr, copyErr))
	switch {
	case feedErr != nil:
		return engine.Output{}, feedErr
	case upErr != nil && !errors.Is(upErr, copyErr):
		return engine.Output{}, upErr
	case copyErr != nil:
		return engine.Output{}, copyErr
	}
	return o, upErr
}

// feed starts to feed every input that is not a table.
func (s *session) feed(ctx context.Context, limited bool) ([]*feed, error) {
	ahead, buffer, first := wholeAhead, wholeBuffer, int64(0)
	if limited {
		ahead, buffer, first = limitAhead, limitBuffer, limitRange
	}
	var feeds []*feed
	for n, in := range s.inputs {
		if in.kept || in.pipe == nil {
			continue
		}
		source, err := in.source(n, buffer)
		if err != nil {
			return nil, err
		}
		if err := s.exec(ctx, "CREATE OR REPLACE VIEW "+in.view+" AS "+source); err != nil {
			return nil, err
		}
		feeds = append(feeds, in.start(ctx, ahead, first))
	}
	return feeds, nil
}

func (s *session) copy(ctx context.Context, query string, to *pipe) (int64, error) {
	r, err := s.db.ExecContext(ctx, "COPY ("+query+") TO "+text(to.path)+" (FORMAT parquet, COMPRESSION snappy, USE_TMP_FILE false)")
	if err != nil {
		return 0, s.explained(ctx, err)
	}
	return r.RowsAffected()
}

// finish ends the feeds and notes what they read.
func (s *session) finish(feeds []*feed) error {
	var failed []error
	for _, f := range feeds {
		read, err := f.finish()
		if err != nil {
			failed = append(failed, err)
		}
		if f.opened {
			f.in.read = &read
		}
	}
	return errors.Join(failed...)
}

// upload gives the store the other end of the pipe. The function that it returns
// ends the upload: with an object if nothing failed, with none otherwise.
func (s *session) upload(ctx context.Context, cancel context.CancelCauseFunc, e engine.Export, from *pipe) func(rows int64, failed error) (engine.Output, error) {
	type result struct {
		file relation.File
		err  error
	}
	ended := make(chan result, 1)
	ready := make(chan *part, 1)
	go func() {
		src, err := from.reader()
		if err != nil {
			ready <- nil
			ended <- result{err: err}
			return
		}
		defer src.Close()
		p := newPart(src)
		ready <- p
		file, err := e.Put(ctx, 0, p)
		if err != nil {
			// DuckDB must not go on writing for nobody, nor meet a closed pipe: in
			// its threads that is a signal which ends the process.
			cancel(err)
			_, _ = io.Copy(io.Discard, src)
		}
		ended <- result{file, err}
	}()
	return func(rows int64, failed error) (engine.Output, error) {
		p := <-ready
		if p == nil {
			r := <-ended
			return engine.Output{}, r.err
		}
		if failed == nil {
			select {
			case <-p.drained:
				failed = p.check(rows)
			case r := <-ended:
				return engine.Output{}, r.err
			}
		}
		if failed == nil {
			failed = io.EOF
		}
		p.verdict <- failed
		r := <-ended
		if r.err != nil {
			return engine.Output{}, r.err
		}
		if failed != io.EOF {
			return engine.Output{}, failed
		}
		return engine.Output{Output: e.Output, Files: []relation.File{r.file}, Rows: rows, Bytes: p.bytes.Load()}, nil
	}
}

// check compares what DuckDB says that it wrote with what the file says. Of a
// footer too large to be read here it knows only that it is there; the target
// counts the rows again.
func (p *part) check(rows int64) error {
	n, err := p.rows()
	if err == nil && n >= 0 && n != rows {
		err = fault.Errorf(fault.Transient, "DuckDB wrote %d rows, the file has %d", rows, n)
	}
	return err
}

// abort closes the pipe's end, so that DuckDB does not wait for it.
func (f *feed) abort() {
	f.stop()
	f.in.pipe.release()
}

// tick reports progress twice a second until it is stopped.
func tick(progress func(engine.Progress), feeds []*feed) (stop func()) {
	if progress == nil {
		return func() {}
	}
	quit := make(chan struct{})
	go func() {
		t := time.NewTicker(500 * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-quit:
				return
			case <-t.C:
				var p engine.Progress
				for _, f := range feeds {
					p.BytesRead += f.bytes.Load()
					for _, file := range f.in.rel.Files {
						p.BytesTotal += file.Size
					}
				}
				progress(p)
			}
		}
	}()
	return func() { close(quit) }
}

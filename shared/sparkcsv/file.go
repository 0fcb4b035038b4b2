package sparkcsv

import (
	"bytes"
	"io"
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

const (
	chunk     = 256 << 10 // that is read at a time
	maxRecord = 64 << 20  // that is kept to find a record's end
	flushAt   = 64 << 10  // what a pipe takes at once
)

// charsets are the encodings that are read: whether one byte is one character,
// and whether those beyond ASCII mean nothing.
var charsets = map[string]struct{ single, ascii bool }{
	"": {}, "utf8": {}, "iso88591": {single: true}, "latin1": {single: true}, "l1": {single: true}, "usascii": {true, true}, "ascii": {true, true},
}

// normal takes a charset's name without case and punctuation.
func normal(name string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
}

// File reads one file from r and writes its records to w, as canonical CSV.
// Errors of r and w are returned as they are; uri is for messages. A record
// longer than 64 MB is fault.Exhausted; with mode FAILFAST a bad one is
// fault.Invalid.
func (n *Normalizer) File(uri string, w io.Writer, r io.Reader) error {
	f := n.reading(uri, w, r)
	if err := f.all(); err != nil {
		return err
	}
	return f.flush()
}

func (n *Normalizer) reading(uri string, w io.Writer, r io.Reader) *reading {
	if c := charsets[normal(n.d.Encoding)]; c.single {
		r = &widening{r: r, ascii: c.ascii}
	}
	n.uri, n.line, n.out = uri, 1, n.out[:0]
	return &reading{n: n, w: w, r: r, buf: make([]byte, 0, chunk), header: n.d.Header}
}

// A reading is one file on its way through.
type reading struct {
	n      *Normalizer
	w      io.Writer
	r      io.Reader
	buf    []byte // what is read and not yet done with
	begun  bool   // the first bytes have been looked at
	header bool   // a header is still to come
	// onlyHeader stops the reading after it, with its fields in the tokenizer.
	onlyHeader bool
	final      bool // there is no more than buf
}

// all reads and passes on until the end.
func (f *reading) all() error {
	n := f.n
	for {
		if err := f.fill(); err != nil {
			return err
		}
		done, err := f.pass()
		if err != nil {
			return err
		}
		f.buf = f.rest(done)
		if f.final || f.onlyHeader && !f.header {
			return nil
		}
		if done == 0 && len(f.buf) >= n.most {
			return fault.Errorf(fault.Exhausted, "csv: %s:%d: a record longer than %d MB", n.uri, n.line, n.most>>20).
				WithHint("a quote that is never closed makes one of the rest of the file; see the options quote and multiLine")
		}
	}
}

// rest is what of buf is not done with, at its front: of a smaller one once the
// long record is through that it was made for.
func (f *reading) rest(done int) []byte {
	left := f.buf[done:]
	if cap(f.buf) > 4*chunk && len(left) < chunk/2 {
		return append(make([]byte, 0, chunk), left...)
	}
	return f.buf[:copy(f.buf, left)]
}

// fill reads until buf is full, doubling it if it was.
func (f *reading) fill() error {
	if cap(f.buf)-len(f.buf) < 4 { // the decoder of single bytes needs three
		f.buf = append(make([]byte, 0, 2*cap(f.buf)), f.buf...)
	}
	for idle := 0; len(f.buf) < cap(f.buf) && !f.final; {
		m, err := f.r.Read(f.buf[len(f.buf):cap(f.buf)])
		f.buf = f.buf[:len(f.buf)+m]
		if err == io.EOF {
			f.final = true
		} else if err != nil {
			if err == io.ErrShortBuffer {
				break
			}
			return err
		}
		if idle++; m > 0 {
			idle = 0
		} else if idle > 100 {
			return io.ErrNoProgress
		}
		if m > 0 && !f.begun && len(f.buf) >= chunk/4 {
			break
		}
	}
	if !f.begun {
		f.begin()
	}
	return nil
}

// begin looks at the first bytes: a byte order mark, what ends lines.
func (f *reading) begin() {
	f.begun = true
	if bytes.HasPrefix(f.buf, []byte("\xEF\xBB\xBF")) {
		f.buf = f.buf[:copy(f.buf, f.buf[3:])]
	}
	ends := &f.n.tok.ends
	*ends = [2]byte{}
	if !f.n.d.MultiLine {
		return
	}
	*ends = [2]byte{'\n'}
	if at := bytes.IndexAny(f.buf, "\r\n"); at >= 0 {
		ends[0] = f.buf[at]
		if ends[0] == '\r' && at+1 < len(f.buf) && f.buf[at+1] == '\n' {
			ends[1] = '\n'
		}
	}
}

// pass writes the records of buf that are whole and returns how much of it
// they were.
func (f *reading) pass() (int, error) {
	n, b := f.n, f.buf
	if f.final && len(b) > 0 && !n.d.MultiLine && b[len(b)-1] != '\n' && b[len(b)-1] != '\r' {
		b = append(b, '\n')
		f.buf = b
	}
	limit := len(b)
	if !n.d.MultiLine && !f.final || n.d.MultiLine {
		limit = lastEnd(b)
	}
	run, i := 0, 0 // b[run:i] is passed on as it is
	direct := n.fast && n.direct && n.tok.ends[0] != '\r'
	for missed := 0; i < len(b); {
		// Where one record is not canonical, the next ones probably are not.
		if missed--; direct && missed <= 0 && !f.header && i < limit {
			if end := n.canonical(b[:limit], i); end > 0 {
				n.stats.Records++
				n.line++
				i = end
				continue
			}
			missed = 16
		}
		if n.fast && !f.header && i < limit {
			end, verdict := n.plain(b[:limit], i)
			if verdict != slow {
				if verdict == copied {
					if err := f.emit(b[run:i]); err != nil {
						return 0, err
					}
					n.appendPlain(b)
					run = end
				}
				n.stats.Records++
				n.line++
				i = end
				continue
			}
		}
		if i >= limit && !n.d.MultiLine {
			break
		}
		if err := f.emit(b[run:i]); err != nil {
			return 0, err
		}
		end, err := f.exact(b, i, limit)
		if err != nil {
			return 0, err
		}
		run = max(end, i)
		if end < 0 {
			break
		}
		i = end
		if f.onlyHeader && !f.header {
			break
		}
	}
	return i, f.emit(b[run:i])
}

// lastEnd returns the end of the last line in b that is certainly whole.
func lastEnd(b []byte) int {
	if at := bytes.LastIndexByte(b, '\n'); at >= 0 {
		return at + 1
	}
	if len(b) == 0 {
		return 0
	}
	return bytes.LastIndexByte(b[:len(b)-1], '\r') + 1
}

// emit passes on b, which is canonical. Small pieces are gathered.
func (f *reading) emit(b []byte) error {
	n := f.n
	if len(b) < 16<<10 {
		n.out = append(n.out, b...)
		b = nil
	}
	if len(b) > 0 || len(n.out) >= flushAt {
		if err := f.flush(); err != nil {
			return err
		}
	}
	if len(b) > 0 {
		_, err := f.w.Write(b)
		return err
	}
	return nil
}

func (f *reading) flush() error {
	n := f.n
	if len(n.out) == 0 {
		return nil
	}
	_, err := f.w.Write(n.out)
	n.out = n.out[:0]
	if cap(n.out) > 4<<20 {
		n.out = nil
	}
	return err
}

// exact reads the record at b[i:] by the exact rules and returns its end, or
// -1 if more of the file is needed.
func (f *reading) exact(b []byte, i, limit int) (int, error) {
	n := f.n
	if n.d.MultiLine {
		return f.exactMulti(b, i)
	}
	end := i + bytes.IndexAny(b[i:limit], "\r\n")
	line := b[i:end]
	if b[end] == '\r' && end+1 < len(b) && b[end+1] == '\n' {
		end++
	}
	end++
	defer func() { n.line++ }()
	if n.skipped(line, f.header) {
		return end, nil
	}
	if !n.tok.record(line, 0, true) {
		if n.tok.err == nil {
			n.tok.fields = append(n.tok.fields[:0], span{null: true})
		} else {
			return 0, n.fail(n.tok.err)
		}
	}
	return end, f.record()
}

func (f *reading) exactMulti(b []byte, i int) (int, error) {
	n := f.n
	found := n.tok.record(b, i, f.final)
	if n.tok.short {
		return -1, nil
	}
	if n.tok.err != nil {
		return 0, n.fail(n.tok.err)
	}
	end := n.tok.i
	if n.d.Comment != 0 && b[i] == n.d.Comment {
		if end = n.lineEnd(b, i, f.final); end < 0 {
			return -1, nil
		}
		found = false
	}
	lines := int64(bytes.Count(b[i:end], []byte{n.tok.ends[0]}))
	defer func() { n.line += lines }()
	if !found {
		return end, nil
	}
	return end, f.record()
}

// lineEnd returns where the line at b[i:] ends in a file of multi-line records.
func (n *Normalizer) lineEnd(b []byte, i int, final bool) int {
	ends := n.tok.ends
	sep := ends[:1]
	if ends[1] != 0 {
		sep = ends[:2]
	}
	if at := bytes.Index(b[i:], sep); at >= 0 {
		return i + at + len(sep)
	}
	if final {
		return len(b)
	}
	return -1
}

// skipped reports whether a line is no record: blank, or a comment.
func (n *Normalizer) skipped(line []byte, header bool) bool {
	if len(javaTrim(line)) == 0 {
		return true
	}
	if header {
		line = javaTrim(line)
		return n.d.Comment != 0 && line[0] == n.d.Comment
	}
	return n.d.Comment != 0 && line[0] == n.d.Comment
}

// record writes the record that the tokenizer has found, or takes it as the header.
func (f *reading) record() error {
	if f.header {
		f.header = false
		f.n.checkHeader()
		return nil
	}
	if f.n.watch != nil {
		f.n.watch()
		return nil
	}
	if err := f.n.appendRecord(); err != nil {
		return err
	}
	return f.emit(nil)
}

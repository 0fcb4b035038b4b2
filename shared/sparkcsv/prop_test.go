package sparkcsv

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

func run(t testing.TB, cols []relation.Column, d relation.CSVDecode, r io.Reader) (string, Stats) {
	t.Helper()
	n, err := New(cols, d)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := n.File("gs://b/city.csv", &out, r); err != nil {
		t.Fatal(err)
	}
	return out.String(), n.Stats()
}

// Canonical records pass unchanged, and normalising twice is normalising once.
func TestPassThrough(t *testing.T) {
	for _, style := range []string{"plain", "quoted"} {
		body := table(2<<20, style)
		got, stats := run(t, twelve, relation.SparkCSV(), bytes.NewReader(body))
		if want := string(body[bytes.IndexByte(body, '\n')+1:]); got != want {
			t.Errorf("%s: changed", style)
		}
		if want := int64(bytes.Count(body, []byte("\n")) - 1); stats.Records != want || len(stats.Bad) > 0 || stats.HeaderMismatch != "" {
			t.Errorf("%s: stats = %+v, want %d records", style, stats, want)
		}
	}
	d := relation.SparkCSV()
	d.Header, d.Escape = false, '"' // as the canonical dialect has it
	for _, style := range []string{"crlf", "iso", "rewritten"} {
		once, _ := run(t, twelve, relation.SparkCSV(), bytes.NewReader(table(1<<20, style)))
		twice, _ := run(t, twelve, d, strings.NewReader(once))
		if once != twice {
			t.Errorf("%s: not canonical after one pass", style)
		}
	}
}

// How the reader cuts the file makes no difference, and neither does the size
// of a record.
func TestCuts(t *testing.T) {
	for _, group := range []string{"edges", "fuzz"} {
		for k, g := range goldens(t, group) {
			if k%7 != 0 {
				continue
			}
			whole, ws := run(t, g.columns(), g.decode(), strings.NewReader(g.body()))
			cut, cs := run(t, g.columns(), g.decode(), iotest.OneByteReader(iotest.DataErrReader(strings.NewReader(g.body()))))
			if whole != cut || ws.Records != cs.Records || ws.First != cs.First {
				t.Errorf("%s %s: byte by byte %.200q, at once %.200q", group, g.Name, cut, whole)
			}
		}
	}
	long := strings.Repeat("x", 1<<20)
	for _, multi := range []bool{false, true} {
		d := relation.SparkCSV()
		d.MultiLine = multi
		got, _ := run(t, twelve[1:3], d, strings.NewReader("name,country\n"+long+",DE\n\""+long+"\",\"\\\"\"\n"))
		if want := long + ",DE\n" + long + ",\"\"\"\"\n"; got != want {
			t.Errorf("multiLine %v: long records: got %d bytes, want %d", multi, len(got), len(want))
		}
	}
}

func TestTooLong(t *testing.T) {
	for _, multi := range []bool{false, true} {
		d := relation.SparkCSV()
		d.MultiLine = multi
		n, err := New(twelve, d)
		if err != nil {
			t.Fatal(err)
		}
		n.most = 1 << 20 // rather than 64 MB, which the race detector makes slow
		body := io.MultiReader(strings.NewReader("id,name\n1,\""), io.LimitReader(exes{}, 20<<20))
		if err := n.File("f.csv", io.Discard, body); !errors.Is(err, fault.Exhausted) {
			t.Errorf("multiLine %v: File = %v, want it exhausted", multi, err)
		}
	}
}

type exes struct{} // of the letter x

func (exes) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestCounts(t *testing.T) {
	body := "id,town,country\n1,a,b\nx,a,b\n\n3,a\ny,a,b,c\n"
	cols := []relation.Column{{Name: "id", Type: relation.Of(relation.Int)}, twelve[1], twelve[2]}
	out, stats := run(t, cols, relation.SparkCSV(), strings.NewReader(body))
	if want := "1,a,b\n,a,b\n3,a,\n,a,b\n"; out != want {
		t.Errorf("PERMISSIVE: %q, want %q", out, want)
	}
	if stats.Bad["id"] != 2 || stats.Bad[""] != 2 || stats.Records != 4 {
		t.Errorf("PERMISSIVE: %+v", stats)
	}
	if want := "gs://b/city.csv:3: column id: not int"; stats.First != want {
		t.Errorf("First = %q, want %q", stats.First, want)
	}
	if want := `gs://b/city.csv: column 2 is "town" in the header and "name" in the schema`; stats.HeaderMismatch != want {
		t.Errorf("HeaderMismatch = %q, want %q", stats.HeaderMismatch, want)
	}
	d := relation.SparkCSV()
	d.Mode = relation.DropMalformed
	if out, stats = run(t, cols, d, strings.NewReader(body)); out != "1,a,b\n" || stats.Records != 1 {
		t.Errorf("DROPMALFORMED: %q, %+v", out, stats)
	}
	d.Mode = relation.FailFast
	n, err := New(cols, d)
	if err != nil {
		t.Fatal(err)
	}
	err = n.File("f.csv", io.Discard, strings.NewReader(body))
	if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "f.csv:3: ") || strings.Contains(err.Error(), "x,") {
		t.Errorf("FAILFAST: %v", err)
	}
}

func TestErrorsPass(t *testing.T) {
	broken := errors.New("broken")
	n, err := New(twelve, relation.SparkCSV())
	if err != nil {
		t.Fatal(err)
	}
	body := table(1<<20, "plain")
	if err := n.File("f", failing{broken}, bytes.NewReader(body)); err != broken {
		t.Errorf("writer's error: %v", err)
	}
	if err := n.File("f", io.Discard, io.MultiReader(bytes.NewReader(body), iotest.ErrReader(broken))); err != broken {
		t.Errorf("reader's error: %v", err)
	}
	if err := n.File("f", io.Discard, io.MultiReader(bytes.NewReader(body), iotest.ErrReader(io.ErrUnexpectedEOF))); err != io.ErrUnexpectedEOF {
		t.Errorf("a cut: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(*relation.CSVDecode){
		"sep": func(d *relation.CSVDecode) { d.Delimiter = "||" }, "encoding": func(d *relation.CSVDecode) { d.Encoding = "UTF-16" },
		"dateFormat": func(d *relation.CSVDecode) { d.DateFormat = "EEEE" }, "timestampFormat": func(d *relation.CSVDecode) { d.TimestampFormat = "yyyy VV" },
	} {
		d := relation.SparkCSV()
		change(&d)
		if _, err := New(twelve, d); !errors.Is(err, fault.Refused) || !strings.Contains(err.Error(), "option "+name) {
			t.Errorf("%s: New = %v, want it refused by name", name, err)
		}
	}
	for _, typ := range []relation.Type{relation.Of(relation.Binary), relation.ArrayOf(relation.Of(relation.Int)), relation.Of(relation.DayTimeInterval)} {
		if _, err := New([]relation.Column{{Name: "c", Type: typ}}, relation.SparkCSV()); !errors.Is(err, fault.Refused) || !strings.Contains(err.Error(), "column c") {
			t.Errorf("%s: New = %v, want it refused by name", typ, err)
		}
	}
}

// Whatever the file, the output is canonical with as many fields as columns,
// and the fast way says what the exact one does.
func FuzzFile(f *testing.F) {
	for _, g := range goldens(f, "edges") {
		if len(g.body()) < 300 {
			f.Add([]byte(g.body()), uint8(len(g.Name)))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, options uint8) {
		d := relation.SparkCSV()
		d.Header = options&1 != 0
		d.MultiLine = options&2 != 0
		d.TrimLeft, d.TrimRight = options&4 != 0, options&8 != 0
		if options&16 != 0 {
			d.Escape = '"'
		}
		if options&32 != 0 {
			d.Delimiter = ";"
		}
		if options&64 != 0 {
			d.NullValue, d.EmptyValue = "1", "E"
		}
		if options&128 != 0 {
			d.Encoding = "ISO-8859-1"
		}
		cols := []relation.Column{twelve[1], twelve[0], twelve[4], twelve[5], twelve[7], twelve[8]}
		fast, err := New(cols, d)
		if err != nil {
			t.Fatal(err)
		}
		exact, _ := New(cols, d)
		exact.Now, exact.fast = fast.Now, false
		var out, want bytes.Buffer
		err1, err2 := fast.File("f", &out, bytes.NewReader(body)), exact.File("f", &want, bytes.NewReader(body))
		if err1 != nil || err2 != nil {
			return // too deep, too many: an error is an answer
		}
		got, wanted := parseCanonical(t, out.String()), parseCanonical(t, want.String())
		if len(got) != len(wanted) || fast.Stats().First != exact.Stats().First {
			t.Fatalf("fast %q %+v, exact %q %+v", out.String(), fast.Stats(), want.String(), exact.Stats())
		}
		for i, row := range got {
			if len(row) != len(cols) {
				t.Fatalf("record %d of %q has %d fields", i, out.String(), len(row))
			}
			for k, typ := range []string{"string", "long", "double", "decimal", "date", "timestamp"} {
				if a, b := value(t, typ, row[k]), value(t, typ, wanted[i][k]); a != b {
					t.Fatalf("record %d column %d: fast %s, exact %s", i, k, a, b)
				}
			}
		}
	})
}

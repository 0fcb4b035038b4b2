package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/azure"
	"github.com/glint-data/glint/shared/azure/azuretest"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

// One emulator of Azure serves all tests; TestMain ends it.
var azurite struct {
	once sync.Once
	it   *azuretest.Azurite
	err  error
	next atomic.Int32
}

// A lake is a world whose landing depot is in Azure Storage, with a line to it
// that can be spoiled.
type lake struct {
	*world
	azurite   *azuretest.Azurite
	line      *azuretest.Line
	blobs     *azure.Store // past the line
	container string
	env       map[string]string // by which a worker finds the depot
}

// newLake is a world with a depot thirdparty01 of that type, and the data set in it.
func newLake(t *testing.T, kind string) *lake {
	t.Helper()
	azurite.once.Do(func() { azurite.it, azurite.err = azuretest.Start(t.Context(), "") })
	azuretest.Need(t, azurite.err)
	return newLakeOn(t, azurite.it, kind)
}

func newLakeOn(t *testing.T, on *azuretest.Azurite, kind string) *lake {
	t.Helper()
	k := &lake{world: newWorld(t), azurite: on, line: azuretest.NewLine(t, on.URL), container: fmt.Sprintf("landing%d", azurite.next.Add(1))}
	if err := on.Container(t.Context(), k.container); err != nil {
		t.Fatal(err)
	}
	var err error
	k.blobs, err = azure.New(azure.Options{Account: azuretest.Account, Endpoint: on.URL, Credential: azure.Credential{Key: on.Key}})
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := json.Marshal(map[string]string{"azurestorageaccountname": azuretest.Account, "azurestorageaccountkey": on.Key})
	k.env = map[string]string{"AZURE_STORAGE_EMULATOR_HOST": k.line.URL, "GLINT_SECRET_THIRDPARTY01_R": string(secret)}
	for _, a := range k.listed("city/") { // nothing of the old depot can be read by mistake
		if err := k.store.Delete(t.Context(), a, object.Cond{}); err != nil {
			t.Fatal(err)
		}
	}
	k.put("depots/thirdparty01.yaml", fmt.Sprintf(`name: thirdparty01
version: v2alpha
type: depot
layer: user
depot:
  type: %s
  external: true
  secrets:
    - name: thirdparty01-r
      allKeys: true
  %s:
    account: %s
    container: %s
    relativePath: /
`, kind, strings.ToLower(kind), azuretest.Account, k.container))
	k.pour("schemas/avsc/city.avsc", []byte(citySchema))
	k.pour("city/city.csv", cities("old", 40))
	return k
}

func (k *lake) listed(prefix string) []string {
	return objecttest.URIs(k.t, k.store, "gs://"+landing+"/"+prefix, "")
}

func (k *lake) uri(name string) string {
	return "abfss://" + k.container + "@" + azuretest.Account + ".dfs.core.windows.net/" + name
}

// pour puts an object into the depot.
func (k *lake) pour(name string, data []byte) object.Attrs {
	k.t.Helper()
	return objecttest.Put(k.t, k.blobs, k.uri(name), data)
}

// begin starts a function that reaches the depot.
func (k *lake) begin(env map[string]string) *worker {
	k.t.Helper()
	all := maps.Clone(k.env)
	maps.Copy(all, env)
	return k.start(all)
}

// reads decides what goes wrong with the nth read (from 0) of an object's bytes.
func (k *lake) reads(name string, f func(n int) *azuretest.Fault) {
	var n atomic.Int32
	k.line.Fault(func(r *http.Request) *azuretest.Fault {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/"+name) {
			return nil
		}
		return f(int(n.Add(1)) - 1)
	})
}

// TestAzure: the seed's workflow, as it is, with its depot in Azure Storage
// under both of its types.
func TestAzure(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"ABFSS", "WASBS"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			k := newLake(t, kind)
			p := k.begin(nil)
			p.run("1", seed, slot1)
			if diff := cmp.Diff(ten("old"), k.rows("city")); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			o := k.outcome(seed, slot1)
			if o.Status != ledger.Succeeded {
				t.Errorf("outcome %+v", o)
			}
			if strings.Contains(p.out.String()+p.err.String(), k.azurite.Key[:20]) {
				t.Error("the log has the account's key")
			}
			k.wantTidy(seed)
		})
	}
}

// TestAzureCut: a download ends too early, where a row ends, so that what
// arrived is good CSV.
func TestAzureCut(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]azuretest.Cut{"length": azuretest.CutLength, "chunked": azuretest.CutChunked, "close": azuretest.CutClose} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newLake(t, "ABFSS")
			data := cities("new", manyRows)
			put := k.pour("city/city.csv", data)
			k.whole("all", "city", "all")
			half := boundary(data, len(data)/2)
			k.reads("city.csv", func(n int) *azuretest.Fault {
				if n == 0 {
					return &azuretest.Fault{Cut: cut, After: half}
				}
				return nil
			})
			k.begin(nil).run("1", "all", slot1)
			o := k.outcome("all", slot1)
			if o.Status != ledger.Succeeded || o.Receipts[0].Rows != manyRows || o.Reads[0].Bytes != int64(len(data)) {
				t.Errorf("outcome %+v", o)
			}
			pinned := 0
			for _, r := range k.line.Seen() {
				if strings.Contains(r, "city.csv") && strings.HasSuffix(r, `"`+put.Version+`"`) {
					pinned++
				}
			}
			if pinned < 2 {
				t.Errorf("%d reads are pinned: %v", pinned, k.line.Seen())
			}
			k.wantTidy("all")
		})
	}
}

// TestAzureSwapped: the blob is replaced while it is read. No row of the one
// gets beside a row of the other.
func TestAzureSwapped(t *testing.T) {
	t.Parallel()
	k := newLake(t, "ABFSS")
	k.whole("all", "city", "all")
	p := k.begin(nil)
	p.run("1", "all", slot1)
	before := k.rows("all")
	data := cities("lost", manyRows)
	k.pour("city/city.csv", data)
	half := boundary(data, len(data)/2)
	k.reads("city.csv", func(n int) *azuretest.Fault {
		switch n {
		case 0:
			return &azuretest.Fault{Cut: azuretest.CutLength, After: half}
		case 1:
			k.pour("city/city.csv", cities("new", 500))
		}
		return nil
	})
	status, answer := p.deliver("2", "all", slot2)
	if status != 503 || !strings.Contains(answer, k.uri("city/city.csv")) {
		t.Errorf("answered %d %s", status, answer)
	}
	t.Log(answer)
	if diff := cmp.Diff(before, k.rows("all")); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	p.run("2", "all", slot2)
	rows := k.rows("all")
	if len(rows) != 500 || slices.ContainsFunc(rows, func(id string) bool { return !strings.HasPrefix(id, "new-") }) {
		t.Errorf("%d rows, among them %v", len(rows), rows[:min(3, len(rows))])
	}
	k.wantTidy("all")
}

// TestAzureSlow: 20 kB a second are too few. The answer names the input and how
// far it came; the table is as it was.
func TestAzureSlow(t *testing.T) {
	t.Parallel()
	k := newLake(t, "ABFSS")
	k.whole("all", "city", "all")
	k.begin(nil).run("1", "all", slot1)
	before := k.rows("all")
	data := cities("new", manyRows)
	k.pour("city/city.csv", data)
	k.reads("city.csv", func(int) *azuretest.Fault { return &azuretest.Fault{Rate: 20_000} })
	p := k.begin(map[string]string{"GLINT_DEADLINE": "3s"})
	status, answer := p.deliver("2", "all", slot2)
	named := regexp.MustCompile(fmt.Sprintf(`input city_connect: %s: [1-9][0-9]* bytes read of %d`, regexp.QuoteMeta(k.uri("city/city.csv")), len(data)))
	if status != 503 || !named.MatchString(answer) {
		t.Errorf("answered %d %s, want %s", status, answer, named)
	}
	t.Log(answer)
	if diff := cmp.Diff(before, k.rows("all")); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	k.line.Fault(nil)
	p.run("2", "all", slot2)
	if o := k.outcome("all", slot2); o.Status != ledger.Succeeded || o.Receipts[0].Rows != manyRows {
		t.Errorf("outcome %+v", o)
	}
	k.wantTidy("all")
}

// fill puts a data set of about size bytes into the depot, in rows of 100, and
// returns what it has.
func (k *lake) fill(name string, size int) (rows, total int64) {
	k.t.Helper()
	const each = 10_000
	piece := bytes.Repeat([]byte(strings.Repeat("x", 90)+",12345678\n"), each)
	parts := []io.Reader{bytes.NewReader(cities("old", 40))}
	for range size / len(piece) {
		parts = append(parts, bytes.NewReader(piece))
	}
	a, err := k.blobs.Put(k.t.Context(), k.uri(name), io.MultiReader(parts...), object.Cond{})
	if err != nil {
		k.t.Fatal(err)
	}
	return int64(40 + each*(len(parts)-1)), a.Size
}

// TestAzureLimit: LIMIT 10 ends the download, however large the blob is.
func TestAzureLimit(t *testing.T) {
	t.Parallel()
	k := newLake(t, "ABFSS")
	_, total := k.fill("city/city.csv", 100<<20)
	k.begin(nil).run("1", seed, slot1)
	if diff := cmp.Diff(ten("old"), k.rows("city")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	served := k.line.Served("/city.csv")
	if served == 0 || served > 16<<20 {
		t.Errorf("%d bytes were downloaded for ten rows", served)
	}
	t.Logf("%.1f MB served of %.1f", float64(served)/1e6, float64(total)/1e6)
}

// TestAzureLarge: all of a large blob passes through an instance that could not
// hold it. scripts/torture has one of a gigabyte.
func TestAzureLarge(t *testing.T) {
	on, err := azuretest.Start(t.Context(), t.TempDir())
	azuretest.Need(t, err)
	t.Cleanup(on.Close)
	k := newLakeOn(t, on, "ABFSS")
	size := 96 << 20
	if os.Getenv("GLINT_TORTURE") != "" {
		size = 1 << 30
	}
	p := k.begin(map[string]string{"GLINT_MEMORY": "512"})
	p.run("0", seed, slot1) // what a run needs however small it is
	small := p.peak()
	rows, total := k.fill("city/city.csv", size)
	k.whole("all", "city", "all")
	began := time.Now()
	status, answer := p.deliver("1", "all", slot1)
	took := time.Since(began)
	if status != 204 {
		t.Fatalf("answered %d %s", status, answer)
	}
	o := k.outcome("all", slot1)
	if o.Status != ledger.Succeeded || o.Reads[0].Bytes != total || o.Receipts[0].Rows != rows {
		t.Errorf("outcome %+v, want %d rows of %d bytes", o, rows, total)
	}
	t.Logf("%d MB in %.1f s; peak memory %d MB, %d MB after a small run", total>>20, took.Seconds(), p.peak()>>20, small>>20)
	if grown := p.peak() - small; grown > 256<<20 {
		t.Errorf("memory grew by %d MB", grown>>20)
	}
}

// peak is the most memory that the function has had, 0 where the system does not say.
func (p *worker) peak() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(`VmHWM:\s+([0-9]+) kB`).FindSubmatch(text)
	if m == nil {
		return 0
	}
	kb, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return kb << 10
}

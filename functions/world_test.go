package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	pubsub "cloud.google.com/go/pubsub/v2/apiv1"
	bq "google.golang.org/api/bigquery/v2"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/glint-data/glint/infra"
	"github.com/glint-data/glint/shared/bigquery"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/gcs"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/localcloud"
)

// TestMain lets the test binary be the function: the tests start it as a
// process of its own, which they can kill, stop and continue.
func TestMain(m *testing.M) {
	if os.Getenv("GLINT_TEST_SERVE") != "" {
		main()
		return
	}
	// Most of the time is spent on waiting for a dead one's lease: more at once
	// than there are processors, unless -parallel says otherwise.
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	code := m.Run()
	if azurite.it != nil {
		azurite.it.Close()
	}
	os.Exit(code)
}

// The names in infra/: the seed's workflow, as it is deployed.
const (
	seed      = "bq-write-01"
	seedFile  = "workflows/" + seed + ".yaml"
	project   = "acme-data"
	landing   = "acme-thirdparty01"
	temporary = "tmdc-development-new"
	state     = "glint-state"
	lease     = 2 * time.Second
)

// A world is a local cloud with all that infra/ declares on it, unchanged, and
// what a person at a console would look at it with.
type world struct {
	t     *testing.T
	cloud *localcloud.Cloud
	bq    *bq.Service
	table *bigquery.Writer
	store *gcs.Store

	pubsub *pubsub.SubscriptionAdminClient
}

func newWorld(t *testing.T) *world { return newWorldOn(t, "", 0.01) }

// newWorldOn has another Pub/Sub than the local cloud's own, if address is not "".
func newWorldOn(t *testing.T, address string, scale float64) *world {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	cloud, err := localcloud.Start(ctx, localcloud.Options{
		Project: project, Temporary: []string{temporary, landing}, Datasets: []string{"dev"}, Scale: scale, PubSub: address,
		Failed: func(err error) { t.Logf("cloud: %v", err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Close)
	w := &world{t: t, cloud: cloud}
	env := cloud.Env()
	w.bq, err = bq.NewService(ctx, option.WithEndpoint(env["BIGQUERY_EMULATOR_HOST"]+"/bigquery/v2/"), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	if w.table, err = bigquery.New(ctx, bigquery.Options{Project: project, Endpoint: env["BIGQUERY_EMULATOR_HOST"]}); err != nil {
		t.Fatal(err)
	}
	if w.store, err = gcs.New(ctx, gcs.Options{Endpoint: env["STORAGE_EMULATOR_HOST"]}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	if w.pubsub, err = pubsub.NewSubscriptionAdminClient(ctx, option.WithEndpoint(env["PUBSUB_EMULATOR_HOST"]), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials()))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.pubsub.Close() })
	w.upload(infra.Files)
	w.cloud.Storage.Put(landing, "schemas/avsc/city.avsc", []byte(citySchema))
	w.land("city", "old", 40)
	return w
}

func (w *world) upload(files fs.FS) {
	w.t.Helper()
	if err := w.cloud.Upload(context.WithoutCancel(w.t.Context()), files); err != nil {
		w.t.Fatal(err)
	}
}

const citySchema = `{"type": "record", "name": "city", "fields": [
  {"name": "city_id", "type": ["null", "string"]},
  {"name": "population", "type": ["null", "long"]}
]}`

// land puts a data set into the landing bucket: rows <word>-1 and so on.
func (w *world) land(dir, word string, rows int) {
	w.cloud.Storage.Put(landing, dir+"/city.csv", cities(word, rows))
}

func cities(word string, rows int) []byte {
	var b bytes.Buffer
	b.WriteString("city_id,population\n")
	for i := range rows {
		fmt.Fprintf(&b, "%s-%d,%d\n", word, i+1, 1000+i)
	}
	return b.Bytes()
}

// manifest is the seed's workflow with some of its text replaced.
func manifest(t *testing.T, replace ...string) string {
	t.Helper()
	text, err := fs.ReadFile(infra.Files, seedFile)
	if err != nil {
		t.Fatal(err)
	}
	out := string(text)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(out, replace[i]) {
			t.Fatalf("%s has no %q", seedFile, replace[i])
		}
		out = strings.Replace(out, replace[i], replace[i+1], 1)
	}
	return out
}

// workflow uploads a copy of the seed's workflow under another name, which
// reads another directory and writes another table.
func (w *world) workflow(name, input, table string) {
	w.t.Helper()
	w.put("workflows/"+name+".yaml", manifest(w.t, "name: "+seed, "name: "+name, "thirdparty01:none/city", "thirdparty01:none/"+input,
		"bqdepot:dev/city", "bqdepot:dev/"+table))
}

func (w *world) put(name, text string) {
	w.t.Helper()
	w.upload(fstest.MapFS{name: {Data: []byte(text)}})
}

// rows are the values of a table's first column, in order; nil if there is no table.
func (w *world) rows(table string) []string {
	rows, err := w.read(table)
	if err != nil {
		w.t.Errorf("reading %s: %v", table, err)
	}
	return rows
}

func (w *world) read(table string) ([]string, error) {
	r, err := w.table.Preview(context.WithoutCancel(w.t.Context()), []string{project, "dev", table}, 1000)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, row := range r.Values {
		ids = append(ids, fmt.Sprint(row[0]))
	}
	return ids, nil
}

// ten are the first ten rows of a data set.
func ten(word string) []string {
	var ids []string
	for i := range 10 {
		ids = append(ids, fmt.Sprintf("%s-%d", word, i+1))
	}
	return ids
}

// loads are the load jobs into a table that have not failed, oldest first.
func (w *world) loads(table string) []*bq.Job {
	w.t.Helper()
	var found []*bq.Job
	err := w.bq.Jobs.List(project).Projection("full").Pages(context.WithoutCancel(w.t.Context()), func(page *bq.JobList) error {
		for _, item := range page.Jobs {
			c := item.Configuration
			if c != nil && c.Load != nil && c.Load.DestinationTable.TableId == table && item.ErrorResult == nil {
				found = append(found, &bq.Job{JobReference: item.JobReference, Configuration: c, Statistics: item.Statistics, Status: item.Status})
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Reverse(found)
	return found
}

// wantTidy holds the temporary bucket to hold nothing of a workflow, and the
// ledger to know no open run of it, soon: a run is swept after its end is known.
func (w *world) wantTidy(workflow string) {
	w.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var left []string
		for _, prefix := range []string{"gs://" + temporary + "/glint/" + workflow + "/", "gs://" + state + "/open/" + workflow} {
			for a, err := range w.store.List(context.WithoutCancel(w.t.Context()), prefix, "") {
				if err != nil {
					w.t.Fatal(err)
				}
				left = append(left, a.URI)
			}
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			w.t.Errorf("left: %s", strings.Join(left, ", "))
			return
		}
	}
}

// outcome is how a run ended; it must have.
func (w *world) outcome(workflow, slot string) ledger.Outcome {
	w.t.Helper()
	at, err := time.Parse(time.RFC3339, slot)
	if err != nil {
		w.t.Fatal(err)
	}
	l := ledger.Ledger{Store: w.store, Prefix: "gs://" + state, ID: "glint"}
	jobs, err := l.Jobs(context.WithoutCancel(w.t.Context()), ledger.Key{Workflow: workflow, Slot: at})
	if err != nil || len(jobs) != 1 || jobs[0].Outcome == nil {
		w.t.Fatalf("run %s %s: %d jobs, %v, or no outcome", workflow, slot, len(jobs), err)
	}
	return *jobs[0].Outcome
}

// until waits for a condition.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

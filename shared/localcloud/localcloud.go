// Package localcloud is a laptop's Google Cloud in one process: Cloud Storage,
// Pub/Sub with push delivery, a scheduler and BigQuery. The door that it pushes
// to is given; it knows none of them, and nothing else in the house knows
// whether it runs here or there.
package localcloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	api "cloud.google.com/go/pubsub/v2/apiv1"
	bq "google.golang.org/api/bigquery/v2"
	"google.golang.org/api/option"

	"github.com/glint-data/glint/shared/bigquery/bigquerytest"
	"github.com/glint-data/glint/shared/gcs"
	"github.com/glint-data/glint/shared/gcs/gcstest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/pubsub/pubsubtest"
	"github.com/glint-data/glint/shared/workflow"
)

// Options say what the cloud has when it starts.
type Options struct {
	Project    string   // glint-local if empty
	Location   string   // of buckets and datasets; US if empty
	Temporary  []string // temporary buckets that manifests name
	Datasets   []string // of BigQuery
	FileDepots string   // the folder below which depots of type FILE may lie
	// PubSub is the host:port of an emulator that is used instead of one in this
	// process. It pushes by itself; topics and subscriptions are made on it.
	PubSub string
	// Scale is how long a second of Pub/Sub's back-off takes; 0 is 1. For tests.
	Scale float64
	// Failed hears what goes wrong behind the scenes; nil is nobody.
	Failed func(error)
}

// The names that Terraform gives the same things.
const (
	rootBucket  = "glint-root"
	stateBucket = "glint-state"
)

// A Cloud runs until it is closed.
type Cloud struct {
	Storage  *gcstest.Server
	BigQuery *bigquerytest.Server
	PubSub   *pubsubtest.Server // nil where Options name another

	o         Options
	storage   string // URLs
	bigquery  string
	pubsub    string // host:port
	topics    *api.TopicAdminClient
	subs      *api.SubscriptionAdminClient
	store     *gcs.Store
	scheduler scheduler
	closers   []func()
}

// Start starts the services, with their buckets, topics and datasets.
func Start(ctx context.Context, o Options) (*Cloud, error) {
	if o.Project == "" {
		o.Project = "glint-local"
	}
	if o.Location == "" {
		o.Location = "US"
	}
	if o.Failed == nil {
		o.Failed = func(error) {}
	}
	c := &Cloud{o: o}
	if err := errors.Join(c.startStorage(ctx), c.startBigQuery(ctx), c.startPubSub(ctx)); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Cloud) startStorage(ctx context.Context) (err error) {
	c.Storage = gcstest.New(gcstest.Options{OnEvent: c.event})
	var stop func()
	c.storage, stop = c.Storage.Start()
	c.closers = append(c.closers, stop)
	for _, b := range append([]string{rootBucket, stateBucket}, c.o.Temporary...) {
		c.Storage.CreateBucket(b, c.o.Location)
	}
	c.Storage.KeepVersions(rootBucket) // a run reads the generation that it is pinned to
	if c.store, err = gcs.New(ctx, gcs.Options{Endpoint: c.storage}); err == nil {
		c.closers = append(c.closers, func() { _ = c.store.Close() })
	}
	return err
}

// event publishes what a bucket's notifications ask for.
func (c *Cloud) event(topic string, attributes map[string]string, data []byte) {
	if _, err := c.send(context.Background(), topic, data, attributes); err != nil {
		c.o.Failed(fmt.Errorf("notification to %s: %w", topic, err))
	}
}

func (c *Cloud) startBigQuery(ctx context.Context) (err error) {
	c.BigQuery, err = bigquerytest.New(bigquerytest.Options{
		Location: c.o.Location,
		Open: func(ctx context.Context, uri string) (io.ReadCloser, error) {
			body, _, err := c.store.Open(ctx, uri, object.Range{})
			return body, err
		},
		List: func(ctx context.Context, prefix string) (uris []string, err error) {
			for a, err := range c.store.List(ctx, prefix, "") {
				if err != nil {
					return nil, err
				}
				uris = append(uris, a.URI)
			}
			return uris, nil
		},
	})
	if err != nil {
		return err
	}
	var stop func()
	if c.bigquery, stop, err = c.BigQuery.Listen(); err != nil {
		return err
	}
	c.closers = append(c.closers, func() { stop(); _ = c.BigQuery.Close() })
	api, err := bq.NewService(ctx, option.WithEndpoint(c.bigquery+"/bigquery/v2/"), option.WithoutAuthentication())
	if err != nil {
		return err
	}
	for _, d := range c.o.Datasets {
		ref := &bq.DatasetReference{ProjectId: c.o.Project, DatasetId: d}
		if _, err := api.Datasets.Insert(c.o.Project, &bq.Dataset{DatasetReference: ref, Location: c.o.Location}).Context(ctx).Do(); err != nil {
			return err
		}
	}
	return nil
}

// Env is the environment in which a door, or the command line, finds this cloud.
func (c *Cloud) Env() map[string]string {
	env := map[string]string{
		"GLINT_PROJECT": c.o.Project, "GLINT_ROOT": "gs://" + rootBucket, "GLINT_STATE": "gs://" + stateBucket,
		"GLINT_TOPIC": c.topic(topic), "GLINT_DEAD_LETTER_TOPIC": c.topic(deadLetter),
		"STORAGE_EMULATOR_HOST": c.storage, "BIGQUERY_EMULATOR_HOST": c.bigquery, "PUBSUB_EMULATOR_HOST": c.pubsub,
	}
	if c.o.FileDepots != "" {
		env["GLINT_FILE_DEPOTS"] = c.o.FileDepots
	}
	return env
}

// Upload puts workflows, depots and schedules where runs look for them.
func (c *Cloud) Upload(ctx context.Context, files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := files.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = c.store.Put(ctx, "gs://"+rootBucket+"/"+name, f, object.Cond{})
		return err
	})
}

// Serve opens a door in this process and pushes to it.
func (c *Cloud) Serve(ctx context.Context, door http.Handler) error {
	endpoint, err := c.Open(door)
	if err != nil {
		return err
	}
	return c.PushTo(ctx, endpoint)
}

// Schedule starts the scheduler on what is uploaded, and returns its jobs.
func (c *Cloud) Schedule(ctx context.Context) ([]workflow.Scheduled, error) {
	jobs, err := workflow.Schedules(ctx, c.store, "gs://"+rootBucket)
	if err != nil {
		return nil, err
	}
	c.scheduler = scheduler{jobs: jobs, publish: c.publish, now: time.Now}
	c.scheduler.run(ctx, c.o.Failed)
	return jobs, nil
}

// Fire lets the scheduler fire a workflow's job now, as one does by hand in the
// service: the message is the one of the tick.
func (c *Cloud) Fire(ctx context.Context, name string) (messageID string, err error) {
	j, err := c.scheduler.find(name)
	if err != nil {
		return "", err
	}
	return c.scheduler.fire(ctx, j)
}

func (c *Cloud) publish(ctx context.Context, data []byte, attributes map[string]string) (string, error) {
	return c.send(ctx, c.topic(topic), data, attributes)
}

// Close ends everything, the last started first.
func (c *Cloud) Close() {
	for i := len(c.closers) - 1; i >= 0; i-- {
		c.closers[i]()
	}
	c.closers = nil
}

package setup

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/glint-data/glint/shared/bigquery"
	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/duckdb"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/gcs"
	"github.com/glint-data/glint/shared/guard"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/job"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/pubsub"
	"github.com/glint-data/glint/shared/secretmanager"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/workflow"
)

// An App is everything that the doors and the command line use, put together.
type App struct {
	Config    Config
	Storage   *gcs.Store
	BigQuery  *bigquery.Writer
	Publisher *pubsub.Publisher
	Ledger    *ledger.Ledger
	Workflows *workflow.Runner
	Clock     *workflow.Reconciler

	keyed    sync.Map // digest of a depot's key → *gcs.Store
	accounts sync.Map // digest of an Azure account and its credential → *azure.Store
}

// Guards are those that every run passes, in this order.
var Guards = []guard.Guard{guard.Counts{}}

// New puts an App together. It opens no connection but what the clients open at
// their first use. ctx bounds the life of the clients.
func New(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	storage, err := gcs.New(ctx, gcs.Options{Endpoint: c.StorageEndpoint})
	if err != nil {
		return nil, err
	}
	warehouse, err := bigquery.New(ctx, bigquery.Options{Project: c.Project, Endpoint: c.BigQueryEndpoint})
	if err != nil {
		return nil, err
	}
	publisher, err := pubsub.New(ctx, pubsub.Options{Project: c.Project, Endpoint: c.PubSubEndpoint})
	if err != nil {
		return nil, err
	}
	a := &App{Config: c, Storage: storage, BigQuery: warehouse, Publisher: publisher}
	a.Ledger = &ledger.Ledger{Store: storage, Prefix: c.State, ID: c.Ledger, TTL: c.Lease, Renew: c.Lease / 3, Log: log}
	a.Workflows = &workflow.Runner{
		Manifests: storage, Prefix: c.Root, Ledger: a.Ledger, Log: log, Now: time.Now, Instance: instance(),
		Jobs: &job.Runner{
			Engine: duckdb.Engine{}, Sources: source.All, Sinks: plug.NewSet[sink.Writer]("format", warehouse),
			Guards: Guards, Depots: a.depots(), Temporary: storage, Bucket: c.Temporary,
			Budget: a.budget, Log: log, Now: time.Now,
		},
		DeadLetter: func(ctx context.Context, data []byte, attributes map[string]string) error {
			_, err := publisher.Publish(ctx, c.DeadLetter, data, attributes)
			return err
		},
		Ask: func(ctx context.Context, data []byte, attributes map[string]string) (string, error) {
			return publisher.Publish(ctx, c.Topic, data, attributes)
		},
	}
	a.Clock = &workflow.Reconciler{Reruns: &workflow.Reruns{Runner: a.Workflows, Quiet: c.Quiet}}
	return a, nil
}

// SelfTest proves in a few milliseconds that this machine can run jobs.
func (a *App) SelfTest(ctx context.Context) error { return duckdb.SelfTest(ctx, a.Config.Scratch) }

// Deliver takes one message of the push subscription.
func (a *App) Deliver(ctx context.Context, h http.Header, body []byte) error {
	return a.Workflows.Deliver(ctx, h, body)
}

// Land takes the request of an event; the handshake, if there is one, is its answer.
func (a *App) Land(ctx context.Context, h http.Header, body []byte) (handshake string, err error) {
	return a.Clock.Land(ctx, h, body)
}

// Tick puts right what was left, and starts the runs that events asked for.
func (a *App) Tick(ctx context.Context) error {
	_, err := a.Clock.Tick(ctx)
	return err
}

// Close ends the clients.
func (a *App) Close() {
	_ = a.Publisher.Close()
	_ = a.Storage.Close()
}

// margin is what a run keeps for its end: to record it and to answer.
const margin = 30 * time.Second

func (a *App) budget(deadline time.Time) (host.Budget, func(), error) {
	if !deadline.IsZero() {
		deadline = deadline.Add(-margin)
	}
	return host.Share(host.Limits{Memory: a.Config.Memory, Threads: a.Config.Threads}, a.Config.Scratch, deadline)
}

func (a *App) depots() *depot.Catalog {
	type open = func(ctx context.Context, spec map[string]string, s depot.Secret) (object.Store, error)
	c := &depot.Catalog{
		Manifests: a.Storage, Prefix: a.Config.Root + "/depots", Secrets: &secrets{config: a.Config},
		Open: map[depot.Type]open{depot.GCS: a.bucket, depot.ABFSS: a.account, depot.WASBS: a.account},
	}
	if root := a.Config.FileDepots; root != "" {
		c.Open[depot.File] = func(_ context.Context, spec map[string]string, _ depot.Secret) (object.Store, error) {
			if path := spec["path"]; path != root && !strings.HasPrefix(path, strings.TrimRight(root, "/")+"/") {
				return nil, fault.Errorf(fault.Refused, "the folder %s is not below GLINT_FILE_DEPOTS", path)
			}
			return new(object.Dir), nil
		}
	}
	return c
}

// bucket is the store of a GCS depot: with the depot's own key if its secret
// has one, else as the service's account. A key's client is made once.
func (a *App) bucket(ctx context.Context, _ map[string]string, s depot.Secret) (object.Store, error) {
	key := s.Reveal("gcskey_json")
	if !strings.HasPrefix(strings.TrimSpace(key), "{") {
		return a.Storage, nil
	}
	id := sha256.Sum256([]byte(key))
	if known, ok := a.keyed.Load(id); ok {
		return known.(*gcs.Store), nil
	}
	store, err := gcs.New(context.WithoutCancel(ctx), gcs.Options{Endpoint: a.Config.StorageEndpoint, Key: []byte(key)})
	if err != nil {
		return nil, err
	}
	known, _ := a.keyed.LoadOrStore(id, store)
	return known.(*gcs.Store), nil
}

// secrets are looked for in the environment and then in Secret Manager, whose
// client is made when the first one is wanted.
type secrets struct {
	config Config
	once   sync.Once
	source *secretmanager.Source
	err    error
}

func (s *secrets) Secret(ctx context.Context, name string) (depot.Secret, error) {
	found, err := depot.Environment(os.Getenv).Secret(ctx, name)
	if !errors.Is(err, fault.NotFound) { // there, or there and wrong
		return found, err
	}
	s.once.Do(func() {
		s.source, s.err = secretmanager.New(context.WithoutCancel(ctx), secretmanager.Options{Project: s.config.Project, Endpoint: s.config.SecretEndpoint})
	})
	if s.err != nil {
		return depot.Secret{}, s.err
	}
	return s.source.Secret(ctx, name)
}

// instance names this process in claims.
func instance() string {
	name, _ := os.Hostname()
	if revision := os.Getenv("K_REVISION"); revision != "" {
		name = revision
	}
	return name + "/" + time.Now().UTC().Format("150405.000")
}

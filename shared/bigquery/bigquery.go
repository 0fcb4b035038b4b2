// Package bigquery publishes to BigQuery: one load job from the temporary
// bucket, whose ID is the intent's, so that asked twice it loads once.
//
// The load is started by the official client's Loader. What is stored of it,
// compared and looked up is in the REST API's own types, on which that client
// stands: they are one value, in JSON, from the ledger to the service and back.
//
// To settle an intent is to ask for its job ID: a job that exists is driven to
// its end; for one that does not, the ID is used up by a free query, so that an
// insert that is still on its way is refused as a duplicate.
package bigquery

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	bq "google.golang.org/api/bigquery/v2"
	"google.golang.org/api/option"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

// Options say how BigQuery is reached.
type Options struct {
	// Project is where jobs run and who pays; "" is the target's own project.
	Project string
	// Endpoint is an emulator's address, http://127.0.0.1:9050, that stands for
	// https://bigquery.googleapis.com/bigquery/v2. It is spoken to without credentials.
	Endpoint string
	// JobTimeout ends a load that takes longer; 0 is BigQuery's own limit of six hours.
	JobTimeout time.Duration
}

// A Writer publishes to BigQuery. It is safe for concurrent use.
type Writer struct {
	api     *bq.Service
	opts    []option.ClientOption
	clients sync.Map // project → *hl.Client
	project string
	timeout time.Duration // of a load
	answer  time.Duration // that one request may take; one that hangs is sent again
	// back-off between attempts of one call, and between two looks at a job
	retry, poll pace
}

var _ sink.Writer = (*Writer)(nil)

// New makes a Writer that acts as the identity of this process.
func New(ctx context.Context, o Options) (*Writer, error) {
	opts := []option.ClientOption{option.WithScopes(bq.BigqueryScope), option.WithUserAgent("glint")}
	if o.Endpoint != "" {
		opts = []option.ClientOption{option.WithEndpoint(strings.TrimSuffix(o.Endpoint, "/") + "/"), option.WithoutAuthentication()}
	}
	api, err := bq.NewService(ctx, opts...)
	if err != nil {
		return nil, fault.Errorf(fault.Denied, "BigQuery: %w", err).
			WithHint("give this process an identity: a service account where it is deployed, `gcloud auth application-default login` on a laptop")
	}
	return &Writer{
		api: api, opts: opts, project: o.Project, answer: time.Minute, timeout: cmp.Or(o.JobTimeout, 6*time.Hour),
		retry: pace{first: 500 * time.Millisecond, max: 16 * time.Second, attempts: 6},
		poll:  pace{first: 50 * time.Millisecond, max: 5 * time.Second},
	}, nil
}

// Accepts are the forms that a load reads.
func (w *Writer) Accepts() []relation.Form { return []relation.Form{relation.Parquet} }

// Bucket is the temporary bucket that the output or its depot names, without
// gs://, or "".
func (w *Writer) Bucket(o sink.Output) string {
	bucket := cmp.Or(
		o.Options.Block("bigquery").Text("temporaryBucket"),
		o.Options.Block("extraOptions").Text("temporaryGcsBucket"),
		o.Location.Params["temporaryBucket"],
	)
	return strings.Trim(strings.TrimPrefix(bucket, "gs://"), "/")
}

// table is the target of an output.
func table(path []string) (*bq.TableReference, error) {
	if len(path) != 3 || path[0] == "" || path[1] == "" || path[2] == "" {
		return nil, fault.Errorf(fault.Invalid, "BigQuery address %q is not project, dataset and table", strings.Join(path, ".")).
			WithHint("write dataos://DEPOT:DATASET/TABLE; the depot names the project")
	}
	if i := strings.IndexAny(path[2], "$@*./"); i >= 0 {
		e := fault.Errorf(fault.Invalid, "table name %q has a %q", path[2], path[2][i])
		if path[2][i] == '$' {
			return nil, e.WithHint("one partition cannot be a target: name the table; the whole of it is replaced")
		}
		return nil, e.WithHint("table names are letters, digits, underscores and hyphens")
	}
	return &bq.TableReference{ProjectId: path[0], DatasetId: path[1], TableId: path[2]}, nil
}

func address(t *bq.TableReference) string {
	return t.ProjectId + "." + t.DatasetId + "." + t.TableId
}

package bigquery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/sink"
)

// found is what Inspect leaves for Prepare.
type found struct {
	Location string    `json:"location"`        // of the dataset
	Table    *bq.Table `json:"table,omitempty"` // nil if there is none
	// Policies is the number of row access policies, or policiesUnknown where
	// this identity may not list them.
	Policies int `json:"policies,omitempty"`
}

const policiesUnknown = -1

// Inspect looks at the table, its dataset and its row access policies.
func (w *Writer) Inspect(ctx context.Context, o sink.Output) (sink.Live, error) {
	t, err := table(o.Location.Path)
	if err != nil {
		return sink.Live{}, err
	}
	if !o.Location.Secret.IsZero() {
		return sink.Live{}, fault.Errorf(fault.Refused, "depot %s has a key of its own for BigQuery", o.Location.Address.Depot).
			WithHint("BigQuery is reached as the identity that this runs as, so that another attempt can settle a load: " +
				"take the secret out of the depot and grant that identity roles/bigquery.dataEditor on the dataset")
	}
	d, err := w.dataset(ctx, t)
	if err != nil {
		return sink.Live{}, err
	}
	f := found{Location: d.Location}
	f.Table, err = w.table(ctx, t)
	if errors.Is(err, fault.NotFound) {
		return live(f)
	}
	if err != nil {
		return sink.Live{}, err
	}
	if f.Table.Type != "" && f.Table.Type != "TABLE" {
		return sink.Live{}, fault.Errorf(fault.Refused, "%s is a %s and not a table", address(t), f.Table.Type).
			WithHint("name another table in the output's dataset address, or drop this one first")
	}
	if f.Policies, err = w.policies(ctx, t); err != nil {
		return sink.Live{}, err
	}
	return live(f)
}

func live(f found) (sink.Live, error) {
	detail, err := json.Marshal(f)
	if err != nil {
		return sink.Live{}, fault.Errorf(fault.Internal, "BigQuery: %w", err)
	}
	l := sink.Live{Location: f.Location, Detail: detail}
	if t := f.Table; t != nil {
		l.Exists, l.Rows, l.Bytes, l.Version = true, int64(t.NumRows), t.NumBytes, t.Etag
		if t.Schema != nil {
			l.Columns = columnsOf(t.Schema.Fields)
		}
	}
	return l, nil
}

func (w *Writer) dataset(ctx context.Context, t *bq.TableReference) (*bq.Dataset, error) {
	var d *bq.Dataset
	c := call{
		what: fmt.Sprintf("get dataset %s.%s", t.ProjectId, t.DatasetId),
		need: fmt.Sprintf("bigquery.datasets.get (roles/bigquery.dataEditor) on dataset %s.%s", t.ProjectId, t.DatasetId),
	}
	err := w.do(ctx, c, func(ctx context.Context) (err error) {
		d, err = w.api.Datasets.Get(t.ProjectId, t.DatasetId).Context(ctx).Do()
		return err
	})
	var e *fault.Error
	if errors.As(err, &e) && e.Kind == fault.NotFound {
		return nil, e.WithHint("make it where the temporary bucket is: bq --location=REGION mk --dataset %s:%s (google_bigquery_dataset in Terraform)", t.ProjectId, t.DatasetId)
	}
	return d, err
}

func (w *Writer) table(ctx context.Context, t *bq.TableReference) (*bq.Table, error) {
	var got *bq.Table
	c := call{what: "get table " + address(t), need: "bigquery.tables.get (roles/bigquery.dataEditor) on " + address(t)}
	err := w.do(ctx, c, func(ctx context.Context) (err error) {
		got, err = w.api.Tables.Get(t.ProjectId, t.DatasetId, t.TableId).Context(ctx).Do()
		return err
	})
	return got, err
}

// policies counts the row access policies: whether there are any is what matters.
func (w *Writer) policies(ctx context.Context, t *bq.TableReference) (int, error) {
	n := 0
	c := call{what: "list row access policies of " + address(t), need: "bigquery.rowAccessPolicies.list (roles/bigquery.dataOwner)"}
	err := w.do(ctx, c, func(ctx context.Context) error {
		list, err := w.api.RowAccessPolicies.List(t.ProjectId, t.DatasetId, t.TableId).PageSize(1).Context(ctx).Do()
		if err == nil {
			n = len(list.RowAccessPolicies)
			if list.NextPageToken != "" {
				n++
			}
		}
		return err
	})
	if errors.Is(err, fault.Denied) {
		return policiesUnknown, nil
	}
	return n, err
}

package bigquery

import (
	"context"
	"encoding/json"
	"time"

	hl "cloud.google.com/go/bigquery"
	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/fault"
)

// start inserts the intent's load job under its ID, through the official
// client's Loader. The error is fault.Conflict if the ID is taken: by somebody
// else, or by our own request whose answer was lost.
func (w *Writer) start(ctx context.Context, d detail) (*bq.Job, error) {
	client, err := w.client(ctx, d.Reference.ProjectId)
	if err != nil {
		return nil, err
	}
	loader, err := loaderOf(client, d)
	if err != nil {
		return nil, err
	}
	err = w.do(ctx, inserting(d.Reference), func(ctx context.Context) error {
		_, err := loader.Run(ctx)
		return err
	})
	if isDuplicate(err) {
		return nil, fault.Wrap(fault.Conflict, err)
	}
	return &bq.Job{JobReference: d.Reference, Configuration: d.Configuration}, err
}

// client is the official client of the project in which a job runs.
func (w *Writer) client(ctx context.Context, project string) (*hl.Client, error) {
	if c, ok := w.clients.Load(project); ok {
		return c.(*hl.Client), nil
	}
	c, err := hl.NewClient(context.WithoutCancel(ctx), project, w.opts...)
	if err != nil {
		return nil, fault.Errorf(fault.Denied, "BigQuery: %w", err)
	}
	first, _ := w.clients.LoadOrStore(project, c)
	return first.(*hl.Client), nil
}

// loaderOf says the stored configuration in the official client's words.
func loaderOf(client *hl.Client, d detail) (*hl.Loader, error) {
	load := d.Configuration.Load
	fields, err := json.Marshal(load.Schema.Fields)
	if err != nil {
		return nil, fault.Errorf(fault.Internal, "BigQuery: %w", err)
	}
	src := hl.NewGCSReference(load.SourceUris...)
	src.SourceFormat = hl.DataFormat(load.SourceFormat)
	if load.ParquetOptions != nil {
		src.ParquetOptions = &hl.ParquetOptions{EnableListInference: load.ParquetOptions.EnableListInference, EnumAsString: load.ParquetOptions.EnumAsString}
	}
	if src.Schema, err = hl.SchemaFromJSON(fields); err != nil {
		return nil, fault.Errorf(fault.Internal, "BigQuery: schema: %w", err)
	}
	t := load.DestinationTable
	l := client.DatasetInProject(t.ProjectId, t.DatasetId).Table(t.TableId).LoaderFrom(src)
	l.ProjectID, l.JobID, l.Location = d.Reference.ProjectId, d.Reference.JobId, d.Reference.Location
	l.CreateDisposition = hl.TableCreateDisposition(load.CreateDisposition)
	l.WriteDisposition = hl.TableWriteDisposition(load.WriteDisposition)
	l.Labels = d.Configuration.Labels
	l.JobTimeout = time.Duration(d.Configuration.JobTimeoutMs) * time.Millisecond
	for _, target := range load.DecimalTargetTypes {
		l.DecimalTargetTypes = append(l.DecimalTargetTypes, hl.DecimalTargetType(target))
	}
	if key := load.DestinationEncryptionConfiguration; key != nil {
		l.DestinationEncryptionConfig = &hl.EncryptionConfig{KMSKeyName: key.KmsKeyName}
	}
	laidOut(l, load)
	return l, nil
}

// laidOut is how the table is partitioned and clustered.
func laidOut(l *hl.Loader, load *bq.JobConfigurationLoad) {
	if p := load.TimePartitioning; p != nil {
		l.TimePartitioning = &hl.TimePartitioning{
			Type: hl.TimePartitioningType(p.Type), Field: p.Field,
			Expiration: time.Duration(p.ExpirationMs) * time.Millisecond, RequirePartitionFilter: p.RequirePartitionFilter,
		}
	}
	if p := load.RangePartitioning; p != nil && p.Range != nil {
		l.RangePartitioning = &hl.RangePartitioning{
			Field: p.Field, Range: &hl.RangePartitioningRange{Start: p.Range.Start, End: p.Range.End, Interval: p.Range.Interval},
		}
	}
	if c := load.Clustering; c != nil {
		l.Clustering = &hl.Clustering{Fields: c.Fields}
	}
}

// inserting is the call of jobs.insert.
func inserting(r *bq.JobReference) call {
	return call{what: "insert job " + r.JobId, need: "bigquery.jobs.create (roles/bigquery.jobUser) on project " + r.ProjectId}
}

package bigquery

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

// The dispositions that a load is given.
// https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobConfigurationLoad
const (
	truncate     = "WRITE_TRUNCATE"      // replaces rows, columns and constraints; row access policies are lost
	truncateData = "WRITE_TRUNCATE_DATA" // replaces the rows, keeps all else
	appendRows   = "WRITE_APPEND"
)

const (
	maxURIs = 10000
	maxID   = 1024
)

// idRule is what a job ID is made of; it has at most maxID of these.
var idRule = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Prepare decides the load job: its ID, its columns, its disposition, its files.
func (w *Writer) Prepare(_ context.Context, o sink.Output, r relation.Relation, l sink.Live) (sink.Intent, error) {
	t, err := table(o.Location.Path)
	if err != nil {
		return sink.Intent{}, err
	}
	if _, err := w.Columns(o, r.Columns); err != nil { // so that each has a type of the table's
		return sink.Intent{}, err
	}
	var f found
	if err := json.Unmarshal(l.Detail, &f); err != nil {
		return sink.Intent{}, fault.Errorf(fault.Internal, "BigQuery: prepare without Inspect's answer: %w", err)
	}
	id := fmt.Sprintf("%s_%d", o.ID, o.Sequence)
	if !idRule.MatchString(id) || len(id) > maxID {
		return sink.Intent{}, fault.Errorf(fault.Internal, "BigQuery: %q cannot be a job ID", id)
	}
	load := &bq.JobConfigurationLoad{
		DestinationTable: t, SourceFormat: "PARQUET",
		CreateDisposition:  cmp.Or(o.Options.Block("extraOptions").Text("createDisposition"), "CREATE_IF_NEEDED"),
		ParquetOptions:     &bq.ParquetOptions{EnableListInference: true},
		DecimalTargetTypes: []string{"NUMERIC", "BIGNUMERIC"},
		Schema:             &bq.TableSchema{Fields: fields(r.Columns)},
	}
	if load.SourceUris, err = uris(r); err != nil {
		return sink.Intent{}, err
	}
	if f.Table == nil {
		err = fresh(load, o)
	} else {
		err = onto(load, o, f)
	}
	if err != nil {
		return sink.Intent{}, err
	}
	d := detail{
		Reference: &bq.JobReference{ProjectId: cmp.Or(w.project, t.ProjectId), Location: f.Location, JobId: id},
		Configuration: &bq.JobConfiguration{
			JobTimeoutMs: w.timeout.Milliseconds(), Labels: jobLabels(o), Load: load,
		},
		Patch: patch(o, f.Table),
	}
	raw, err := d.seal()
	if err != nil {
		return sink.Intent{}, err
	}
	return sink.Intent{
		ID: id, Writer: "bigquery", Target: sink.Target{System: "bigquery", Address: address(t)},
		Run: o.Run, Output: o.Name, Slot: o.Slot, Disposition: load.WriteDisposition, Adds: load.WriteDisposition == appendRows,
		Files: load.SourceUris, Rows: r.Rows, Bytes: r.Bytes, Columns: r.Columns, Detail: raw,
	}, nil
}

// uris are the files, each by name: a wildcard would also load what another
// attempt left.
func uris(r relation.Relation) ([]string, error) {
	if len(r.Files) == 0 {
		return nil, fault.Errorf(fault.Internal, "BigQuery: nothing is staged for %s", r.Name)
	}
	if len(r.Files) > maxURIs {
		return nil, fault.Errorf(fault.Refused, "%s is staged in %d files, a load takes %d", r.Name, len(r.Files), maxURIs).
			WithHint("write fewer, larger files")
	}
	out := make([]string, len(r.Files))
	for i, f := range r.Files {
		if !strings.HasPrefix(f.URI, "gs://") || strings.Contains(f.URI, "*") {
			return nil, fault.Errorf(fault.Refused, "BigQuery cannot load %s", f.URI).
				WithHint("name a Cloud Storage bucket as options.bigquery.temporaryBucket")
		}
		out[i] = f.URI
	}
	return out, nil
}

// fresh completes the load of a table that does not exist yet.
func fresh(load *bq.JobConfigurationLoad, o sink.Output) error {
	if load.CreateDisposition == "CREATE_NEVER" {
		return fault.Errorf(fault.NotFound, "table %s does not exist and createDisposition is CREATE_NEVER", address(load.DestinationTable)).
			WithHint("create the table, or leave extraOptions.createDisposition out")
	}
	load.WriteDisposition = truncate
	if o.Mode == sink.Append {
		load.WriteDisposition = appendRows
	}
	if key := o.Options.Block("extraOptions").Text("destinationTableKmsKeyName"); key != "" {
		load.DestinationEncryptionConfiguration = &bq.EncryptionConfiguration{KmsKeyName: key}
	}
	return wantLayout(load, o)
}

// onto completes the load of a table that is there.
func onto(load *bq.JobConfigurationLoad, o sink.Output, f found) error {
	t := f.Table
	var have []*bq.TableFieldSchema
	if t.Schema != nil {
		have = t.Schema.Fields
	}
	ours := load.Schema.Fields
	carried, err := carry(have, ours, "")
	if err != nil {
		return err
	}
	load.Schema.Fields = carried
	if err := keepLayout(load, o, t); err != nil {
		return err
	}
	load.DestinationEncryptionConfiguration = keepKey(t)
	if o.Mode == sink.Append {
		load.WriteDisposition = appendRows
		if len(have) > 0 && !same(have, ours) {
			return fault.Errorf(fault.Invalid, "the columns to append differ from those of %s: %s", address(load.DestinationTable), difference(have, ours)).
				WithHint("select the table's own columns with CAST to their types, or add the column to the table first")
		}
		return nil
	}
	return overwrite(load, have, ours, f)
}

// overwrite chooses how the rows are replaced, so that nothing is lost silently.
func overwrite(load *bq.JobConfigurationLoad, have, ours []*bq.TableFieldSchema, f found) error {
	what := ""
	switch {
	case f.Policies > 0:
		what = "row access policies"
	case f.Policies == policiesUnknown:
		what = "perhaps row access policies (this identity may not list them)"
	case constrained(f.Table):
		what = "primary or foreign keys"
	}
	switch {
	case what == "":
		load.WriteDisposition = truncate
	case same(have, ours):
		load.WriteDisposition = truncateData
	default:
		e := fault.Errorf(fault.Refused, "table %s has %s, which replacing its columns would remove (%s)",
			address(load.DestinationTable), what, difference(have, ours))
		if f.Policies == policiesUnknown {
			e.Kind = fault.Denied
			return e.WithHint("grant bigquery.rowAccessPolicies.list (roles/bigquery.dataOwner on the dataset) to the identity that this runs as")
		}
		return e.WithHint("change the table's columns by ALTER TABLE to those of the output, or drop the policies and keys and put them back after the load")
	}
	return nil
}

func constrained(t *bq.Table) bool {
	c := t.TableConstraints
	return c != nil && (c.PrimaryKey != nil && len(c.PrimaryKey.Columns) > 0 || len(c.ForeignKeys) > 0)
}

// keepKey: WRITE_TRUNCATE removes the table's own key, so it is given again. A
// key is named without its version, which the table tells as well.
func keepKey(t *bq.Table) *bq.EncryptionConfiguration {
	if t.EncryptionConfiguration == nil || t.EncryptionConfiguration.KmsKeyName == "" {
		return nil
	}
	name, _, _ := strings.Cut(t.EncryptionConfiguration.KmsKeyName, "/cryptoKeyVersions/")
	return &bq.EncryptionConfiguration{KmsKeyName: name}
}

// difference says how the columns differ, at most five of them.
func difference(have, ours []*bq.TableFieldSchema) string {
	var diff []string
	theirs, mine := index(have), index(ours)
	for _, f := range ours {
		l := theirs[strings.ToLower(f.Name)]
		switch {
		case l == nil:
			diff = append(diff, f.Name+" is new")
		case !holds(l, f):
			diff = append(diff, fmt.Sprintf("%s is %s there and %s here", f.Name, show(l), show(f)))
		case !same(l.Fields, f.Fields):
			diff = append(diff, f.Name+" has other fields")
		}
	}
	for _, f := range have {
		if mine[strings.ToLower(f.Name)] == nil {
			diff = append(diff, f.Name+" is missing")
		}
	}
	if n := len(diff) - 5; n > 0 {
		diff = append(diff[:5], fmt.Sprintf("and %d more", n))
	}
	return strings.Join(diff, ", ")
}

func show(f *bq.TableFieldSchema) string {
	s := canonical(f.Type)
	if f.Precision > 0 {
		s += fmt.Sprintf("(%d,%d)", f.Precision, f.Scale)
	}
	if f.Mode == "REPEATED" {
		s = "ARRAY<" + s + ">"
	}
	return s
}

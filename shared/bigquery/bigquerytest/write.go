package bigquerytest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	bq "google.golang.org/api/bigquery/v2"
)

// A write is a job's effect on one table: what the dispositions do to rows,
// schema and everything else that a table has.
type write struct {
	s                   *Server
	k                   tableKey
	part                string // the partition written to, "" for all
	create, disposition string
	updates             []string
	explicit            []*bq.TableFieldSchema // the job's schema, nil if it has none
	detected            []*bq.TableFieldSchema // the data's own, nil if it has none
	time                *bq.TimePartitioning
	ranges              *bq.RangePartitioning
	clustering          *bq.Clustering
	key                 *bq.EncryptionConfiguration
	properties          *bq.DestinationTableProperties

	t      *table // as plan found it, nil if it is to be created
	meta   *bq.Table
	base   *version // rows to append to, pinned
	unpin  func()
	inPart string                 // SQL that is true for rows of the partition
	fields []*bq.TableFieldSchema // the table's schema afterwards
	source []*bq.TableFieldSchema // what the data is read as: a subset of fields
}

var errMoved = errors.New("the table was changed meanwhile")

// plan decides the schema. The caller unpins.
func (w *write) plan() error {
	s := w.s
	w.unpin = func() {}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.dataset(w.k.datasetKey); err != nil {
		return err
	}
	t, err := s.table(w.k)
	if w.part != "" && w.disposition == "WRITE_TRUNCATE" {
		w.disposition = "WRITE_TRUNCATE_DATA" // of one partition: the table stays what it is
	}
	given := w.explicit
	if given == nil {
		given = w.detected
	}
	if err != nil {
		if w.create == "CREATE_NEVER" {
			return err
		}
		if given == nil {
			return invalid("No schema specified on job or table.")
		}
		w.fields, w.source = given, given
		return w.partition(w.time)
	}
	w.t, w.meta, w.base = t, t.meta, t.data
	if err := fits(w.meta, w.time, w.ranges, w.clustering); err != nil {
		return err
	}
	if err := w.partition(w.meta.TimePartitioning); err != nil {
		return err
	}
	if w.disposition == "WRITE_EMPTY" && t.data.rows > 0 {
		return duplicate("Table %s", w.k)
	}
	have := w.meta.Schema.Fields
	if w.disposition == "WRITE_TRUNCATE" || len(have) == 0 {
		if given == nil {
			given = have
		}
		if len(given) == 0 {
			return invalid("No schema specified on job or table.")
		}
		w.fields, w.source = given, given
		return w.checkProperties()
	}
	if given == nil {
		given = have
	}
	merged, err := w.adapt(have, given, "")
	if err != nil {
		return err
	}
	w.fields = merged
	for _, g := range given { // read as the table has it: a NUMERIC(10,2) is one
		w.source = append(w.source, find(merged, g.Name))
	}
	w.unpin = s.pin(w.base)
	return w.checkProperties()
}

// checkProperties: destinationTableProperties are for new tables; on an existing one they must not differ.
func (w *write) checkProperties() error {
	p := w.properties
	if p == nil {
		return nil
	}
	differ := p.Description != "" && p.Description != w.meta.Description || p.FriendlyName != "" && p.FriendlyName != w.meta.FriendlyName
	for k, v := range p.Labels {
		differ = differ || w.meta.Labels[k] != v
	}
	if differ {
		return invalid("destinationTableProperties differ from those of the existing table %s", w.k)
	}
	return nil
}

// adapt is the table's schema after rows of schema given are added to it.
func (w *write) adapt(have, given []*bq.TableFieldSchema, path string) ([]*bq.TableFieldSchema, error) {
	mismatch := func(format string, args ...any) error {
		return invalid("Provided Schema does not match Table %s. %s", w.k, fmt.Sprintf(format, args...))
	}
	var out []*bq.TableFieldSchema
	for _, h := range have {
		g := find(given, h.Name)
		if g == nil {
			if h.Mode == "REQUIRED" {
				return nil, mismatch("Field %s is missing in new schema", path+h.Name)
			}
			out = append(out, h)
			continue
		}
		next := *h
		if g.Type != h.Type || g.Precision > 0 && (g.Precision != h.Precision || g.Scale != h.Scale) {
			return nil, mismatch("Field %s has changed type from %s to %s", path+h.Name, typeName(h), typeName(g))
		}
		if g.Mode != h.Mode {
			relaxed := h.Mode == "REQUIRED" && g.Mode == "NULLABLE" && slices.Contains(w.updates, "ALLOW_FIELD_RELAXATION")
			tighter := h.Mode == "NULLABLE" && g.Mode == "REQUIRED"
			if !relaxed && !tighter {
				return nil, mismatch("Field %s has changed mode from %s to %s", path+h.Name, h.Mode, g.Mode)
			}
			if relaxed {
				next.Mode = "NULLABLE"
			}
		}
		if h.Type == "RECORD" {
			sub, err := w.adapt(h.Fields, g.Fields, path+h.Name+".")
			if err != nil {
				return nil, err
			}
			next.Fields = sub
		}
		out = append(out, &next)
	}
	for _, g := range given {
		if find(have, g.Name) != nil {
			continue
		}
		if !slices.Contains(w.updates, "ALLOW_FIELD_ADDITION") {
			return nil, mismatch("Cannot add fields (field: %s)", path+g.Name)
		}
		if g.Mode == "REQUIRED" {
			return nil, mismatch("Cannot add required fields to an existing schema. (field: %s)", path+g.Name)
		}
		out = append(out, g)
	}
	return out, nil
}

// rows builds the next version out of query, whose columns are w.source as
// stored says they are kept, and publishes it.
func (w *write) rows(ctx context.Context, query string, stored []*bq.TableFieldSchema) (*bq.JobStatistics3, error) {
	fresh, err := w.s.build(ctx, stored, query)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, readError(err)
	}
	out := &bq.JobStatistics3{OutputRows: fresh.rows, OutputBytes: fresh.bytes}
	if err := w.s.check(ctx, fresh, w.fields); err != nil {
		w.s.discard(fresh.name)
		return nil, err
	}
	if err := w.only(ctx, fresh); err != nil {
		w.s.discard(fresh.name)
		return nil, err
	}
	next := fresh
	keep := ""
	if w.inPart != "" && w.disposition != "WRITE_APPEND" {
		keep = " WHERE NOT coalesce(" + w.inPart + ", false)"
	}
	if w.base != nil && w.base.rows > 0 && (w.disposition == "WRITE_APPEND" || keep != "") {
		if next, err = w.s.append(ctx, w.base, fresh, w.fields, keep); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		w.s.discard(next.name)
		return nil, err
	}
	if err := w.publish(next); err != nil {
		w.s.discard(next.name)
		return nil, err
	}
	return out, nil
}

// append is the rows of base that keep (a WHERE, or "") leaves and then those
// of fresh, which it discards.
func (s *Server) append(ctx context.Context, base, fresh *version, fields []*bq.TableFieldSchema, keep string) (*version, error) {
	defer s.discard(fresh.name)
	stored := widest(fields, base.fields, fresh.fields)
	view := func(v *version) string {
		wide := *v
		wide.fields = overlay(v.fields, stored)
		return wide.selectFrom(fields)
	}
	v, err := s.build(ctx, stored, "SELECT * FROM ("+view(base)+")"+keep+" UNION ALL "+view(fresh))
	if err != nil && ctx.Err() == nil {
		err = readError(err)
	}
	return v, err
}

// publish makes v the table's rows, unless the table is no longer what plan saw.
func (w *write) publish(v *version) error {
	s := w.s
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.table(w.k)
	if err != nil && w.t == nil {
		return w.createWith(v)
	}
	if err != nil || t != w.t || t.meta.Etag != w.meta.Etag {
		return errMoved
	}
	next := clone(t.meta)
	next.Schema = &bq.TableSchema{Fields: w.fields}
	if w.disposition == "WRITE_TRUNCATE" {
		// Kept: the object, its description, labels, expiration, partitioning. Lost: what the
		// schema carries unless the job's schema brings it again, constraints, row access
		// policies, the key (documented for overwrites of Parquet; observed in dlt's field test).
		next.TableConstraints = nil
		next.EncryptionConfiguration = w.key
		if next.EncryptionConfiguration == nil {
			next.EncryptionConfiguration = s.datasets[w.k.datasetKey].meta.DefaultEncryptionConfiguration
		}
		if w.clustering != nil {
			next.Clustering = w.clustering
		}
		if err := checkLayout(next); err != nil {
			return err
		}
		t.policies = nil
	} else if w.key != nil && ref(next.EncryptionConfiguration).KmsKeyName != w.key.KmsKeyName {
		return invalid("Cannot change the encryption key of table %s by %s", w.k, w.disposition)
	}
	s.publish(w.k, t, next, v)
	return nil
}

// createWith makes the table that the job found missing. s.mu is held.
func (w *write) createWith(v *version) error {
	m := &bq.Table{
		Schema:           clone(&bq.TableSchema{Fields: w.fields}), // the job keeps its own
		TimePartitioning: w.time, RangePartitioning: w.ranges, Clustering: w.clustering, EncryptionConfiguration: w.key,
	}
	if p := w.properties; p != nil {
		m.Description, m.FriendlyName, m.Labels = p.Description, p.FriendlyName, p.Labels
	}
	if err := w.s.complete(w.k, m); err != nil {
		return err
	}
	w.s.publish(w.k, new(table), m, v)
	return nil
}

// widest is how fields are stored when rows stored as a and b come together.
func widest(fields, a, b []*bq.TableFieldSchema) []*bq.TableFieldSchema {
	var out []*bq.TableFieldSchema
	for _, f := range fields {
		c := *f
		x, y := find(a, f.Name), find(b, f.Name)
		if f.Type == "BIGNUMERIC" && f.Precision == 0 {
			c.Precision, c.Scale = 38, max(ref(x).Scale, ref(y).Scale)
			if x == nil && y == nil {
				c.Scale = 18
			}
		}
		if f.Type == "RECORD" {
			c.Fields = widest(f.Fields, ref(x).Fields, ref(y).Fields)
		}
		out = append(out, &c)
	}
	return out
}

// overlay is the columns that there are, typed as they are to be.
func overlay(there, typed []*bq.TableFieldSchema) []*bq.TableFieldSchema {
	var out []*bq.TableFieldSchema
	for _, f := range there {
		if t := find(typed, f.Name); t != nil {
			c := *t
			c.Name = f.Name
			out = append(out, &c)
			continue
		}
		out = append(out, f)
	}
	return out
}

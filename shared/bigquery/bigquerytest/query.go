package bigquerytest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	bq "google.golang.org/api/bigquery/v2"
)

var queryFields = []string{
	"query", "useLegacySql", "useQueryCache", "defaultDataset", "queryParameters", "parameterMode", "priority", "maximumBytesBilled",
	"destinationTable", "createDisposition", "writeDisposition", "schemaUpdateOptions", "timePartitioning", "rangePartitioning", "clustering", "destinationEncryptionConfiguration",
}

// queryJob checks a query as far as its text alone says.
func (s *Server) queryJob(project string, conf *bq.JobConfiguration, raw json.RawMessage, location string) (work, string, error) {
	c := conf.Query
	if _, err := decode(raw, new(bq.JobConfigurationQuery), "query", queryFields...); err != nil {
		return nil, "", err
	}
	if c.UseLegacySql == nil || *c.UseLegacySql {
		return nil, "", refuse("legacy SQL: send useLegacySql = false")
	}
	params, err := parameters(c.QueryParameters)
	if err != nil {
		return nil, "", err
	}
	st, err := translate(c.Query, project, c.DefaultDataset, params)
	if err != nil {
		return nil, "", err
	}
	q := &querying{s: s, c: c, st: st, dry: conf.DryRun}
	if c.DestinationTable != nil {
		c.CreateDisposition = cmp.Or(c.CreateDisposition, "CREATE_IF_NEEDED")
		c.WriteDisposition = cmp.Or(c.WriteDisposition, "WRITE_EMPTY")
		k, at, err := s.target(c.DestinationTable, c.CreateDisposition, c.WriteDisposition, "WRITE_TRUNCATE_DATA")
		if err != nil {
			return nil, "", err
		}
		q.to = &k
		return q.run, at, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range st.tables {
		if d := s.datasets[r.key.datasetKey]; d != nil {
			if location != "" && place(location) != d.meta.Location {
				return nil, "", notFound("Dataset %s was not found in location %s", r.key.datasetKey, place(location))
			}
			return q.run, d.meta.Location, nil
		}
	}
	return q.run, "", nil
}

// A querying is one query job.
type querying struct {
	s   *Server
	c   *bq.JobConfigurationQuery
	st  *statement
	to  *tableKey
	dry bool
}

func (q *querying) run(ctx context.Context, j *job) (*bq.JobStatistics, error) {
	if q.to != nil && !q.dry {
		if err := q.s.spend(*q.to); err != nil {
			return nil, err
		}
		lock := q.s.writer(*q.to)
		lock.Lock()
		defer lock.Unlock()
	}
	instants, err := q.instants(ctx)
	if err != nil {
		return nil, err
	}
	sql, bytes, unpin, err := q.bind(instants)
	defer unpin()
	if err != nil {
		return nil, err
	}
	if limit := q.c.MaximumBytesBilled; limit > 0 && bytes > limit {
		return nil, problemf(400, "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: %d. %d or higher required.", limit, bytes)
	}
	stored, aliases, err := q.describe(ctx, sql)
	if err != nil {
		return nil, err
	}
	fields := reported(stored)
	stats := &bq.JobStatistics{TotalBytesProcessed: bytes, Query: &bq.JobStatistics2{
		StatementType: "SELECT", TotalBytesProcessed: bytes, TotalBytesBilled: bytes, ForceSendFields: []string{"CacheHit", "TotalBytesProcessed"},
	}}
	for _, r := range q.st.tables {
		stats.Query.ReferencedTables = append(stats.Query.ReferencedTables, &bq.TableReference{ProjectId: r.key.project, DatasetId: r.key.dataset, TableId: r.key.table})
	}
	if q.dry {
		stats.Query.Schema = &bq.TableSchema{Fields: fields}
		return stats, nil
	}
	var cols []string
	for i, f := range stored {
		cols = append(cols, fmt.Sprintf("CAST(%s AS %s) AS %s", ident(aliases[i]), sqlType(f, f), ident(f.Name)))
	}
	for i := range aliases {
		aliases[i] = ident(aliases[i])
	}
	sql = fmt.Sprintf("SELECT %s FROM (%s) AS t(%s)", strings.Join(cols, ", "), sql, strings.Join(aliases, ", "))
	v, err := q.s.build(ctx, stored, sql)
	if err != nil {
		return nil, queryError(ctx, err)
	}
	q.s.mu.Lock()
	j.result = v
	q.s.mu.Unlock()
	if q.to == nil {
		return stats, nil
	}
	return stats, q.write(ctx, v, fields)
}

// write puts the result into the destination table as well.
func (q *querying) write(ctx context.Context, v *version, fields []*bq.TableFieldSchema) error {
	w := &write{
		s: q.s, k: *q.to, create: q.c.CreateDisposition, disposition: q.c.WriteDisposition, updates: q.c.SchemaUpdateOptions, explicit: fields,
		key: q.c.DestinationEncryptionConfiguration, time: q.c.TimePartitioning, ranges: q.c.RangePartitioning, clustering: q.c.Clustering,
	}
	for {
		if err := w.plan(); err != nil {
			return err
		}
		_, err := w.rows(ctx, "SELECT * FROM "+ident(v.name), v.fields)
		w.unpin()
		if err != errMoved {
			return err
		}
	}
}

func queryError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return invalidQuery("%s", err)
}

// instants evaluates FOR SYSTEM_TIME AS OF.
func (q *querying) instants(ctx context.Context) ([]time.Time, error) {
	var out []time.Time
	for _, r := range q.st.tables {
		if r.asOf == "" {
			out = append(out, time.Time{})
			continue
		}
		var us int64
		if err := q.s.db.QueryRowContext(ctx, "SELECT epoch_us(CAST("+r.asOf+" AS TIMESTAMPTZ))").Scan(&us); err != nil {
			return nil, queryError(ctx, err)
		}
		out = append(out, time.UnixMicro(us))
	}
	return out, nil
}

// bind puts the tables' rows into the statement, all of one moment.
func (q *querying) bind(instants []time.Time) (sql string, bytes int64, unpin func(), err error) {
	s := q.s
	var pins []func()
	unpin = func() {
		for _, u := range pins {
			u()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var tables []any
	for i, r := range q.st.tables {
		t, err := s.table(r.key)
		if err != nil {
			return "", 0, unpin, err
		}
		if len(t.policies) > 0 {
			return "", 0, unpin, refuse("reading table %s, which has row access policies", r.key)
		}
		if c := partitionColumn(t.meta); t.meta.RequirePartitionFilter && !q.st.filter[strings.ToLower(c)] {
			return "", 0, unpin, invalidQuery("Cannot query over table '%s.%s.%s' without a filter over column(s) '%s' that can be used for partition elimination", r.key.project, r.key.dataset, r.key.table, c)
		}
		v, fields := t.data, t.meta.Schema.Fields
		if at := instants[i]; !at.IsZero() {
			if v, fields, err = t.travel(r.key, at, s.opt.Now()); err != nil {
				return "", 0, unpin, err
			}
		}
		if len(fields) == 0 {
			return "", 0, unpin, invalidQuery("Table %s does not have a schema.", r.key)
		}
		pins = append(pins, s.pin(v))
		bytes += v.bytes
		tables = append(tables, v.selectFrom(fields))
	}
	return fmt.Sprintf(q.st.sql, tables...), bytes, unpin, nil
}

// travel is a table as it was. s.mu is held.
func (t *table) travel(k tableKey, at, now time.Time) (*version, []*bq.TableFieldSchema, error) {
	if at.After(now) {
		return nil, nil, invalid("Invalid snapshot time %d for table %s: it is in the future.", at.UnixMilli(), k)
	}
	v := t.at(at)
	if v == nil {
		return nil, nil, invalid("Invalid snapshot time %d for table %s: it is before the table's history begins.", at.UnixMilli(), k)
	}
	if v == t.data {
		return v, t.meta.Schema.Fields, nil
	}
	return v, v.shown(), nil
}

func partitionColumn(m *bq.Table) string {
	if m.TimePartitioning != nil {
		return cmp.Or(m.TimePartitioning.Field, "_PARTITIONTIME")
	}
	return ref(m.RangePartitioning).Field
}

// reported is a result's schema as the API shows it: decimals without parameters.
func reported(fields []*bq.TableFieldSchema) []*bq.TableFieldSchema {
	var out []*bq.TableFieldSchema
	for _, f := range fields {
		c := *f
		c.Precision, c.Scale, c.Fields = 0, 0, reported(f.Fields)
		out = append(out, &c)
	}
	return out
}

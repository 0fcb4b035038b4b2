package bigquerytest

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	bq "google.golang.org/api/bigquery/v2"
)

// copy checks a copy job as far as jobs.insert does.
func (s *Server) copy(conf *bq.JobConfiguration, raw json.RawMessage) (work, string, error) {
	c := conf.Copy
	if _, err := decode(raw, new(bq.JobConfigurationTableCopy), "copy", "sourceTable", "sourceTables", "destinationTable", "createDisposition", "writeDisposition", "destinationEncryptionConfiguration", "operationType"); err != nil {
		return nil, "", err
	}
	if op := strings.ToUpper(c.OperationType); op != "" && op != "COPY" && op != "OPERATION_TYPE_UNSPECIFIED" {
		return nil, "", refuse("copy jobs of operationType %s: copy from table@milliseconds instead", op)
	}
	if conf.DryRun {
		return nil, "", invalid("dryRun is for query jobs")
	}
	sources := c.SourceTables
	if c.SourceTable != nil {
		sources = append([]*bq.TableReference{c.SourceTable}, sources...)
	}
	if len(sources) == 0 {
		return nil, "", invalid("Required parameter is missing: sourceTables")
	}
	c.CreateDisposition = cmp.Or(c.CreateDisposition, "CREATE_IF_NEEDED")
	c.WriteDisposition = cmp.Or(c.WriteDisposition, "WRITE_EMPTY")
	k, location, err := s.target(c.DestinationTable, c.CreateDisposition, c.WriteDisposition)
	if err != nil {
		return nil, "", err
	}
	p := &copying{s: s, c: c, to: k}
	for _, t := range sources {
		from, err := s.origin(t, location)
		if err != nil {
			return nil, "", err
		}
		p.from = append(p.from, from)
	}
	return p.run, location, nil
}

// An origin is a table to copy, now or as it was.
type origin struct {
	key tableKey
	at  time.Time // zero for now
}

// A copying is one copy job.
type copying struct {
	s    *Server
	c    *bq.JobConfigurationTableCopy
	to   tableKey
	from []origin
}

// origin reads table, table@milliseconds and table@-milliseconds (before now).
func (s *Server) origin(t *bq.TableReference, location string) (origin, error) {
	name, when, past := strings.Cut(t.TableId, "@")
	o := origin{key: tableKey{datasetKey{t.ProjectId, t.DatasetId}, name}}
	if strings.Contains(name, "$") {
		return o, refuse("partition decorators in a copy job (%s)", t.TableId)
	}
	if past {
		ms, err := strconv.ParseInt(when, 10, 64)
		if err != nil {
			return o, invalid("Invalid table decorator @%s", when)
		}
		if o.at = time.UnixMilli(ms); ms <= 0 {
			o.at = s.opt.Now().Add(time.Duration(ms) * time.Millisecond)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.dataset(o.key.datasetKey)
	if err != nil {
		return o, err
	}
	if d.meta.Location != location {
		return o, refuse("copies between locations (%s to %s)", d.meta.Location, location)
	}
	return o, nil
}

func (p *copying) run(ctx context.Context, _ *job) (*bq.JobStatistics, error) {
	if err := p.s.spend(p.to); err != nil {
		return nil, err
	}
	lock := p.s.writer(p.to)
	lock.Lock()
	defer lock.Unlock()
	for {
		stats, err := p.once(ctx)
		if err == errMoved {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &bq.JobStatistics{Copy: &bq.JobStatistics5{CopiedRows: stats.OutputRows, CopiedLogicalBytes: stats.OutputBytes, ForceSendFields: []string{"CopiedRows"}}}, nil
	}
}

func (p *copying) once(ctx context.Context) (*bq.JobStatistics3, error) {
	w := &write{s: p.s, k: p.to, create: p.c.CreateDisposition, disposition: p.c.WriteDisposition, key: p.c.DestinationEncryptionConfiguration}
	query, stored, unpin, err := p.gather(w)
	defer unpin()
	if err != nil {
		return nil, err
	}
	if err := w.plan(); err != nil {
		return nil, err
	}
	defer w.unpin()
	return w.rows(ctx, query, stored)
}

// gather is SQL for the sources' rows; w takes schema and layout of the first.
func (p *copying) gather(w *write) (string, []*bq.TableFieldSchema, func(), error) {
	s := p.s
	var pins []func()
	unpin := func() {
		for _, u := range pins {
			u()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var fields, stored []*bq.TableFieldSchema
	var versions []*version
	for i, o := range p.from {
		t, err := s.table(o.key)
		if err != nil {
			return "", nil, unpin, err
		}
		v, f := t.data, t.meta.Schema.Fields
		if !o.at.IsZero() {
			if v, f, err = t.travel(o.key, o.at, s.opt.Now()); err != nil {
				return "", nil, unpin, err
			}
		}
		if i == 0 {
			fields, stored = f, widest(f, v.fields, nil)
			if o.at.IsZero() { // a table of the past comes without its partitioning (access-historical-data)
				w.time, w.ranges, w.clustering = t.meta.TimePartitioning, t.meta.RangePartitioning, t.meta.Clustering
			}
		} else if signature(f) != signature(fields) {
			return "", nil, unpin, invalid("Source tables do not have the same schema: %s, %s", p.from[0].key, o.key)
		}
		stored = widest(fields, stored, v.fields)
		versions = append(versions, v)
		pins = append(pins, s.pin(v))
	}
	var parts []string
	for _, v := range versions {
		wide := *v
		wide.fields = overlay(v.fields, stored)
		parts = append(parts, wide.selectFrom(fields))
	}
	w.explicit = fields
	return strings.Join(parts, " UNION ALL "), stored, unpin, nil
}

// signature is equal for schemas whose rows can stand in one table.
func signature(fields []*bq.TableFieldSchema) string {
	s := ""
	for _, f := range fields {
		s += strings.ToLower(f.Name) + " " + typeName(f) + " " + f.Mode + "(" + signature(f.Fields) + ")"
	}
	return s
}

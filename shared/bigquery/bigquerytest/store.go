package bigquerytest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	bq "google.golang.org/api/bigquery/v2"
)

type tableKey struct {
	datasetKey
	table string
}

func (k tableKey) String() string { return k.datasetKey.String() + "." + k.table }

// A table is what it is called, described and made of. meta is replaced, never
// changed; s.mu guards the pointers.
type table struct {
	meta     *bq.Table
	data     *version
	past     []*version // oldest first
	policies []*bq.RowAccessPolicy
}

// A version is a table's rows between two modifications: an immutable table
// inside DuckDB. An empty name holds no rows.
type version struct {
	name   string
	fields []*bq.TableFieldSchema // as stored: a BIGNUMERIC has its precision and scale here
	schema []*bq.TableFieldSchema // of the table when the version was published
	rows   int64
	bytes  int64
	from   time.Time
	until  time.Time // zero while current
	pins   int       // readers at work
	gone   bool      // to be dropped with the last pin
}

// selectFrom is SQL for the version's rows as fields show them: a column that
// was added since is NULL.
func (v *version) selectFrom(fields []*bq.TableFieldSchema) string {
	var cols []string
	for _, f := range fields {
		stored := find(v.fields, f.Name)
		expr := "NULL"
		if stored != nil && v.name != "" {
			expr = ident(stored.Name)
		} else if f.Mode == "REPEATED" {
			expr = "[]"
		}
		cols = append(cols, fmt.Sprintf("CAST(%s AS %s) AS %s", expr, sqlType(f, stored), ident(f.Name)))
	}
	if len(cols) == 0 {
		cols = []string{"NULL AS none"}
	}
	from := " WHERE false"
	if v.name != "" {
		from = " FROM " + ident(v.name)
	}
	return "SELECT " + strings.Join(cols, ", ") + from
}

// shown is the version's own schema as the API shows it.
func (v *version) shown() []*bq.TableFieldSchema {
	if v.schema != nil {
		return v.schema
	}
	return v.fields
}

// pin keeps a version from being dropped until the returned func is called. s.mu is held.
func (s *Server) pin(v *version) (unpin func()) {
	v.pins++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		v.pins--
		drop := v.gone && v.pins == 0
		s.mu.Unlock()
		if drop {
			s.discard(v.name)
		}
	})
}

// forget drops versions that are no longer reachable, at once or with their last reader. s.mu is held.
func (s *Server) forget(vs ...*version) {
	for _, v := range vs {
		v.gone = true
		if v.pins == 0 {
			s.work.Add(1)
			go func() { defer s.work.Done(); s.discard(v.name) }()
		}
	}
}

func (s *Server) discard(name string) {
	if name != "" {
		s.db.Exec("DROP TABLE IF EXISTS " + ident(name)) // the database is closing, or it works
	}
}

// build makes a version out of a query. The caller publishes or discards it.
func (s *Server) build(ctx context.Context, fields []*bq.TableFieldSchema, query string) (*version, error) {
	v := &version{name: s.name("v"), fields: fields}
	if _, err := s.db.ExecContext(ctx, "CREATE TABLE "+ident(v.name)+" AS "+query); err != nil {
		return nil, err
	}
	size := "0"
	for _, f := range fields {
		size += " + " + sizeOf(ident(f.Name), f)
	}
	row := s.db.QueryRowContext(ctx, "SELECT count(*), coalesce(sum("+size+"), 0)::BIGINT FROM "+ident(v.name))
	if err := row.Scan(&v.rows, &v.bytes); err != nil {
		s.discard(v.name)
		return nil, err
	}
	return v, nil
}

// sizeOf is SQL for the logical bytes of a value, as "Data type sizes" in the
// documentation on estimating costs counts them.
func sizeOf(expr string, f *bq.TableFieldSchema) string {
	if f.Mode == "REPEATED" {
		one := *f
		one.Mode = "NULLABLE"
		return fmt.Sprintf("coalesce(list_sum(list_transform(%s, lambda e: %s)), 0)", expr, sizeOf("e", &one))
	}
	n := "8"
	switch f.Type {
	case "RECORD":
		n = "0"
		for _, sub := range f.Fields {
			n += " + " + sizeOf(fmt.Sprintf("(%s).%s", expr, ident(sub.Name)), sub)
		}
		return "(" + n + ")"
	case "BOOLEAN":
		n = "1"
	case "NUMERIC":
		n = "16"
	case "BIGNUMERIC":
		n = "32"
	case "STRING", "GEOGRAPHY", "JSON":
		n = fmt.Sprintf("2 + strlen(CAST(%s AS VARCHAR))", expr)
	case "BYTES":
		n = fmt.Sprintf("2 + octet_length(%s)", expr)
	}
	return fmt.Sprintf("(CASE WHEN %s IS NULL THEN 0 ELSE %s END)", expr, n)
}

// publish makes v the table's rows and next its state. s.mu is held.
func (s *Server) publish(k tableKey, t *table, next *bq.Table, v *version) {
	now := s.opt.Now()
	v.from = now
	if next.Schema != nil {
		v.schema = next.Schema.Fields
	}
	if old := t.data; old != nil && old != v {
		old.until = now
		t.past = append(t.past, old)
	}
	t.data = v
	keep := t.past[:0:0]
	for i, old := range t.past {
		if len(t.past)-i > s.opt.Versions || now.Sub(old.until) > s.opt.TimeTravel {
			s.forget(old)
			continue
		}
		keep = append(keep, old)
	}
	t.past = keep
	t.set(next, now)
	s.tables[k] = t
}

// set makes m the table's state: what it says of its rows and its etag follow. s.mu is held.
func (t *table) set(m *bq.Table, now time.Time) {
	m.LastModifiedTime = uint64(now.UnixMilli())
	m.NumRows, m.NumBytes = uint64(t.data.rows), t.data.bytes
	m.NumTotalLogicalBytes, m.NumActiveLogicalBytes = m.NumBytes, m.NumBytes
	m.ForceSendFields = []string{"NumRows", "NumBytes", "NumLongTermBytes"}
	m.Etag = ""
	m.Etag = etag([]any{m, t.data.name, now.UnixNano()})
	t.meta = m
}

// at returns the rows as they were, for decorators and FOR SYSTEM_TIME AS OF. s.mu is held.
func (t *table) at(when time.Time) *version {
	if !when.Before(t.data.from) {
		return t.data
	}
	for i := len(t.past) - 1; i >= 0; i-- {
		if v := t.past[i]; !when.Before(v.from) && when.Before(v.until) {
			return v
		}
	}
	return nil
}

// dropTable removes a table and its rows. s.mu is held.
func (s *Server) dropTable(k tableKey) {
	t := s.tables[k]
	delete(s.tables, k)
	s.forget(append(t.past, t.data)...)
}

// writer is the lock that a job holds while it builds and publishes a table's next version.
func (s *Server) writer(k tableKey) *sync.Mutex {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writers[k] == nil {
		s.writers[k] = new(sync.Mutex)
	}
	return s.writers[k]
}

// table finds a table that has not expired; s.mu is held.
func (s *Server) table(k tableKey) (*table, error) {
	if _, err := s.dataset(k.datasetKey); err != nil {
		return nil, err
	}
	t := s.tables[k]
	if t != nil && t.meta.ExpirationTime > 0 && t.meta.ExpirationTime <= s.opt.Now().UnixMilli() {
		s.dropTable(k)
		t = nil
	}
	if t == nil {
		return nil, notFound("Table %s", k)
	}
	return t, nil
}

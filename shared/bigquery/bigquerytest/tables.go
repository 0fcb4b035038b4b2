package bigquerytest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

var (
	tableFields = []string{
		"tableReference", "schema", "description", "friendlyName", "labels", "resourceTags", "expirationTime", "timePartitioning", "rangePartitioning", "clustering",
		"requirePartitionFilter", "tableConstraints", "encryptionConfiguration",
		"kind", "id", "etag", "selfLink", "type", "location", "creationTime", "lastModifiedTime", "numRows", "numBytes", "numLongTermBytes",
		"numTotalLogicalBytes", "numActiveLogicalBytes",
	}
	tableID = regexp.MustCompile(`^[\pL\pM\pN\p{Pc}\p{Pd}\p{Zs}]+$`)
)

func keyOfTable(r *http.Request) tableKey { return tableKey{keyOfDataset(r), r.PathValue("table")} }

func (s *Server) insertTable(w http.ResponseWriter, r *http.Request) error {
	m := new(bq.Table)
	if _, err := body(r, m, "table", tableFields...); err != nil {
		return err
	}
	k := tableKey{keyOfDataset(r), ref(m.TableReference).TableId}
	if !named(tableID, k.table) {
		return invalid("Invalid table ID %q.", k.table)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.dataset(k.datasetKey); err != nil {
		return err
	}
	if _, err := s.table(k); err == nil {
		return duplicate("Table %s", k)
	}
	if m.Schema == nil {
		m.Schema = new(bq.TableSchema)
	}
	if err := s.create(k, m); err != nil {
		return err
	}
	return reply(w, r, s.tables[k].meta)
}

// create makes an empty table; s.mu is held.
func (s *Server) create(k tableKey, m *bq.Table) error {
	if err := s.complete(k, m); err != nil {
		return err
	}
	s.publish(k, new(table), m, &version{fields: m.Schema.Fields})
	return nil
}

// complete checks a new table's state and fills in what the service says of it. s.mu is held.
func (s *Server) complete(k tableKey, m *bq.Table) error {
	d, err := s.dataset(k.datasetKey)
	if err != nil {
		return err
	}
	if err := canonical(m.Schema.Fields); err != nil {
		return err
	}
	if err := checkLayout(m); err != nil {
		return err
	}
	m.Kind, m.Id, m.Type = "bigquery#table", k.String(), "TABLE"
	m.TableReference = &bq.TableReference{ProjectId: k.project, DatasetId: k.dataset, TableId: k.table}
	m.Location = d.meta.Location
	m.CreationTime = s.opt.Now().UnixMilli()
	if m.ExpirationTime == 0 && d.meta.DefaultTableExpirationMs > 0 {
		m.ExpirationTime = m.CreationTime + d.meta.DefaultTableExpirationMs
	}
	if m.EncryptionConfiguration == nil {
		m.EncryptionConfiguration = d.meta.DefaultEncryptionConfiguration
	}
	return nil
}

// checkLayout holds partitioning and clustering to the schema.
func checkLayout(m *bq.Table) error {
	if tp := m.TimePartitioning; tp != nil {
		if m.RangePartitioning != nil {
			return invalid("Table can not have both time and range partitioning")
		}
		if tp.RequirePartitionFilter {
			m.RequirePartitionFilter = true
		}
		if !slices.Contains([]string{"DAY", "HOUR", "MONTH", "YEAR"}, tp.Type) {
			return invalid("Invalid time partitioning type %q", tp.Type)
		}
		if err := partitionField(m.Schema, tp.Field, "DATE", "DATETIME", "TIMESTAMP"); tp.Field != "" && err != nil {
			return err
		}
	}
	if rp := m.RangePartitioning; rp != nil {
		if err := partitionField(m.Schema, rp.Field, "INTEGER"); err != nil {
			return err
		}
	}
	if c := m.Clustering; c != nil {
		if len(c.Fields) > 4 {
			return invalid("Too many clustering columns: %d, at most 4", len(c.Fields))
		}
		for _, f := range c.Fields {
			if find(m.Schema.Fields, f) == nil {
				return invalid("The field specified for clustering cannot be found in the schema. Invalid field: %s.", f)
			}
		}
	}
	if pk := ref(m.TableConstraints).PrimaryKey; pk != nil {
		for _, f := range pk.Columns {
			if find(m.Schema.Fields, f) == nil {
				return invalid("Primary key column %s is not in the schema", f)
			}
		}
	}
	return nil
}

func partitionField(schema *bq.TableSchema, name string, types ...string) error {
	f := find(schema.Fields, name)
	if f == nil {
		return invalid("The field specified for partitioning cannot be found in the schema. Invalid field: %s.", name)
	}
	if !slices.Contains(types, f.Type) || f.Mode == "REPEATED" {
		return invalid("The field specified for partitioning can only be of type %s. Invalid field: %s.", strings.Join(types, ", "), name)
	}
	return nil
}

func (s *Server) getTable(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	t, err := s.table(keyOfTable(r))
	var m *bq.Table
	if err == nil {
		m = t.meta
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return reply(w, r, m)
}

func (s *Server) patchTable(w http.ResponseWriter, r *http.Request) error {
	return s.changeTable(w, r, true)
}

func (s *Server) updateTable(w http.ResponseWriter, r *http.Request) error {
	return s.changeTable(w, r, false)
}

func (s *Server) changeTable(w http.ResponseWriter, r *http.Request, patch bool) error {
	next := new(bq.Table)
	keys, err := body(r, next, "table", tableFields...)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := keyOfTable(r)
	t, err := s.table(k)
	if err != nil {
		return err
	}
	old := t.meta
	if err := match(r, old.Etag); err != nil {
		return err
	}
	if patch {
		next = new(bq.Table)
		if err := merge(old, keys, next); err != nil {
			return invalid("%s", err)
		}
	}
	if next.Schema == nil {
		next.Schema = clone(old.Schema)
	}
	if next.ExpirationTime != 0 && next.ExpirationTime <= s.opt.Now().UnixMilli() {
		return invalid("Invalid expiration time: it is in the past")
	}
	if err := canonical(next.Schema.Fields); err != nil {
		return err
	}
	if err := changeable(k, old.Schema.Fields, next.Schema.Fields, ""); err != nil {
		return err
	}
	if !sameLayout(old, next) {
		return invalid("Cannot change partitioning of table %s: %s to %s", k, layout(old), layout(next))
	}
	keep(next, old)
	if err := checkLayout(next); err != nil {
		return err
	}
	t.set(next, s.opt.Now())
	return reply(w, r, next)
}

// keep carries over what a request cannot change.
func keep(next, old *bq.Table) {
	next.Kind, next.Id, next.Type = old.Kind, old.Id, old.Type
	next.TableReference, next.Location, next.CreationTime = old.TableReference, old.Location, old.CreationTime
	next.SnapshotDefinition, next.CloneDefinition = old.SnapshotDefinition, old.CloneDefinition
}

// changeable says whether a table's schema may become next by tables.patch: columns may be
// added (not REQUIRED) and relaxed; their descriptions, tags and defaults may change.
func changeable(k tableKey, old, next []*bq.TableFieldSchema, path string) error {
	for _, o := range old {
		n := find(next, o.Name)
		switch {
		case n == nil:
			return invalid("Provided Schema does not match Table %s. Field %s is missing in new schema", k, path+o.Name)
		case n.Type != o.Type || n.Precision != o.Precision || n.Scale != o.Scale:
			return invalid("Provided Schema does not match Table %s. Field %s has changed type from %s to %s", k, path+o.Name, typeName(o), typeName(n))
		case n.Mode != o.Mode && (o.Mode != "REQUIRED" || n.Mode != "NULLABLE"):
			return invalid("Provided Schema does not match Table %s. Field %s has changed mode from %s to %s", k, path+o.Name, o.Mode, n.Mode)
		}
		if err := changeable(k, o.Fields, n.Fields, path+o.Name+"."); err != nil {
			return err
		}
	}
	for _, n := range next {
		if find(old, n.Name) == nil && n.Mode == "REQUIRED" {
			return invalid("Provided Schema does not match Table %s. Cannot add required fields to an existing schema. (field: %s)", k, path+n.Name)
		}
	}
	return nil
}

func typeName(f *bq.TableFieldSchema) string {
	if f.Precision > 0 {
		return fmt.Sprintf("%s(%d, %d)", f.Type, f.Precision, f.Scale)
	}
	return f.Type
}

func (s *Server) deleteTable(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := keyOfTable(r)
	t, err := s.table(k)
	if err != nil {
		return err
	}
	if err := match(r, t.meta.Etag); err != nil {
		return err
	}
	s.dropTable(k)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) listTables(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	k := keyOfDataset(r)
	_, err := s.dataset(k)
	var all []*bq.TableListTables
	for tk := range s.tables {
		if tk.datasetKey != k {
			continue
		}
		t, expired := s.table(tk)
		if expired != nil {
			continue
		}
		m := t.meta
		all = append(all, &bq.TableListTables{
			Kind: m.Kind, Id: m.Id, TableReference: m.TableReference, Type: m.Type, Labels: m.Labels, FriendlyName: m.FriendlyName,
			CreationTime: m.CreationTime, ExpirationTime: m.ExpirationTime, TimePartitioning: m.TimePartitioning, RangePartitioning: m.RangePartitioning, Clustering: m.Clustering,
		})
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b *bq.TableListTables) int { return strings.Compare(a.Id, b.Id) })
	cut, next, err := page(r, all, 50)
	if err != nil {
		return err
	}
	return reply(w, r, &bq.TableList{Kind: "bigquery#tableList", Tables: cut, NextPageToken: next, TotalItems: int64(len(all))})
}

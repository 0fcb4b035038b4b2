package bigquerytest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// loadFields are the options of a load job that are honoured, whatever the format.
var loadFields = []string{
	"sourceUris", "sourceFormat", "schema", "destinationTable", "createDisposition", "writeDisposition", "schemaUpdateOptions",
	"timePartitioning", "rangePartitioning", "clustering", "destinationEncryptionConfiguration", "destinationTableProperties", "ignoreUnknownValues",
}

// formatFields are those of one format.
var formatFields = map[string][]string{
	"PARQUET":                {"parquetOptions", "decimalTargetTypes"},
	"CSV":                    {"skipLeadingRows", "fieldDelimiter", "quote", "nullMarker", "allowQuotedNewlines", "allowJaggedRows", "encoding"},
	"NEWLINE_DELIMITED_JSON": {"encoding"},
}

// A loading is one load job.
type loading struct {
	s     *Server
	c     *bq.JobConfigurationLoad
	k     tableKey
	part  string // the partition written to, "" for all
	files []file
	dir   string
}

// A file is an object that was fetched.
type file struct {
	uri, path string
	size      int64
}

// load checks a load job as far as jobs.insert does.
func (s *Server) load(conf *bq.JobConfiguration, raw json.RawMessage) (work, string, error) {
	c := conf.Load
	c.SourceFormat = cmp.Or(strings.ToUpper(c.SourceFormat), "CSV")
	own, ok := formatFields[c.SourceFormat]
	if !ok {
		return nil, "", refuse("load.sourceFormat %s", c.SourceFormat)
	}
	if _, err := decode(raw, new(bq.JobConfigurationLoad), "load", slices.Concat(loadFields, own)...); err != nil {
		return nil, "", err
	}
	if conf.DryRun {
		return nil, "", invalid("dryRun is for query jobs")
	}
	c.CreateDisposition = cmp.Or(c.CreateDisposition, "CREATE_IF_NEEDED")
	c.WriteDisposition = cmp.Or(c.WriteDisposition, "WRITE_APPEND")
	to := ref(c.DestinationTable)
	name, part, _ := strings.Cut(to.TableId, "$")
	to.TableId = name
	k, location, err := s.target(&to, c.CreateDisposition, c.WriteDisposition, "WRITE_TRUNCATE_DATA")
	if err != nil {
		return nil, "", err
	}
	if c.Schema != nil {
		if err := canonical(c.Schema.Fields); err != nil {
			return nil, "", err
		}
		if len(c.Schema.Fields) == 0 {
			c.Schema = nil
		}
	}
	also := []string{"WRITE_TRUNCATE_DATA"}
	if part != "" {
		also = append(also, "WRITE_TRUNCATE")
	}
	if err := checkUpdates(c.SchemaUpdateOptions, c.WriteDisposition, also...); err != nil {
		return nil, "", err
	}
	if len(c.SourceUris) == 0 {
		return nil, "", invalid("Required parameter is missing: sourceUris")
	}
	if len(c.SourceUris) > 10_000 {
		return nil, "", invalid("Too many source URIs: %d, at most 10000", len(c.SourceUris))
	}
	for _, u := range c.SourceUris {
		if err := checkURI(u); err != nil {
			return nil, "", err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, err := s.table(k); err == nil {
		if err := fits(t.meta, c.TimePartitioning, c.RangePartitioning, c.Clustering); err != nil {
			return nil, "", err
		}
	}
	return func(ctx context.Context, j *job) (*bq.JobStatistics, error) {
		if err := s.spend(k); err != nil {
			return nil, err
		}
		l := &loading{s: s, c: c, k: k, part: part}
		return l.run(ctx)
	}, location, nil
}

// target checks the table that a job writes to and returns the location of its dataset.
func (s *Server) target(t *bq.TableReference, create, write string, also ...string) (tableKey, string, error) {
	if t == nil || t.TableId == "" || t.DatasetId == "" {
		return tableKey{}, "", invalid("Required parameter is missing: destinationTable")
	}
	k := tableKey{datasetKey{t.ProjectId, t.DatasetId}, t.TableId}
	if strings.ContainsAny(k.table, "$@") {
		return k, "", refuse("decorators of a destination table (%s): load the whole table", k)
	}
	if !named(tableID, k.table) {
		return k, "", invalid("Invalid table ID %q.", k.table)
	}
	if create != "CREATE_IF_NEEDED" && create != "CREATE_NEVER" {
		return k, "", invalid("Invalid value for createDisposition: %s is not a valid value", create)
	}
	if !slices.Contains(append(also, "WRITE_TRUNCATE", "WRITE_APPEND", "WRITE_EMPTY"), write) {
		return k, "", invalid("Invalid value for writeDisposition: %s is not a valid value", write)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.dataset(k.datasetKey)
	if err != nil {
		return k, "", err
	}
	return k, d.meta.Location, nil
}

func checkUpdates(options []string, write string, also ...string) error {
	for _, o := range options {
		if o != "ALLOW_FIELD_ADDITION" && o != "ALLOW_FIELD_RELAXATION" {
			return invalid("Invalid value for schemaUpdateOptions: %s is not a valid value", o)
		}
	}
	if len(options) > 0 && !slices.Contains(append(also, "WRITE_APPEND"), write) {
		return invalid("Schema update options should only be specified with WRITE_APPEND disposition, or with WRITE_TRUNCATE disposition on a table partition.")
	}
	return nil
}

func (l *loading) run(ctx context.Context) (*bq.JobStatistics, error) {
	dir, err := os.MkdirTemp(l.s.dir, "load-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	l.dir = dir
	if err := l.fetch(ctx); err != nil {
		return nil, err
	}
	lock := l.s.writer(l.k)
	lock.Lock()
	defer lock.Unlock()
	var stats *bq.JobStatistics3
	for {
		stats, err = l.once(ctx)
		if err != errMoved {
			break
		}
	}
	if err != nil {
		return nil, l.reword(err)
	}
	stats.InputFiles = int64(len(l.files))
	for _, f := range l.files {
		stats.InputFileBytes += f.size
	}
	return &bq.JobStatistics{Load: stats}, nil
}

// once reads the files against the table as it is now and publishes; errMoved
// if the table was changed meanwhile.
func (l *loading) once(ctx context.Context) (*bq.JobStatistics3, error) {
	var detect []*bq.TableFieldSchema
	var read func(fields []*bq.TableFieldSchema) (string, []*bq.TableFieldSchema, error)
	switch l.c.SourceFormat {
	case "PARQUET":
		p, err := l.s.openParquet(ctx, l.files, l.c)
		if err != nil {
			return nil, err
		}
		detect, read = p.detected, p.read
	case "CSV":
		read = l.readCSV
	case "NEWLINE_DELIMITED_JSON":
		read = func(f []*bq.TableFieldSchema) (string, []*bq.TableFieldSchema, error) { return l.readJSON(ctx, f) }
	}
	explicit := ref(l.c.Schema).Fields
	w := &write{
		s: l.s, k: l.k, part: l.part, create: l.c.CreateDisposition, disposition: l.c.WriteDisposition, updates: l.c.SchemaUpdateOptions,
		explicit: explicit, detected: detect, key: l.c.DestinationEncryptionConfiguration, properties: l.c.DestinationTableProperties,
		time: l.c.TimePartitioning, ranges: l.c.RangePartitioning, clustering: l.c.Clustering,
	}
	if err := w.plan(); err != nil {
		return nil, err
	}
	defer w.unpin()
	source := w.source
	query, stored, err := read(source)
	if err != nil {
		return nil, err
	}
	return w.rows(ctx, query, stored)
}

// reword names objects instead of the files that they were copied to.
func (l *loading) reword(err error) error {
	p, ok := err.(*problem)
	if !ok {
		return err
	}
	q := *p
	for _, f := range l.files {
		q.message = strings.ReplaceAll(q.message, f.path, f.uri)
	}
	return &q
}

func readError(err error) error {
	return invalid("Error while reading data, error message: %s", strings.TrimSpace(err.Error()))
}

// enlist writes a list of files for DuckDB.
func enlist(files []file) string {
	var q []string
	for _, f := range files {
		q = append(q, quote(f.path))
	}
	return fmt.Sprintf("[%s]", strings.Join(q, ", "))
}

package bigquerytest

import (
	"context"
	"fmt"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// partitionForms are the decorators of time partitions, for DuckDB's strftime.
var partitionForms = map[string]string{"HOUR": "%Y%m%d%H", "DAY": "%Y%m%d", "MONTH": "%Y%m", "YEAR": "%Y"}

// partition prepares a write to table$part.
func (w *write) partition(tp *bq.TimePartitioning) error {
	w.inPart = ""
	if w.part == "" {
		return nil
	}
	if tp == nil || tp.Field == "" {
		return refuse("partition decorators on tables that are not partitioned by a column of time (%s$%s)", w.k, w.part)
	}
	if w.disposition == "WRITE_EMPTY" {
		return refuse("WRITE_EMPTY to one partition (%s$%s)", w.k, w.part)
	}
	form := partitionForms[tp.Type]
	if width := len(strings.NewReplacer("%Y", "2026", "%m", "01", "%d", "01", "%H", "00").Replace(form)); len(w.part) != width || strings.Trim(w.part, "0123456789") != "" {
		return invalid("Invalid partition decorator $%s for a table partitioned by %s", w.part, tp.Type)
	}
	w.inPart = fmt.Sprintf("strftime(CAST(%s AS TIMESTAMP), '%s') = %s", ident(tp.Field), form, quote(w.part))
	return nil
}

// only holds new rows to the partition that they were sent to.
func (w *write) only(ctx context.Context, fresh *version) error {
	if w.inPart == "" {
		return nil
	}
	var n int64
	if err := w.s.db.QueryRowContext(ctx, "SELECT count(*) FROM "+ident(fresh.name)+" WHERE NOT coalesce("+w.inPart+", false)").Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return invalid("Some rows belong to different partitions rather than destination partition %s$%s", w.k.table, w.part)
	}
	return nil
}

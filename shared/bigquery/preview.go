package bigquery

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// Preview returns the columns of a table (project, dataset, table) and its
// first n rows, as people look at them. It costs nothing and runs no query.
func (w *Writer) Preview(ctx context.Context, path []string, n int) (relation.Rows, error) {
	t, err := table(path)
	if err != nil {
		return relation.Rows{}, err
	}
	meta, err := w.table(ctx, t)
	if err != nil {
		return relation.Rows{}, err
	}
	if meta.Schema == nil {
		return relation.Rows{}, nil
	}
	rows := relation.Rows{Columns: columnsOf(meta.Schema.Fields), More: int64(meta.NumRows) > int64(n)}
	token := ""
	for len(rows.Values) < n {
		page, err := w.page(ctx, t, n-len(rows.Values), token)
		if err != nil {
			return relation.Rows{}, err
		}
		for _, row := range page.Rows {
			values, err := record(meta.Schema.Fields, row.F)
			if err != nil {
				return relation.Rows{}, fault.Errorf(fault.Internal, "BigQuery: row %d of %s: %w", len(rows.Values)+1, address(t), err)
			}
			rows.Values = append(rows.Values, values)
		}
		if token = page.PageToken; token == "" || len(page.Rows) == 0 {
			break
		}
	}
	return rows, nil
}

func (w *Writer) page(ctx context.Context, t *bq.TableReference, n int, token string) (*bq.TableDataList, error) {
	var list *bq.TableDataList
	c := call{what: "list rows of " + address(t), need: "bigquery.tables.getData (roles/bigquery.dataViewer) on " + address(t)}
	err := w.do(ctx, c, func(ctx context.Context) (err error) {
		list, err = w.api.Tabledata.List(t.ProjectId, t.DatasetId, t.TableId).
			MaxResults(int64(n)).PageToken(token).FormatOptionsUseInt64Timestamp(true).Context(ctx).Do()
		return err
	})
	return list, err
}

func record(fs []*bq.TableFieldSchema, cells []*bq.TableCell) ([]any, error) {
	if len(cells) != len(fs) {
		return nil, fmt.Errorf("%d values for %d columns", len(cells), len(fs))
	}
	out := make([]any, len(fs))
	for i, f := range fs {
		v, err := value(f, cells[i].V)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", f.Name, err)
		}
		out[i] = v
	}
	return out, nil
}

func value(f *bq.TableFieldSchema, v any) (any, error) {
	if f.Mode != "REPEATED" {
		return scalar(f, v)
	}
	list, _ := v.([]any) // a NULL array is an empty one
	out := make([]any, len(list))
	for i, item := range list {
		cell, _ := item.(map[string]any)
		e, err := scalar(f, cell["v"])
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// scalar reads one value as tabledata.list writes it.
func scalar(f *bq.TableFieldSchema, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	if canonical(f.Type) == "RECORD" {
		row, _ := v.(map[string]any)
		list, _ := row["f"].([]any)
		cells := make([]*bq.TableCell, len(list))
		for i, item := range list {
			cell, _ := item.(map[string]any)
			cells[i] = &bq.TableCell{V: cell["v"]}
		}
		fields, err := record(f.Fields, cells)
		return fields, err
	}
	s, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("%T is not a %s", v, f.Type)
	}
	switch canonical(f.Type) {
	case "BOOLEAN":
		return strconv.ParseBool(s)
	case "INTEGER":
		return strconv.ParseInt(s, 10, 64)
	case "FLOAT":
		return strconv.ParseFloat(s, 64)
	case "BYTES":
		return base64.StdEncoding.DecodeString(s)
	case "DATE":
		return time.Parse(time.DateOnly, s)
	case "DATETIME":
		return time.Parse("2006-01-02T15:04:05", s)
	case "TIMESTAMP":
		return timestamp(s)
	}
	return s, nil
}

// timestamp reads microseconds since 1970, or seconds as a decimal number from
// a server that does not know the option.
func timestamp(s string) (any, error) {
	if !strings.ContainsAny(s, ".eE") {
		µs, err := strconv.ParseInt(s, 10, 64)
		return time.UnixMicro(µs).UTC(), err
	}
	sec, err := strconv.ParseFloat(s, 64)
	return time.UnixMicro(int64(math.Round(sec * 1e6))).UTC(), err
}

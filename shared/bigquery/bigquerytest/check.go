package bigquerytest

import (
	"context"
	"fmt"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// check holds rows to what the schema says beyond types: REQUIRED and the
// length of text, in nested fields too.
func (s *Server) check(ctx context.Context, v *version, fields []*bq.TableFieldSchema) error {
	for _, f := range fields {
		stored := find(v.fields, f.Name)
		if stored == nil {
			if f.Mode == "REQUIRED" && v.rows > 0 {
				return invalid("Error while reading data, error message: Required field %s cannot be null", f.Name)
			}
			continue
		}
		bad := violation(ident(stored.Name), f, 0)
		if bad == "" {
			continue
		}
		var n int64
		if err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM "+ident(v.name)+" WHERE "+bad).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return invalid("Error while reading data, error message: field %s: a required value is null or a value is longer than its maximum length (%d rows)", f.Name, n)
		}
	}
	return nil
}

// violation is SQL that is true where a value is not what the field allows, ""
// if it allows everything.
func violation(expr string, f *bq.TableFieldSchema, deep int) string {
	if f.Mode == "REPEATED" {
		one := *f
		one.Mode = "NULLABLE"
		e := fmt.Sprintf("e%d", deep)
		inner := violation(e, &one, deep+1)
		if inner == "" {
			return ""
		}
		return fmt.Sprintf("coalesce(len(list_filter(%s, lambda %s: coalesce(%s, false))), 0) > 0", expr, e, inner)
	}
	var any []string
	if f.Mode == "REQUIRED" {
		any = append(any, expr+" IS NULL")
	}
	switch {
	case f.MaxLength > 0 && f.Type == "BYTES":
		any = append(any, fmt.Sprintf("octet_length(%s) > %d", expr, f.MaxLength))
	case f.MaxLength > 0:
		any = append(any, fmt.Sprintf("length(%s) > %d", expr, f.MaxLength))
	}
	var inside []string
	for _, sub := range f.Fields {
		if bad := violation("("+expr+")."+ident(sub.Name), sub, deep); bad != "" {
			inside = append(inside, bad)
		}
	}
	if len(inside) > 0 {
		any = append(any, fmt.Sprintf("(%s IS NOT NULL AND (%s))", expr, strings.Join(inside, " OR ")))
	}
	if len(any) == 0 {
		return ""
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

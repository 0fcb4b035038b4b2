package bigquery

import (
	"cmp"
	"slices"
	"strings"

	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/sink"
)

// layout is how the manifest wants the table partitioned and clustered; nil
// where it does not say.
func layout(o sink.Output) (*bq.TimePartitioning, *bq.Clustering, error) {
	x := o.Options.Block("extraOptions")
	var (
		part *bq.TimePartitioning
		clus *bq.Clustering
	)
	field, kind := x.Text("partitionField"), x.Text("partitionType")
	if field != "" || kind != "" {
		part = &bq.TimePartitioning{Field: field, Type: cmp.Or(kind, "DAY"), ExpirationMs: x.Int("partitionExpirationMs")}
	} else if x.Has("partitionExpirationMs") {
		return nil, nil, fault.Errorf(fault.Invalid, "partitionExpirationMs without partitionField").
			At(x["partitionExpirationMs"].Pos).WithHint("name the column: extraOptions.partitionField")
	}
	if list := x.Text("clusteredFields"); list != "" {
		clus = &bq.Clustering{}
		for name := range strings.SplitSeq(list, ",") {
			clus.Fields = append(clus.Fields, strings.TrimSpace(name))
		}
		if len(clus.Fields) > 4 {
			return nil, nil, fault.Errorf(fault.Invalid, "clusteredFields names %d columns, a table has at most 4", len(clus.Fields)).
				At(x["clusteredFields"].Pos)
		}
	}
	return part, clus, nil
}

// wantLayout lays a new table out as the manifest says.
func wantLayout(load *bq.JobConfigurationLoad, o sink.Output) error {
	part, clus, err := layout(o)
	if err != nil {
		return err
	}
	load.TimePartitioning, load.Clustering = part, clus
	return fits(load, "the manifest")
}

// keepLayout keeps the table's own partitioning and clustering, which a load
// cannot change, and refuses a manifest that wants another.
func keepLayout(load *bq.JobConfigurationLoad, o sink.Output, t *bq.Table) error {
	part, clus, err := layout(o)
	if err != nil {
		return err
	}
	x := o.Options.Block("extraOptions")
	const hint = "a load cannot change it: make the options equal to the table, or make the table anew (CREATE TABLE … PARTITION BY … AS SELECT, then rename)"
	if part != nil && (t.TimePartitioning == nil || !strings.EqualFold(t.TimePartitioning.Field, part.Field) || t.TimePartitioning.Type != part.Type ||
		x.Has("partitionExpirationMs") && t.TimePartitioning.ExpirationMs != part.ExpirationMs) {
		return fault.Errorf(fault.Refused, "table %s is partitioned %s, the manifest says %s", address(load.DestinationTable), partitioned(t), timed(part)).
			At(x["partitionField"].Pos).WithHint(hint)
	}
	if clus != nil && (t.Clustering == nil || !slices.EqualFunc(t.Clustering.Fields, clus.Fields, strings.EqualFold)) {
		have := "not clustered"
		if t.Clustering != nil {
			have = "clustered by " + strings.Join(t.Clustering.Fields, ", ")
		}
		return fault.Errorf(fault.Refused, "table %s is %s, the manifest says %s", address(load.DestinationTable), have, strings.Join(clus.Fields, ", ")).
			At(x["clusteredFields"].Pos).WithHint(hint)
	}
	load.TimePartitioning, load.RangePartitioning, load.Clustering = t.TimePartitioning, t.RangePartitioning, t.Clustering
	return fits(load, "table "+address(load.DestinationTable))
}

// fits: every column that the layout names is one of the output's, of a type that can be one.
func fits(load *bq.JobConfigurationLoad, who string) error {
	byName := index(load.Schema.Fields)
	check := func(name, what string, types ...string) error {
		f := byName[strings.ToLower(name)]
		if f == nil {
			return fault.Errorf(fault.Invalid, "%s %s by column %s, which the output does not have", who, what, name).
				WithHint("add the column to the last step")
		}
		if len(types) > 0 && !slices.Contains(types, canonical(f.Type)) || f.Mode == "REPEATED" {
			return fault.Errorf(fault.Invalid, "%s %s by column %s, which is %s in the output", who, what, name, show(f)).
				WithHint("cast it in the last step to one of %s", strings.ToLower(strings.Join(types, ", ")))
		}
		return nil
	}
	if p := load.TimePartitioning; p != nil && p.Field != "" {
		if err := check(p.Field, "partitions", "DATE", "TIMESTAMP", "DATETIME"); err != nil {
			return err
		}
	}
	if p := load.RangePartitioning; p != nil {
		if err := check(p.Field, "partitions", "INTEGER"); err != nil {
			return err
		}
	}
	if load.Clustering != nil {
		for _, name := range load.Clustering.Fields {
			err := check(name, "clusters", "BOOLEAN", "INTEGER", "NUMERIC", "BIGNUMERIC", "STRING", "DATE", "DATETIME", "TIMESTAMP", "GEOGRAPHY", "RANGE")
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func partitioned(t *bq.Table) string {
	switch {
	case t.TimePartitioning != nil:
		return timed(t.TimePartitioning)
	case t.RangePartitioning != nil:
		return "by ranges of " + t.RangePartitioning.Field
	}
	return "not at all"
}

func timed(p *bq.TimePartitioning) string {
	return "by " + p.Type + " of " + cmp.Or(p.Field, "the time of loading")
}

package bigquerytest

import (
	"fmt"
	"slices"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// layout words a table's partitioning and clustering as BigQuery's messages do.
func layout(m *bq.Table) string {
	s := "none"
	switch {
	case m.TimePartitioning != nil && m.TimePartitioning.Field != "":
		s = fmt.Sprintf("interval(type:%s,field:%s)", strings.ToLower(m.TimePartitioning.Type), m.TimePartitioning.Field)
	case m.TimePartitioning != nil:
		s = fmt.Sprintf("interval(type:%s)", strings.ToLower(m.TimePartitioning.Type))
	case m.RangePartitioning != nil:
		r := ref(m.RangePartitioning.Range)
		s = fmt.Sprintf("range(field:%s,start:%d,end:%d,interval:%d)", m.RangePartitioning.Field, r.Start, r.End, r.Interval)
	}
	if m.Clustering != nil {
		s += " clustering(" + strings.Join(m.Clustering.Fields, ",") + ")"
	}
	return s
}

// sameLayout compares partitioning; clustering can be changed in place.
func sameLayout(a, b *bq.Table) bool {
	bare := func(m *bq.Table) string {
		c := *m
		c.Clustering = nil
		return strings.ToLower(layout(&c))
	}
	return bare(a) == bare(b)
}

// fits refuses a job whose layout differs from the table's. A job that names
// none takes the table's.
func fits(have *bq.Table, tp *bq.TimePartitioning, rp *bq.RangePartitioning, c *bq.Clustering) error {
	asked := &bq.Table{TimePartitioning: tp, RangePartitioning: rp, Clustering: c}
	partitioned := tp != nil || rp != nil
	same := !partitioned || sameLayout(have, asked)
	if c != nil && !slices.Equal(c.Fields, ref(have.Clustering).Fields) {
		same = false
	}
	if same {
		return nil
	}
	return invalid("Incompatible table partitioning specification. Expects partitioning specification %s, but input partitioning specification is %s", layout(have), layout(asked))
}

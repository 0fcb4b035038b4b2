package workflow_test

import (
	"context"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/sink"
)

// twoOutputs has a second output, to another table.
func twoOutputs(c *cloud) sink.Target {
	const uri = "gs://root/workflows/city.yaml"
	text := strings.Replace(manifestText, "            steps:\n", `              - name: second
                dataset: dataos://house:dev/town?acl=rw
                format: mem
                options:
                  saveMode: overwrite
            steps:
`, 1) + "                  - name: second\n                    sql: SELECT name FROM final\n"
	c.put(uri, text)
	return sink.Target{System: "mem", Address: "p.dev.town"}
}

// TestHalfPublished: an attempt that published one output of two and broke off
// is taken up at the other.
func TestHalfPublished(t *testing.T) {
	c := newCloud(t)
	town := twoOutputs(c)
	once := onceAt(sink.Inserting)
	c.sink.Step = func(ctx context.Context, s sink.Step, i sink.Intent) error {
		if i.Output != "second" {
			return nil
		}
		return once(ctx, s, i)
	}
	if err := c.deliver(1); !fault.Retry(err) {
		t.Fatalf("first delivery: %v", err)
	}
	for n := range 2 {
		if err := c.deliver(2 + n); err != nil {
			t.Fatal(err)
		}
	}
	o := c.outcome()
	if o.Status != ledger.Succeeded || len(o.Receipts) != 2 || len(c.sink.Landed(table)) != 1 || len(c.sink.Landed(town)) != 1 {
		t.Errorf("outcome %s with %d receipts, %d and %d published", o.Status, len(o.Receipts), len(c.sink.Landed(table)), len(c.sink.Landed(town)))
	}
	c.wantTidy()
}

// TestHalfFailed: the second output's job fails; the receipt says what was published.
func TestHalfFailed(t *testing.T) {
	c := newCloud(t)
	twoOutputs(c)
	c.sink.Fail = func(i sink.Intent) error {
		if i.Output == "second" {
			return fault.Errorf(fault.Invalid, "rows do not fit")
		}
		return nil
	}
	if err := c.deliver(1); err != nil {
		t.Fatal(err)
	}
	o := c.outcome()
	if o.Status != ledger.Failed || len(o.Receipts) != 1 || o.Receipts[0].Output != "final" || len(c.dead) != 1 {
		t.Errorf("outcome %+v, put aside %v", o, c.dead)
	}
	c.wantTidy()
}

// TestLateAppend: a late slot's rows are added all the same.
func TestLateAppend(t *testing.T) {
	c := newCloud(t)
	c.replace("gs://root/workflows/city.yaml", "saveMode: overwrite", "saveMode: append")
	for _, day := range []string{"24", "23"} {
		body := push(strings.Replace(request, "11-23", "11-"+day, 1), 1)
		if err := c.runner.Deliver(t.Context(), nil, body); err != nil {
			t.Fatal(err)
		}
	}
	if rows := c.sink.Rows(table); rows != 6 {
		t.Errorf("%d rows, want 6", rows)
	}
	if p, ok, err := c.runner.Ledger.Target(t.Context(), table); err != nil || !ok || !strings.Contains(p.Run, "20261124") {
		t.Errorf("the target's last good run is %+v, %v", p, err)
	}
}

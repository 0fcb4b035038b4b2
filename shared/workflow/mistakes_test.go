package workflow_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/trigger"
)

// wantDead: the message was put aside once, with the reason and a hint, and the
// target is untouched.
func (c *cloud) wantDead(kind, reason, hint string) {
	c.t.Helper()
	if len(c.dead) != 1 {
		c.t.Fatalf("put aside %d times: %v", len(c.dead), c.dead)
	}
	a := c.dead[0].attributes
	if a["glint_kind"] != kind || !strings.Contains(a["glint_reason"], reason) || !strings.Contains(a["glint_hint"], hint) {
		c.t.Errorf("put aside with %q\nwant kind %q, reason %q, hint %q", a, kind, reason, hint)
	}
	if a["glint_workflow"] != "city" || a["glint_message"] != "42" || !strings.Contains(c.dead[0].data, `"workflow":"city"`) {
		c.t.Errorf("put aside %v", c.dead[0])
	}
	if n := len(c.sink.Landed(table)); n > 0 {
		c.t.Errorf("%d published", n)
	}
}

func TestUsersMistakes(t *testing.T) {
	const m = "gs://root/workflows/city.yaml"
	for _, tc := range []struct {
		name               string
		spoil              func(c *cloud)
		kind, reason, hint string
		outcome            bool
	}{
		{"no manifest", func(c *cloud) { c.remove(m) },
			"not found", "there is no manifest gs://root/workflows/city.yaml", "upload it", false},
		{"not a manifest", func(c *cloud) { c.replace(m, "type: workflow", "type: banana") },
			"invalid", "city.yaml:3:", "", false},
		{"another's name", func(c *cloud) { c.replace(m, "name: city", "name: town") },
			"invalid", "city.yaml:1:1", "rename", false},
		{"unknown depot", func(c *cloud) { c.replace(m, "land:none/city", "lnad:none/city") },
			"not found", "city.yaml:14:", "did you mean land?", true},
		{"no depot's manifest", func(c *cloud) { c.remove("gs://root/depots/house.yaml") },
			"not found", "city.yaml:19:", "known: land", true},
		{"unknown column", func(c *cloud) { c.replace(m, "SELECT *", "SELECT naem") },
			"invalid", "city.yaml:26:33: ", "name", true},
		{"no schema", func(c *cloud) { c.remove("gs://land/schemas/") },
			"not found", "city.yaml:16:", "upload the schema", true},
		{"bad schema", func(c *cloud) { c.put("gs://land/schemas/city.avsc", `{"type": "record"`) },
			"invalid", "input raw", "", true},
		{"no dataset", func(c *cloud) { c.remove("gs://land/city/") },
			"not found", "0 files under gs://land/city/", "", true},
		{"unknown format", func(c *cloud) { c.replace(m, "format: mem", "format: men") },
			"invalid", "city.yaml:20:", `did you mean "mem"?`, true},
		{"output that is no step", func(c *cloud) {
			c.replace(m, "- name: final\n                    sql", "- name: finale\n                    sql")
		},
			"invalid", "city.yaml:18:", "", false},
		{"the job fails", func(c *cloud) {
			c.sink.Fail = func(sink.Intent) error { return fault.Errorf(fault.Invalid, "rows do not fit") }
		}, "invalid", "rows do not fit", "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCloud(t)
			tc.spoil(c)
			if err := c.deliver(1); err != nil {
				t.Fatalf("Deliver: %v", err)
			}
			c.wantDead(tc.kind, tc.reason, tc.hint)
			c.wantTidy()
			if !tc.outcome {
				return
			}
			if o := c.outcome(); o.Status != ledger.Failed || !strings.Contains(o.Error, tc.reason) || o.Kind != tc.kind {
				t.Errorf("outcome %+v", o)
			}
			if line := c.line("run ended"); get(line, "status") != "failed" || !strings.Contains(get(line, "error"), tc.reason) {
				t.Errorf("log line %v", line)
			}
		})
	}
}

// TestBadMessage: what can never be read is put aside with what could be.
func TestBadMessage(t *testing.T) {
	for _, data := range []string{"{", `{"workflow": "../city"}`} {
		c := newCloud(t)
		body := push(data, 1)
		if err := c.runner.Deliver(t.Context(), http.Header{}, body); err != nil {
			t.Fatal(err)
		}
		if len(c.dead) != 1 || c.dead[0].attributes["glint_kind"] != "invalid" || c.dead[0].attributes["glint_message"] != "42" {
			t.Errorf("put aside: %v", c.dead)
		}
	}
}

// TestDeadLetterNamesItsSlot: a tick that was put aside and is sent again later
// is the same run.
func TestDeadLetterNamesItsSlot(t *testing.T) {
	c := newCloud(t)
	c.remove("gs://root/depots/house.yaml")
	body, err := json.Marshal(map[string]any{"message": map[string]any{
		"data": []byte(`{"workflow": "city"}`), "messageId": "42", "publishTime": "2026-11-23T02:00:01Z",
		"attributes": map[string]string{"glint_cron": "0 2 * * *", "glint_timezone": "UTC", "glint_hops": "1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.runner.Deliver(t.Context(), http.Header{}, body); err != nil {
		t.Fatal(err)
	}
	c.wantDead("not found", "house", "known: land")
	l := c.dead[0]
	again, err := json.Marshal(map[string]any{"message": map[string]any{
		"data": []byte(l.data), "attributes": l.attributes, "messageId": "43", "publishTime": "2026-11-29T17:00:00Z",
	}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := trigger.Decode(http.Header{}, again)
	if err != nil || !m.Slot.Equal(run.Slot) || m.Hops != 1 {
		t.Errorf("sent again it is %+v, %v", m, err)
	}
}

// TestDeadLetterDown: a message that cannot even be put aside comes again.
func TestDeadLetterDown(t *testing.T) {
	c := newCloud(t)
	c.remove("gs://root/depots/house.yaml")
	keep := c.runner.DeadLetter
	c.runner.DeadLetter = func(context.Context, []byte, map[string]string) error { return errDown }
	if err := c.deliver(1); !fault.Retry(err) {
		t.Fatalf("Deliver = %v", err)
	}
	c.runner.DeadLetter = keep
	if err := c.deliver(2); err != nil {
		t.Fatal(err)
	}
	c.wantDead("not found", "house", "known: land")
}

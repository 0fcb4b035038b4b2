package trigger_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/trigger"
)

var published = time.Date(2026, 11, 23, 2, 0, 3, 123456789, time.UTC)

// push wraps a message as Pub/Sub does.
func push(data []byte, attributes map[string]string) []byte {
	body, _ := json.Marshal(map[string]any{
		"message": map[string]any{
			"data": data, "attributes": attributes, "messageId": "42", "message_id": "42",
			"publishTime": published, "orderingKey": "k",
		},
		"subscription": "projects/p/subscriptions/s", "deliveryAttempt": 3,
	})
	return body
}

func TestDecode(t *testing.T) {
	slot := time.Date(2026, 11, 1, 2, 0, 0, 0, time.UTC)
	base := trigger.Message{ID: "42", Published: published, Delivery: 3, Subscription: "projects/p/subscriptions/s", OrderingKey: "k"}
	for _, c := range []struct {
		name string
		in   trigger.Message
		slot time.Time
	}{
		{"scheduler", trigger.Message{Workflow: "w", Cron: "0 2 * * *", TimeZone: "UTC"}, time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)},
		{"person", trigger.Message{Workflow: "w", Manual: true, Reason: "late file"}, published.Truncate(time.Millisecond)},
		{"slot", trigger.Message{Workflow: "w-1", Job: "j", Slot: slot, Ordinal: 2, Hops: 1}, slot},
	} {
		data, attributes := c.in.Encode()
		want := c.in
		want.ID, want.Published, want.Delivery, want.Subscription, want.OrderingKey = base.ID, base.Published, base.Delivery, base.Subscription, base.OrderingKey
		want.Slot = c.slot

		structured, _ := json.Marshal(map[string]any{"specversion": "1.0", "type": "google.cloud.pubsub.topic.v1.messagePublished", "data": json.RawMessage(push(data, attributes))})
		blob, _ := json.Marshal(map[string]any{"specversion": "1.0", "type": "google.cloud.pubsub.topic.v1.messagePublished", "data_base64": push(data, attributes)})
		for form, in := range map[string]struct {
			h    http.Header
			body []byte
		}{
			"raw":        {http.Header{}, push(data, attributes)},
			"binary":     {http.Header{"Ce-Type": {"google.cloud.pubsub.topic.v1.messagePublished"}}, push(data, attributes)},
			"base64":     {http.Header{"Content-Type": {"application/cloudevents+json"}}, blob},
			"structured": {http.Header{"Content-Type": {"application/cloudevents+json; charset=utf-8"}}, structured},
		} {
			got, err := trigger.Decode(in.h, in.body)
			if err != nil {
				t.Errorf("%s, %s: %v", c.name, form, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s: (-want +got)\n%s", c.name, form, diff)
			}
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		h    http.Header
		body []byte
		want string
	}{
		{"nothing", nil, nil, "not a wrapped message"},
		{"empty", nil, []byte("{}"), "holds no message"},
		{"text", nil, push([]byte("hello"), nil), "not JSON"},
		{"path", nil, push([]byte(`{"workflow": "../../etc/passwd"}`), nil), "a message never holds a path"},
		{"long", nil, push([]byte(`{"workflow": "`+strings.Repeat("a", 49)+`"}`), nil), "at most 48"},
		{"cron", nil, push([]byte(`{"workflow": "w"}`), map[string]string{"glint_cron": "x"}), "cron"},
		{"zone", nil, push([]byte(`{"workflow": "w"}`), map[string]string{"glint_cron": "0 2 * * *", "glint_timezone": "Mars"}), "time zone"},
		{"Local", nil, push([]byte(`{"workflow": "w"}`), map[string]string{"glint_cron": "0 2 * * *", "glint_timezone": "Local"}), "time zone"},
		{"zone in the cron", nil, push([]byte(`{"workflow": "w"}`), map[string]string{"glint_cron": "TZ=0"}), "five fields"},
		{"no ticks", nil, push([]byte(`{"workflow": "w"}`), map[string]string{"glint_cron": "@every 1h"}), "five fields"},
		{"never", nil, push([]byte(`{"workflow": "w"}`), map[string]string{"glint_cron": "0 0 30 2 *"}), "no tick"},
		{"variables", nil, push([]byte(`{"workflow": "w", "variables": {"a": "b"}}`), nil), "schedules.yaml"},
		{"unknown field", nil, push([]byte(`{"workflow": "w", "force": true}`), nil), `unknown field "force"`},
		{"two values", nil, push([]byte(`{"workflow": "w"} {}`), nil), "more after its end"},
		{"no data", nil, push(nil, nil), "not JSON"},
		{"early slot", nil, push([]byte(`{"workflow": "w", "slot": "0001-01-01T00:00:00Z"}`), nil), "year 1"},
		{"large", nil, push([]byte(strings.Repeat(" ", 1<<20)), nil), "bytes"},
		{"batch", http.Header{"Content-Type": {"application/cloudevents-batch+json"}}, []byte("[]"), "each by itself"},
		{"event", http.Header{"Ce-Type": {"google.cloud.storage.object.v1.finalized"}}, push([]byte(`{"workflow": "w"}`), nil), "not a Pub/Sub message"},
	} {
		m, err := trigger.Decode(c.h, c.body)
		if strings.ContainsAny(m.Workflow, "/.") || len(m.Workflow) > 48 {
			t.Errorf("%s: the message comes back with the workflow %q", c.name, m.Workflow)
		}
		if !errors.Is(err, fault.Invalid) || !strings.Contains(fault.Print(err), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestTick(t *testing.T) {
	for _, c := range []struct{ name, cron, zone, at, want string }{
		{"on the tick", "0 2 * * *", "UTC", "2026-11-23T02:00:00Z", "2026-11-23T02:00:00Z"},
		{"late", "0 2 * * *", "UTC", "2026-11-23T05:00:00Z", "2026-11-23T02:00:00Z"},
		{"yesterday's", "0 2 * * *", "UTC", "2026-11-23T01:59:00Z", "2026-11-22T02:00:00Z"},
		{"zone", "0 2 * * *", "Asia/Kolkata", "2026-11-23T02:00:00Z", "2026-11-22T20:30:00Z"},
		{"yearly", "0 0 29 2 *", "UTC", "2026-11-23T02:00:00Z", "2024-02-29T00:00:00Z"},
		{"every minute", "* * * * *", "UTC", "2026-11-23T02:00:59Z", "2026-11-23T02:00:00Z"},
		{"an hour that the clocks skip", "30 2 * * *", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T01:30:00Z"},
		{"an hour that comes twice", "30 2 * * *", "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-25T01:30:00Z"},
	} {
		at, _ := time.Parse(time.RFC3339, c.at)
		got, err := trigger.Tick(c.cron, c.zone, at)
		if err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s: Tick = %v, %v, want %s", c.name, got, err, c.want)
		}
	}
}

// TestEarly: a tick published by a clock that is slow is today's, not yesterday's.
func TestEarly(t *testing.T) {
	data, attributes := trigger.Message{Workflow: "w", Cron: "0 2 * * *", TimeZone: "UTC"}.Encode()
	body := strings.Replace(string(push(data, attributes)), "02:00:03", "01:59:41", 1)
	m, err := trigger.Decode(nil, []byte(body))
	if err != nil || m.Slot.Format(time.RFC3339) != "2026-11-23T02:00:00Z" {
		t.Errorf("slot = %v, %v", m.Slot, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(push([]byte(`{"workflow": "w"}`), map[string]string{"glint_cron": "0 2 * * *"}))
	f.Fuzz(func(t *testing.T, body []byte) {
		if m, err := trigger.Decode(nil, body); err == nil && strings.ContainsAny(m.Workflow, "/.") {
			t.Errorf("workflow %q", m.Workflow)
		}
	})
}

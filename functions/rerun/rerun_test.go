package rerun_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/functions/rerun"
)

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name, method, target, key string
		header                    map[string]string
		handshake                 string
		err                       error
		want                      int
		body                      string
	}{
		{name: "dealt with", want: http.StatusNoContent},
		{name: "must come again", err: errors.New("no store"), want: http.StatusServiceUnavailable, body: "no store"},
		{name: "a person's browser", method: http.MethodGet, want: http.StatusMethodNotAllowed},
		{name: "Event Grid where no key is set", header: map[string]string{"aeg-event-type": "Notification"}, want: http.StatusForbidden, body: "GLINT_EVENT_KEY"},
		{name: "handshake", key: "s3", target: "/?key=s3", header: map[string]string{"aeg-event-type": "SubscriptionValidation"},
			handshake: "512d", want: http.StatusOK, body: `{"validationResponse":"512d"}`},
		{name: "key in the header", key: "s3", header: map[string]string{"aeg-event-type": "Notification", "X-Glint-Key": "s3"}, want: http.StatusNoContent},
		{name: "wrong key", key: "s3", target: "/?key=s4", header: map[string]string{"aeg-event-type": "Notification"}, want: http.StatusForbidden},
		{name: "a push without the key", key: "s3", want: http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := rerun.New(func(_ context.Context, _ http.Header, body []byte) (string, error) {
				if string(body) != "event" {
					t.Errorf("body = %q", body)
				}
				if c.want == http.StatusForbidden {
					t.Error("the event was let in")
				}
				return c.handshake, c.err
			}, c.key, time.Minute)
			if c.method == "" {
				c.method = http.MethodPost
			}
			if c.target == "" {
				c.target = "/"
			}
			r := httptest.NewRequest(c.method, c.target, strings.NewReader("event"))
			for k, v := range c.header {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			h(w, r)
			if w.Code != c.want || !strings.Contains(w.Body.String(), c.body) {
				t.Errorf("answer %d %q, want %d %q", w.Code, w.Body, c.want, c.body)
			}
		})
	}
}

// Package reconcile is the door for the clock: at every tick it puts right what
// was left, and starts the runs that events asked for.
package reconcile

import (
	"context"
	"net/http"
	"time"
)

// New makes the handler of a tick, which is a POST whose body does not matter:
// Cloud Scheduler calls it, once a minute. An error is 503; what was not done
// is done at the next tick, so the scheduler need not try again.
func New(tick func(ctx context.Context) error, within time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.Error(w, "a tick is a POST", http.StatusMethodNotAllowed)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), within)
		defer cancel()
		if err := tick(ctx); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

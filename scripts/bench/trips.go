//go:build !windows

package main

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/gcs/gcstest"
)

// delay is added to each request of storage to count the ones that wait for
// each other.
const delay = 100 * time.Millisecond

// trips are the requests of one small run, and how many of them are made one
// after another: a run whose every request takes 100 ms longer takes so many
// times 100 ms longer.
func (w *world) trips(ctx context.Context) ([]Figure, error) {
	defer w.cloud.Storage.Fault(nil)
	round := 0
	small := func(slow string) (float64, error) {
		var all []cost
		for range 3 {
			w.cloud.Storage.Fault(nil)
			name := fmt.Sprint("small", round)
			round++
			if slow != "" {
				w.cloud.Storage.Fault(func(r *http.Request) *gcstest.Fault {
					if !strings.Contains(r.URL.Path, slow) || strings.HasSuffix(r.URL.Path, ".yaml") && r.Method == http.MethodPost {
						return nil
					}
					return &gcstest.Fault{Stall: delay}
				})
			}
			w.cloud.Storage.ResetLog()
			c, err := w.run(ctx, name, "small", "SELECT * FROM big LIMIT 10")
			if err != nil {
				return 0, err
			}
			all = append(all, c)
		}
		return median(all, wall), nil
	}
	plain, err := small("")
	if err != nil {
		return nil, err
	}
	figures := []Figure{{Name: "small run: message to answer", Value: plain, Unit: "s"}}
	figures = append(figures, w.requests()...)
	for _, of := range []struct {
		name, path string
		bound      float64
	}{{"ledger", "/b/" + state, 6}, {"all", "/b/", 0}} {
		slow, err := small(of.path)
		if err != nil {
			return nil, err
		}
		figures = append(figures, Figure{
			Name: "small run: requests one after another, " + of.name, Value: math.Round((slow - plain) / delay.Seconds()), Bound: of.bound})
	}
	return figures, nil
}

// requests are those of the last run, by what they are for.
func (w *world) requests() []Figure {
	kinds := []string{"ledger", "manifest and depots", "data and schema", "stage"}
	count := map[string]float64{}
	for _, q := range w.cloud.Storage.Requests() {
		if w.o.verbose {
			say("%s %s/%s %d", q.Op, q.Bucket, q.Object, q.Status)
		}
		switch {
		case q.Bucket == root && q.Method == http.MethodPost: // our own upload of the workflow
		case q.Bucket == state:
			count["ledger"]++
		case q.Bucket == temporary && !q.Media: // the emulator of BigQuery reads it too
			count["stage"]++
		case q.Bucket == landing:
			count["data and schema"]++
		case q.Bucket == root:
			count["manifest and depots"]++
		}
	}
	var figures []Figure
	for _, kind := range kinds {
		figures = append(figures, Figure{Name: "small run: storage requests, " + kind, Value: count[kind]})
	}
	return figures
}

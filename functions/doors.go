package main

import (
	"context"
	"net/http"
	"sync"

	"github.com/glint-data/glint/shared/fault"
)

// busy counts the requests that are being served.
func busy(wg *sync.WaitGroup, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		wg.Add(1)
		defer wg.Done()
		h(w, r)
	}
}

// stopWith ends a request's context also when stop ends: the framework itself
// does not handle SIGTERM.
func stopWith(stop context.Context, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancelCause(r.Context())
		defer cancel(nil)
		defer context.AfterFunc(stop, func() { cancel(errStopping) })()
		h(w, r.WithContext(ctx))
	}
}

// errStopping is why a run ends when the instance is told to stop.
var errStopping = fault.Errorf(fault.Transient, "the instance is stopping")

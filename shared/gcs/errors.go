package gcs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/storage"
	"github.com/googleapis/gax-go/v2"
	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// An op is what was tried, with the permission that it needs and the least
// predefined role that has it.
type op struct{ name, permission, role string }

var (
	opStat     = op{"stat", "storage.objects.get", "roles/storage.objectViewer"}
	opOpen     = op{"open", "storage.objects.get", "roles/storage.objectViewer"}
	opPut      = op{"put", "storage.objects.create, and storage.objects.delete to replace one", "roles/storage.objectUser"}
	opDelete   = op{"delete", "storage.objects.delete", "roles/storage.objectUser"}
	opList     = op{"list", "storage.objects.list", "roles/storage.objectViewer"}
	opLocation = op{"location", "storage.buckets.get", "roles/storage.legacyBucketReader"}
)

// A try is one operation with all its attempts.
type try struct {
	ctx      context.Context
	patience time.Duration
	first    time.Time // when the trouble began; zero while there is none
	unclear  bool      // an attempt failed in such a way that it may have been carried out
}

func (s *Store) newTry(ctx context.Context) *try { return &try{ctx: ctx, patience: s.opts.Patience} }

// options make the official client ask t. Everything may be sent twice here:
// writes either have a precondition or put the same bytes again.
func (t *try) options() []storage.RetryOption {
	return []storage.RetryOption{
		storage.WithPolicy(storage.RetryAlways),
		storage.WithBackoff(t.backoff()),
		storage.WithErrorFunc(t.again),
	}
}

// backoff is a quarter of a second, growing to fifteen, for a patience of a minute.
func (t *try) backoff() gax.Backoff {
	return gax.Backoff{Initial: t.patience / 240, Max: t.patience / 4, Multiplier: 2}
}

// again says whether err is worth another attempt, and takes note of it.
func (t *try) again(err error) bool {
	if !transient(err) || t.ctx.Err() != nil {
		return false
	}
	var api *googleapi.Error
	if !errors.As(err, &api) || api.Code != 429 {
		t.unclear = true
	}
	if t.first.IsZero() {
		t.first = time.Now()
	}
	return time.Since(t.first) < t.patience
}

// progress forgets earlier trouble: patience is for what does not move.
func (t *try) progress() { t.first = time.Time{} }

// transient is storage.ShouldRetry with time-outs, which it leaves out, and
// without 501, which is never going to work.
func transient(err error) bool {
	var n net.Error
	if isCode(err, 501) {
		return false
	}
	return storage.ShouldRetry(err) || errors.As(err, &n) && n.Timeout()
}

// fault gives an error of the client its kind, and a hint where one helps. It
// is the only place that knows the client's errors.
func (t *try) fault(o op, uri string, err error) error {
	var own *fault.Error
	switch {
	case err == nil || errors.As(err, &own):
		return err
	case t.ctx.Err() != nil:
		return fmt.Errorf("%s %s: %w", o.name, uri, object.Interrupted(t.ctx))
	case isNoBucket(err):
		bucket, _, _ := strings.Cut(strings.TrimPrefix(uri, scheme), "/")
		return fault.Errorf(fault.NotFound, "%s %s: there is no bucket %s", o.name, uri, bucket).
			WithHint("create it, or correct the name: gcloud storage buckets list")
	case errors.Is(err, storage.ErrObjectNotExist):
		return fault.Errorf(fault.NotFound, "%s %s: no such object", o.name, uri)
	}
	if isToken(err) {
		return noCredentials(fmt.Errorf("%s %s: %w", o.name, uri, err))
	}
	var api *googleapi.Error
	if !errors.As(err, &api) {
		var u *url.Error
		if errors.As(err, &u) { // without its URL: that of an upload session lets anybody write
			err = u.Err
		}
		return fault.Errorf(fault.Transient, "%s %s: %w", o.name, uri, err)
	}
	return byCode(o, uri, api)
}

func byCode(o op, uri string, api *googleapi.Error) error {
	api = parsed(api)
	kind := fault.Transient // 408, 410 (a session that was lost), 429, 5xx
	switch api.Code {
	case 400, 405, 413, 414, 416, 501:
		kind = fault.Invalid
	case 401:
		return noCredentials(fmt.Errorf("%s %s: %s", o.name, uri, message(api)))
	case 403:
		if isRate(api) {
			break
		}
		return fault.Errorf(fault.Denied, "%s %s: %s", o.name, uri, message(api)).
			WithHint("this needs %s: grant %s on the bucket to the account that runs this", o.permission, o.role)
	case 404:
		kind = fault.NotFound
	case 409, 412:
		kind = fault.Conflict
	}
	return fault.Errorf(kind, "%s %s: %s", o.name, uri, message(api))
}

// message is what the service says, without the lines of detail that the client adds.
func message(api *googleapi.Error) string {
	text := api.Message
	if text == "" {
		text, _, _ = strings.Cut(strings.TrimSpace(api.Body), "\n")
	}
	return fmt.Sprintf("%s (%d)", text, api.Code)
}

// parsed reads the body of an answer to a download, which the client leaves alone.
func parsed(api *googleapi.Error) *googleapi.Error {
	var body struct{ Error googleapi.Error }
	if api.Message != "" || json.Unmarshal([]byte(api.Body), &body) != nil {
		return api
	}
	return &googleapi.Error{Code: api.Code, Message: body.Error.Message, Errors: body.Error.Errors, Body: api.Body}
}

func isNoBucket(err error) bool {
	if errors.Is(err, storage.ErrBucketNotExist) {
		return true
	}
	var api *googleapi.Error
	return errors.As(err, &api) && api.Code == 404 && strings.Contains(api.Message+api.Body, "bucket does not exist")
}

// isToken says that whoever issues access tokens refused one. The client has
// two libraries for that.
func isToken(err error) bool {
	var a *auth.Error
	if errors.As(err, &a) {
		return !a.Temporary()
	}
	var o *oauth2.RetrieveError
	return errors.As(err, &o) && o.Response != nil && o.Response.StatusCode/100 == 4 && o.Response.StatusCode != 429
}

// isGone says that there is no such object, in a bucket that is there.
func isGone(err error) bool { return errors.Is(err, storage.ErrObjectNotExist) && !isNoBucket(err) }

// isRate tells a quota from a missing permission: both can be 403.
func isRate(api *googleapi.Error) bool {
	for _, item := range api.Errors {
		if strings.HasSuffix(strings.ToLower(item.Reason), "ratelimitexceeded") {
			return true
		}
	}
	return false
}

func isCode(err error, code int) bool {
	var api *googleapi.Error
	return errors.As(err, &api) && api.Code == code
}

func noCredentials(err error) error {
	return fault.Errorf(fault.Denied, "gcs: %w", err).
		WithHint("on Google Cloud, give the service a service account; elsewhere run: gcloud auth application-default login")
}

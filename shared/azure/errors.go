package azure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// An op is what was tried, with the least built-in role that may.
type op struct{ name, role string }

var (
	opStat   = op{"stat", reader}
	opOpen   = op{"open", reader}
	opList   = op{"list", reader}
	opPut    = op{"put", writer}
	opDelete = op{"delete", writer}
)

const (
	reader = "Storage Blob Data Reader"
	writer = "Storage Blob Data Contributor"
)

// A try is one operation with all its attempts.
type try struct {
	ctx     context.Context
	opts    Options
	first   time.Time // when the trouble began; zero while there is none
	pause   time.Duration
	unclear bool // an attempt failed in such a way that it may have been carried out
}

func (s *Store) newTry(ctx context.Context) *try { return &try{ctx: ctx, opts: s.opts} }

// do sends a request until it is answered. Everything may be sent twice here:
// writes either have a condition or put the same bytes again.
func (t *try) do(f func(context.Context) error) error {
	for {
		if err := object.Interrupted(t.ctx); err != nil {
			return err
		}
		// Longer than an answer may take to begin, for a chunk needs its time on a slow line.
		ctx, cancel := context.WithTimeout(t.ctx, t.opts.Idle+time.Minute)
		err := f(ctx)
		cancel()
		if err == nil || !t.again(err) {
			return err
		}
		t.wait()
	}
}

// again says whether err is worth another attempt, and takes note of it.
func (t *try) again(err error) bool {
	if !transient(err) || t.ctx.Err() != nil {
		return false
	}
	if status(err) != http.StatusTooManyRequests {
		t.unclear = true
	}
	if t.first.IsZero() {
		t.first = time.Now()
	}
	return time.Since(t.first) < t.opts.Patience
}

// wait is a quarter of a second, growing to fifteen, for a patience of a minute.
func (t *try) wait() {
	t.pause = min(max(2*t.pause, t.opts.Patience/240), t.opts.Patience/4)
	select {
	case <-t.ctx.Done():
	case <-time.After(t.pause):
	}
}

// progress forgets earlier trouble: patience is for what does not move.
func (t *try) progress() { t.first, t.pause = time.Time{}, 0 }

// transient says that the next attempt may succeed.
func transient(err error) bool {
	var own *fault.Error
	var never interface{ NonRetriable() }
	var name *net.DNSError
	switch {
	case errors.As(err, &own):
		return false
	case status(err) != 0:
		return slices.Contains([]int{408, 429, 500, 502, 503, 504}, status(err))
	case errors.As(err, &never):
		return false
	case errors.As(err, &name):
		return !name.IsNotFound
	}
	return true // of the line
}

// status is the service's answer, 0 if there is none.
func status(err error) int {
	var api *azcore.ResponseError
	if errors.As(err, &api) {
		return api.StatusCode
	}
	return 0
}

// fault gives an error of the client its kind, and a hint where one helps. It
// is the only place that knows the client's errors.
func (t *try) fault(o op, uri string, err error) error {
	var own *fault.Error
	var never interface{ NonRetriable() }
	var name *net.DNSError
	var api *azcore.ResponseError
	switch {
	case err == nil:
		return nil
	case t.ctx.Err() != nil:
		return fmt.Errorf("%s %s: %w", o.name, uri, object.Interrupted(t.ctx))
	case errors.As(err, &own):
		return err
	case errors.As(err, &api):
		return byCode(o, uri, api)
	case errors.As(err, &name) && name.IsNotFound:
		return fault.Errorf(fault.NotFound, "%s %s: there is no storage account at %s", o.name, uri, name.Name).
			WithHint("correct the depot's account or endpointSuffix: az storage account list")
	case errors.As(err, &never): // a token over a line without TLS
		return fault.Errorf(fault.Invalid, "%s %s: %w", o.name, uri, err)
	}
	var u *url.Error
	if errors.As(err, &u) { // without its URL: a shared access signature stands in it
		err = u.Err
	}
	return fault.Errorf(fault.Transient, "%s %s: %w", o.name, uri, err)
}

func byCode(o op, uri string, api *azcore.ResponseError) error {
	say := func(k fault.Kind) *fault.Error {
		return fault.Errorf(k, "%s %s: %s", o.name, uri, message(api))
	}
	switch bloberror.Code(api.ErrorCode) {
	case bloberror.ContainerNotFound:
		return fault.Errorf(fault.NotFound, "%s %s: there is no such container", o.name, uri).
			WithHint("create it, or correct the depot's container: az storage container list --auth-mode login --account-name ACCOUNT")
	case bloberror.BlobNotFound:
		return fault.Errorf(fault.NotFound, "%s %s: no such object", o.name, uri)
	case bloberror.AuthenticationFailed, bloberror.NoAuthenticationInformation, bloberror.InvalidAuthenticationInfo:
		return say(fault.Denied).WithHint("the key or the signature is wrong or has expired: renew it in the depot's secret")
	case bloberror.AuthorizationPermissionMismatch, bloberror.InsufficientAccountPermissions:
		return say(fault.Denied).WithHint("give the application the role %s on the container, or the signature the permissions of %s", o.role, o.name)
	case bloberror.AuthorizationFailure:
		return say(fault.Denied).WithHint("the key or signature is wrong or for something else, or the account's network rules keep this service out")
	case bloberror.LeaseIDMissing, bloberror.LeaseIDMismatchWithBlobOperation, bloberror.LeaseAlreadyPresent,
		bloberror.BlobBeingRehydrated, bloberror.ContainerBeingDeleted, bloberror.SystemInUse:
		return say(fault.Transient)
	case bloberror.BlobArchived:
		return say(fault.Invalid).WithHint("bring it back from the archive first: az storage blob set-tier --tier Hot")
	case bloberror.SnapshotsPresent:
		return say(fault.Refused).WithHint("it has snapshots, which would go with it: delete them first")
	case bloberror.BlobImmutableDueToPolicy:
		return say(fault.Denied).WithHint("a retention policy or a legal hold on the container keeps it as it is")
	}
	switch api.StatusCode {
	case 400, 405, 411, 413, 414, 416, 501:
		return say(fault.Invalid)
	case 401, 403:
		return say(fault.Denied).WithHint("this needs the role %s", o.role)
	case 404:
		return fault.Errorf(fault.NotFound, "%s %s: no such object", o.name, uri)
	case 409, 412:
		return say(fault.Conflict)
	}
	return say(fault.Transient) // 408, 429, 5xx
}

var inBody = regexp.MustCompile(`<Message>([^\n<]*)`)

// message is what the service says; the client adds the whole request to it.
func message(api *azcore.ResponseError) string {
	text := ""
	if m := inBody.FindStringSubmatch(api.Error()); m != nil {
		text = ": " + m[1]
	}
	return fmt.Sprintf("%s%s (%d)", cmp.Or(api.ErrorCode, http.StatusText(api.StatusCode)), text, api.StatusCode)
}

func isCode(err error, codes ...bloberror.Code) bool { return bloberror.HasCode(err, codes...) }

// isGone says that there is no such blob, in a container that is there.
func isGone(err error) bool {
	return status(err) == http.StatusNotFound && !isCode(err, bloberror.ContainerNotFound)
}

// pinned is fault, and makes a Conflict of a version that is not there: the
// blob has another one by now, or there is none.
func (t *try) pinned(o op, uri, version string, err error) error {
	if version != "" && (isGone(err) || isCode(err, bloberror.ConditionNotMet)) {
		return fault.Errorf(fault.Conflict, "%s %s: version %s is gone", o.name, uri, version)
	}
	return t.fault(o, uri, err)
}

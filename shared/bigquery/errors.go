package bigquery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
	"google.golang.org/api/googleapi"

	"github.com/glint-data/glint/shared/fault"
)

// A call names one request for whoever reads its error.
type call struct {
	what string // "get table p.d.t"
	need string // the permission and a role that has it
}

// translate gives err, which a request returned, its kind. It is the only place
// that knows the API's errors.
func translate(c call, err error) error {
	if err == nil {
		return nil
	}
	k := kindOf(err)
	e := fault.Errorf(k, "BigQuery: %s: %w", c.what, err)
	switch k {
	case fault.Denied:
		return e.WithHint("grant %s to the identity that this runs as", c.need)
	case fault.Exhausted:
		return e.WithHint("a quota of the project is used up: it is listed under IAM & Admin, Quotas; most come back within a day")
	}
	return e
}

func kindOf(err error) fault.Kind {
	var api *googleapi.Error
	if errors.As(err, &api) {
		for _, item := range api.Errors {
			if k, ok := reasonKind(item.Reason); ok {
				return k
			}
		}
		switch {
		case api.Code >= 500, api.Code == 429, api.Code == 408:
			return fault.Transient
		case api.Code == 401, api.Code == 403:
			return fault.Denied
		case api.Code == 404:
			return fault.NotFound
		case api.Code == 409, api.Code == 412:
			return fault.Conflict
		case api.Code >= 400:
			return fault.Invalid
		}
		return fault.Internal
	}
	var (
		network net.Error
		broken  *url.Error
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF),
		errors.As(err, &network), errors.As(err, &broken):
		// Also a token that could not be fetched: its server's answer is in the text.
		return fault.Transient
	}
	return fault.Internal
}

// reasonKind is what follows from a reason, of a request or of a job that failed.
// https://cloud.google.com/bigquery/docs/error-messages#errortable
func reasonKind(reason string) (fault.Kind, bool) {
	switch reason {
	case "backendError", "internalError", "rateLimitExceeded", "jobBackendError", "jobInternalError",
		"jobRateLimitExceeded", "tableUnavailable", "badGateway", "timeout":
		return fault.Transient, true
	case "quotaExceeded", "resourcesExceeded", "blocked", "billingTierLimitExceeded":
		return fault.Exhausted, true
	case "accessDenied", "billingNotEnabled", "responseTooLarge":
		return fault.Denied, true
	case "notFound":
		return fault.NotFound, true
	case "duplicate":
		return fault.Conflict, true
	case "invalid", "invalidQuery", "invalidUser", "notImplemented", "resourceInUse", "badRequest", "required":
		return fault.Invalid, true
	}
	return fault.Internal, false
}

// jobFailed is the error of a load that ended without landing: the table is as
// it was. It tells up to five of the job's own errors.
func jobFailed(j *bq.Job) error {
	main := j.Status.ErrorResult
	var b strings.Builder
	fmt.Fprintf(&b, "load job %s failed: %s", j.JobReference.JobId, main.Message)
	told := 0
	for _, e := range j.Status.Errors {
		if e.Message == main.Message || told == 5 {
			continue
		}
		told++
		fmt.Fprintf(&b, "; %s", e.Message)
		if e.Location != "" {
			fmt.Fprintf(&b, " (%s)", e.Location)
		}
	}
	if n := len(j.Status.Errors); n > told+1 {
		fmt.Fprintf(&b, "; %d errors in all", n)
	}
	kind, hint := jobKind(j, main)
	return fault.Errorf(kind, "%s", b.String()).WithHint("%s", hint)
}

func jobKind(j *bq.Job, main *bq.ErrorProto) (fault.Kind, string) {
	show := fmt.Sprintf("bq show --location=%s -j %s:%s", j.JobReference.Location, j.JobReference.ProjectId, j.JobReference.JobId)
	if main.Reason == "stopped" {
		if strings.Contains(strings.ToLower(main.Message), "timed out") || strings.Contains(strings.ToLower(main.Message), "timeout") {
			return fault.Exhausted, "the load took longer than it was given; see where it waited: " + show
		}
		return fault.Refused, "somebody cancelled the job; the table is as it was. See who: " + show
	}
	kind, _ := reasonKind(main.Reason)
	switch kind {
	case fault.Denied:
		return kind, "the identity that this runs as needs roles/bigquery.dataEditor on the dataset, and on the temporary bucket " +
			"storage.buckets.get and storage.objects.get (roles/storage.legacyBucketReader with roles/storage.objectViewer)"
	case fault.NotFound:
		return kind, "is the dataset still there, and the temporary bucket where the dataset is? A rule that removes temporary objects must wait a day. " + show
	case fault.Exhausted:
		return kind, "a table takes 1,500 loads a day and a project 100,000; resources come back when other jobs end. " + show
	case fault.Invalid:
		return kind, "the table is as it was. What BigQuery says of it: " + show
	}
	return kind, show
}

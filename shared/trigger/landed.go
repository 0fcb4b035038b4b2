package trigger

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// An Object is one that landed in a store: written whole, under a new version.
type Object struct {
	URI     string
	Version string    // generation or ETag; with URI it names the event, however often that is delivered
	Time    time.Time // when it was written, by the store's clock; zero if the event does not say
	Hops    int       // how many runs led to it
}

// A Landing is what an event's request holds.
type Landing struct {
	ID      string // of the message or of the first event
	Objects []Object
	// Handshake is what Event Grid wants to have back before it sends anything.
	Handshake string
}

// DecodeLanding reads the events of a request: a Cloud Storage notification
// that Pub/Sub pushes, or a list of Azure Event Grid. Events that bring no new
// bytes, a deletion for one, are left out. An error is fault.Invalid and stays so.
func DecodeLanding(h http.Header, body []byte) (Landing, error) {
	switch {
	case len(body) > maxBody:
		return Landing{}, fault.Errorf(fault.Invalid, "the event has %d bytes, it may have %d", len(body), maxBody)
	case h.Get("Aeg-Event-Type") != "":
		return grid(body)
	case h.Get("Ce-Type") != "" || strings.HasPrefix(h.Get("Content-Type"), "application/cloudevents"):
		return Landing{}, fault.Errorf(fault.Invalid, "an object's event is not taken as a CloudEvent").
			WithHint("push the bucket's Pub/Sub notifications wrapped, and let Event Grid deliver in its own schema")
	}
	return notification(body)
}

// notification reads a Cloud Storage notification.
// https://cloud.google.com/storage/docs/pubsub-notifications#format
func notification(body []byte) (Landing, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return Landing{}, fault.Errorf(fault.Invalid, "the push is not a wrapped message: %v", err).
			WithHint("the subscription must not unwrap the payload (no_wrapper)")
	}
	l := Landing{ID: e.Message.MessageID}
	a := e.Message.Attributes
	switch a["eventType"] {
	case "OBJECT_FINALIZE":
	case "OBJECT_DELETE", "OBJECT_ARCHIVE", "OBJECT_METADATA_UPDATE":
		return l, nil
	default:
		return l, fault.Errorf(fault.Invalid, "the message is no notification of Cloud Storage: its eventType is %.100q", a["eventType"]).
			WithHint("this door hears what lands; runs are asked for on GLINT_TOPIC")
	}
	if a["bucketId"] == "" || a["objectId"] == "" || a["objectGeneration"] == "" {
		return l, fault.Errorf(fault.Invalid, "the notification lacks bucketId, objectId or objectGeneration")
	}
	o := Object{URI: "gs://" + a["bucketId"] + "/" + a["objectId"], Version: a["objectGeneration"]}
	o.Time, _ = time.Parse(time.RFC3339Nano, a["eventTime"])
	var resource struct {
		Metadata map[string]string `json:"metadata"`
	}
	_ = json.Unmarshal(e.Message.Data, &resource) // empty where the payload is NONE
	hops, err := hopsOf(resource.Metadata[attrHops])
	if err != nil {
		return l, err
	}
	o.Hops = hops
	l.Objects = []Object{o}
	return l, nil
}

// grid reads a list of Event Grid's events in its own schema.
// https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage
func grid(body []byte) (Landing, error) {
	var events []struct {
		ID        string    `json:"id"`
		EventType string    `json:"eventType"`
		EventTime time.Time `json:"eventTime"`
		Data      struct {
			API            string `json:"api"`
			URL            string `json:"url"`
			ETag           string `json:"eTag"`
			ValidationCode string `json:"validationCode"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &events); err != nil {
		return Landing{}, fault.Errorf(fault.Invalid, "the events are not a list of Event Grid's: %v", err).
			WithHint("set the event subscription's delivery schema to EventGridSchema")
	}
	var l Landing
	for _, e := range events {
		if l.ID == "" {
			l.ID = e.ID
		}
		switch e.EventType {
		case "Microsoft.EventGrid.SubscriptionValidationEvent":
			l.Handshake = e.Data.ValidationCode
		case "Microsoft.Storage.BlobCreated":
			// In an account with directories, CreateFile announces an empty file
			// and FlushWithClose its end.
			if e.Data.API == "CreateFile" {
				continue
			}
			uri, err := blob(e.Data.URL)
			if err != nil {
				return l, err
			}
			if e.Data.ETag == "" {
				return l, fault.Errorf(fault.Invalid, "the event of %s has no eTag", uri)
			}
			l.Objects = append(l.Objects, Object{URI: uri, Version: strings.Trim(e.Data.ETag, `"`), Time: e.EventTime})
		}
	}
	return l, nil
}

// blob is the depot's way of writing a blob's URL.
func blob(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", fault.Errorf(fault.Invalid, "the event's url %.200q is none", text)
	}
	account, service, _ := strings.Cut(u.Host, ".")
	container, name, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if account == "" || container == "" || name == "" {
		return "", fault.Errorf(fault.Invalid, "the event's url %.200q names no blob", text)
	}
	// Its two services, blob and dfs, are two names of the same account.
	service = strings.TrimPrefix(strings.TrimPrefix(service, "blob."), "dfs.")
	return "abfss://" + container + "@" + account + ".dfs." + service + "/" + name, nil
}

func hopsOf(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fault.Errorf(fault.Invalid, "the attribute %s is %q", attrHops, text)
	}
	return n, nil
}

// Place writes a URI so that two spellings of one place are equal: an Azure
// account is reached as blob and as dfs, by wasb and abfs, with TLS or not.
func Place(uri string) string {
	scheme, rest, _ := strings.Cut(uri, "://")
	switch scheme {
	case "wasb", "wasbs", "abfs", "abfss":
		scheme = "abfss"
		rest = strings.Replace(rest, ".blob.", ".dfs.", 1)
	}
	return scheme + "://" + strings.TrimRight(rest, "/")
}

// Reads reports whether a dataset at the URI `at` is read from object: it is
// the object, or the directory in which the object lies. As in Spark, names
// that begin with _ or . hold no data, and subdirectories are not read.
func Reads(at, object string) bool {
	if strings.HasSuffix(object, "/") { // the marker of a directory
		return false
	}
	at, object = Place(at), Place(object)
	if at == object {
		return true
	}
	name := path.Base(object)
	return object == at+"/"+name && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, ".")
}

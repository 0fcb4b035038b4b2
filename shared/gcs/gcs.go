// Package gcs keeps objects in Cloud Storage: gs://bucket/key, as it is, with
// nothing in it percent-decoded. A version is an object's generation.
//
// The official client retries and resumes on its own up to a point; what it
// leaves open is closed here: a body that ends early without an error, an
// answer that was lost, a connection that stands still.
package gcs

import (
	"context"
	"net/http"
	"strings"
	"time"

	"cloud.google.com/go/storage"
	"google.golang.org/api/option"
	htransport "google.golang.org/api/transport/http"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// Options say where Cloud Storage is and how patient to be. The zero Options
// are the service itself with the ambient credentials.
type Options struct {
	// Endpoint is the URL of a server other than the service, such as a gcstest
	// one's, http://127.0.0.1:4443. It is sent no credentials.
	Endpoint string
	// Key is a service account's key as JSON; nil takes the ambient credentials.
	Key []byte
	// Chunk is how much of a large upload is held in memory and sent at once,
	// a multiple of 256 KiB. 0 means 8 MiB.
	Chunk int
	// Patience is how long one request, or a read that makes no progress, is
	// tried again before it is given up as fault.Transient. 0 means a minute.
	Patience time.Duration
	// Idle is how long an answer, or the next byte of one, may take before the
	// connection is given up and the request is sent again. 0 means 30 seconds.
	Idle time.Duration
}

// A Store is an object.Store over Cloud Storage.
type Store struct {
	client *storage.Client
	opts   Options
}

var _ object.Store = (*Store)(nil)

// New connects to Cloud Storage. It sends no request.
func New(ctx context.Context, o Options) (*Store, error) {
	if o.Chunk == 0 {
		o.Chunk = 8 << 20
	}
	if o.Patience == 0 {
		o.Patience = time.Minute
	}
	if o.Idle == 0 {
		o.Idle = 30 * time.Second
	}
	if o.Chunk%chunkUnit != 0 || o.Chunk < 0 {
		return nil, fault.Errorf(fault.Invalid, "gcs: chunk of %d bytes is not a multiple of 256 KiB", o.Chunk)
	}
	opts, err := o.client(ctx)
	if err != nil {
		return nil, err
	}
	client, err := storage.NewClient(ctx, opts...)
	if err != nil {
		return nil, noCredentials(err)
	}
	return &Store{client: client, opts: o}, nil
}

// client is what the official client is made with: JSON reads, and a transport
// that does not wait for an answer for ever.
func (o Options) client(ctx context.Context) ([]option.ClientOption, error) {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.ResponseHeaderTimeout = o.Idle
	base.MaxIdleConnsPerHost = 32
	base.HTTP2 = &http.HTTP2Config{SendPingTimeout: o.Idle, PingTimeout: 15 * time.Second} // finds a connection that is dead
	if o.Endpoint != "" {
		return []option.ClientOption{
			option.WithHTTPClient(&http.Client{Transport: media{base}}),
			option.WithEndpoint(strings.TrimSuffix(o.Endpoint, "/") + "/storage/v1/"),
			option.WithoutAuthentication(),
			storage.WithJSONReads(),
		}, nil
	}
	with := []option.ClientOption{option.WithScopes(storage.ScopeFullControl, "https://www.googleapis.com/auth/cloud-platform")}
	if o.Key != nil {
		with = append(with, option.WithAuthCredentialsJSON(option.ServiceAccount, o.Key))
	}
	transport, err := htransport.NewTransport(ctx, base, with...)
	if err != nil {
		return nil, noCredentials(err)
	}
	return []option.ClientOption{option.WithHTTPClient(&http.Client{Transport: media{transport}}), storage.WithJSONReads()}, nil
}

// Close gives up idle connections.
func (s *Store) Close() error { return s.client.Close() }

// Location returns where a bucket is, as the service writes it: EU, EUROPE-WEST1.
func (s *Store) Location(ctx context.Context, bucket string) (string, error) {
	t := s.newTry(ctx)
	a, err := s.client.Bucket(bucket).Retryer(t.options()...).Attrs(ctx)
	if err != nil {
		return "", t.fault(opLocation, "gs://"+bucket, err)
	}
	return a.Location, nil
}

const scheme = "gs://"

// split takes gs://bucket/key apart.
func split(uri string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(uri, scheme)
	bucket, key, slash := strings.Cut(rest, "/")
	if !ok || !slash || bucket == "" || key == "" {
		return "", "", fault.Errorf(fault.Invalid, "%s: not the name of an object in Cloud Storage", uri).WithHint("write gs://BUCKET/NAME")
	}
	return bucket, key, nil
}

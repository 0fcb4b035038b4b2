// Package azure keeps objects in Azure's Blob Storage, under the names that
// Hadoop's two drivers give them: abfss://container@account.dfs.core.windows.net/key
// and wasbs://container@account.blob.core.windows.net/key, as they are, with
// nothing in them percent-decoded. Both are the same blobs, and both are spoken
// to over the Blob endpoint, which accounts with and without directories
// (a hierarchical namespace) have. A version is a blob's ETag without quotes.
//
// The official client is given one attempt for each request; what is tried
// again, and for how long, is decided here.
package azure

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// Options say which account is meant, who asks, and how patient to be.
type Options struct {
	// Account is the storage account's name.
	Account string
	// Suffix is what the account's names end with; "" means core.windows.net.
	Suffix string
	// Credential is who asks.
	Credential Credential
	// Endpoint is the URL of a server other than the service, such as Azurite's,
	// http://127.0.0.1:10000. It finds the account in the path.
	Endpoint string
	// Transport carries the requests; nil means one that waits no longer than
	// Idle for an answer.
	Transport http.RoundTripper
	// Chunk is how much of a large upload is held in memory and sent at once.
	// 0 means 8 MiB.
	Chunk int
	// Patience is how long one request, or a read that makes no progress, is
	// tried again before it is given up as fault.Transient. 0 means a minute.
	Patience time.Duration
	// Idle is how long an answer, or the next byte of one, may take before the
	// connection is given up and the request is sent again. 0 means 30 seconds.
	Idle time.Duration
}

const publicCloud = "core.windows.net"

// A Store is an object.Store over one storage account.
type Store struct {
	client *service.Client
	http   *http.Client
	opts   Options
}

var _ object.Store = (*Store)(nil)

// New makes the client of an account. It sends no request.
func New(o Options) (*Store, error) {
	if o.Account == "" {
		return nil, fault.Errorf(fault.Invalid, "azure: no storage account is named")
	}
	o.Suffix = cmp.Or(o.Suffix, publicCloud)
	o.Chunk = cmp.Or(o.Chunk, 8<<20)
	o.Patience = cmp.Or(o.Patience, time.Minute)
	o.Idle = cmp.Or(o.Idle, 30*time.Second)
	if o.Transport == nil {
		o.Transport = transport(o.Idle)
	}
	s := &Store{opts: o, http: &http.Client{Transport: o.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	url := "https://" + o.Account + ".blob." + o.Suffix + "/"
	if o.Endpoint != "" {
		url = strings.TrimRight(o.Endpoint, "/") + "/" + o.Account + "/"
	}
	core := azcore.ClientOptions{Transport: s.http, Retry: policy.RetryOptions{MaxRetries: -1}, Telemetry: policy.TelemetryOptions{ApplicationID: "glint"}}
	client, err := o.Credential.service(url, o.Account, o.Suffix, core)
	if err != nil {
		return nil, err
	}
	s.client = client
	return s, nil
}

// transport does not wait for an answer for ever, and passes bodies on as they
// are kept: what is kept as gzip is read as gzip, by its own size and ranges.
func transport(idle time.Duration) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = idle
	t.MaxIdleConnsPerHost = 32
	t.DisableCompression = true
	return t
}

// Close gives up idle connections.
func (s *Store) Close() error {
	s.http.CloseIdleConnections()
	return nil
}

// A place is what a URI names: a blob, or what blobs' names begin with.
type place struct {
	root      string // the URI up to the key, abfss://c@a.dfs.core.windows.net/
	container string
	key       string
}

// place takes a URI of this account apart.
func (s *Store) place(uri string) (place, error) {
	scheme, rest, ok := strings.Cut(uri, "://")
	authority, key, slash := strings.Cut(rest, "/")
	container, host, at := strings.Cut(authority, "@")
	kind := map[string]string{"abfss": "dfs", "wasbs": "blob"}[scheme]
	if !ok || !slash || !at || container == "" || kind == "" {
		return place{}, fault.Errorf(fault.Invalid, "%s: not a name in Azure Storage", uri).
			WithHint("write abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/NAME or wasbs://CONTAINER@ACCOUNT.blob.core.windows.net/NAME")
	}
	if want := s.opts.Account + "." + kind + "." + s.opts.Suffix; host != want {
		return place{}, fault.Errorf(fault.Invalid, "%s: is in another account than %s", uri, want)
	}
	return place{root: scheme + "://" + authority + "/", container: container, key: key}, nil
}

func (s *Store) container(p place) *container.Client { return s.client.NewContainerClient(p.container) }

// blob is the client's handle of one blob.
func (s *Store) blob(uri string) (*blockblob.Client, error) {
	p, err := s.place(uri)
	if err != nil {
		return nil, err
	}
	if p.key == "" {
		return nil, fault.Errorf(fault.Invalid, "%s: names a container, not an object in it", uri)
	}
	if strings.Contains(p.key, `\`) { // the service takes it for a slash: another object
		return nil, fault.Errorf(fault.Invalid, "%s: Azure Storage keeps no backslash in a name", uri)
	}
	return s.container(p).NewBlockBlobClient(p.key), nil
}

// version is an ETag as Event Grid writes it, without quotes.
func version(tag *azcore.ETag) string {
	if tag == nil {
		return ""
	}
	return strings.Trim(string(*tag), `"`)
}

// etag is the ETag of a version.
func etag(version string) *azcore.ETag {
	tag := azcore.ETag(`"` + version + `"`)
	return &tag
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

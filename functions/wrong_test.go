package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/bigquery/bigquerytest"
	"github.com/glint-data/glint/shared/gcs/gcstest"
)

// A mistake is something missing or wrong, and what people must be told.
type mistake struct {
	name    string
	replace []string // in the seed's manifest
	reason  []string // what glint_reason says: parts of it
	hint    string   // a part of glint_hint
}

var mistakes = []mistake{
	{name: "no-manifest", reason: []string{"gs://glint-root/workflows/no-manifest.yaml"}, hint: "upload it"},
	{name: "bad-yaml", replace: []string{"version: v1", "version: [v1"}, reason: []string{"bad-yaml.yaml:"}},
	{name: "bad-name", replace: []string{"name: bad-name", "name: other"}, reason: []string{"bad-name.yaml:1:", `"other"`}, hint: "rename"},
	{name: "bad-option", replace: []string{"saveMode: overwrite", "saveMode: overwrit"}, reason: []string{"bad-option.yaml:33:", "saveMode", "overwrit"}, hint: "overwrite"},
	{name: "bad-format", replace: []string{"format: csv", "format: cvs"}, reason: []string{"bad-format.yaml:25:", "cvs"}, hint: "csv"},
	{name: "no-schema", replace: []string{"avsc/city.avsc", "avsc/town.avsc"}, reason: []string{"no-schema.yaml:26:", "input city_connect", "schemas/avsc/town.avsc"}, hint: "schemaPath"},
	{name: "bad-schema", replace: []string{"avsc/city.avsc", "avsc/bad.avsc"}, reason: []string{"input city_connect", "bad-schema.yaml:", "schemas/avsc/bad.avsc"}},
	{name: "no-depot", replace: []string{"thirdparty01:none/city", "thirdparty02:none/city"}, reason: []string{"no-depot.yaml:24:", "thirdparty02"}, hint: "did you mean thirdparty01"},
	{name: "bad-depot", replace: []string{"thirdparty01:none/city", "broken:none/city"}, reason: []string{"broken.yaml"}},
	{name: "no-object", replace: []string{"thirdparty01:none/city", "thirdparty01:none/village"}, reason: []string{"no-object.yaml:24:", "input city_connect", "0 files", "village"}, hint: "nearest that exists"},
	{name: "no-landing", replace: []string{"thirdparty01:none/city", "nowhere:none/city"}, reason: []string{"no-landing.yaml:24:", "acme-nowhere"}},
	{name: "no-column", replace: []string{"SELECT *", "SELECT city_idd"}, reason: []string{"no-column.yaml:39:", "city_idd"}, hint: "city_id"},
	{name: "no-table", replace: []string{"FROM city_connect", "FROM city_conect"}, reason: []string{"no-table.yaml:39:", "city_conect"}, hint: "city_connect"},
	{name: "no-temporary", replace: []string{"temporaryBucket: " + temporary, "temporaryBucket: acme-none"}, reason: []string{"acme-none"}},
	{name: "no-dataset", replace: []string{"bqdepot:dev/city", "bqdepot:nodev/city"}, reason: []string{"no-dataset.yaml:", "output finalDf", "nodev"}, hint: "dataset"},
	{name: "forbidden", replace: []string{"thirdparty01:none/city", "secret:none/city"}, reason: []string{"input city_connect", "acme-secret"}, hint: "storage.objects"},
	{name: "bad-secret", replace: []string{"thirdparty01:none/city", "spoilt:none/city"}, reason: []string{"depot spoilt", "secret spoilt-key is not a JSON object"}, hint: "store it as"},
	{name: "no-access", replace: []string{"thirdparty01:none/city", "closed:none/city"}, reason: []string{"depot closed", "secrets/closed-key"}, hint: "roles/secretmanager.secretAccessor"},
	{name: "locked", replace: []string{"bqdepot:dev/city", "bqdepot:locked/city"}, reason: []string{"output finalDf", "locked.yaml:", "Access Denied"}, hint: "roles/bigquery"},
}

// TestMistakes: what no retry can help goes to the dead-letter topic and says
// what to do; the target is as it was.
func TestMistakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secrets := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { // a Secret Manager that lets nobody in
		rw.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(rw, `{"error": {"code": 403, "message": "Permission denied", "status": "PERMISSION_DENIED"}}`)
	}))
	t.Cleanup(secrets.Close)
	healthy := w.start(map[string]string{"SECRET_MANAGER_EMULATOR_HOST": secrets.URL, "GLINT_SECRET_SPOILT_KEY": "{canary"})
	w.cloud.BigQuery.Inject(bigquerytest.Fault{
		Path: regexp.MustCompile("/datasets/locked"), Times: 1 << 30, Status: 403, Reason: "accessDenied", Message: "Access Denied: Dataset " + project + ":locked",
	})
	w.cloud.Storage.Put(landing, "schemas/avsc/bad.avsc", []byte(`{"type": "record", "fields": [{"name": "a", "type": "colour"}]}`))
	depot := func(bucket string) string {
		return "name: NAME\nversion: v2alpha\ntype: depot\ndepot:\n  type: GCS\n  gcs:\n    bucket: " + bucket + "\n"
	}
	w.put("depots/broken.yaml", "name: broken\nversion: v9\ntype: depot\n")
	w.put("depots/nowhere.yaml", strings.Replace(depot("acme-nowhere"), "NAME", "nowhere", 1))
	w.put("depots/secret.yaml", strings.Replace(depot("acme-secret"), "NAME", "secret", 1))
	for _, name := range []string{"spoilt", "closed"} {
		w.put("depots/"+name+".yaml", strings.Replace(depot(landing), "NAME", name, 1)+"  secrets: [{name: "+name+"-key}]\n")
	}
	w.cloud.Storage.Fault(func(r *http.Request) *gcstest.Fault {
		if strings.Contains(r.URL.Path, "/b/acme-secret/") {
			return &gcstest.Fault{Status: 403}
		}
		return nil
	})
	letters := &letterbox{w: w}
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			w := *w
			w.t = t
			w.mistaken(healthy, letters, m)
		})
	}
}

func (w *world) mistaken(healthy *worker, letters *letterbox, m mistake) {
	table := strings.ReplaceAll(m.name, "-", "_")
	if m.replace != nil {
		w.workflow(m.name, "city", table)
		healthy.run(m.name+"-1", m.name, slot1)
		text := manifest(w.t, "name: "+seed, "name: "+m.name)
		if !strings.Contains(text, m.replace[0]) {
			w.t.Fatalf("the manifest has no %q", m.replace[0])
		}
		text = strings.Replace(text, m.replace[0], m.replace[1], 1)
		w.put("workflows/"+m.name+".yaml", strings.Replace(text, "bqdepot:dev/city", "bqdepot:dev/"+table, 1))
	}
	before, _ := w.bq.Tables.Get(project, "dev", table).Do()
	if status, answer := healthy.deliver(m.name+"-2", m.name, slot2); status != 204 {
		w.t.Errorf("answered %d %s", status, answer)
	}
	l := letters.of(w.t, m.name)
	if l == nil {
		w.t.Fatal("nothing is on the dead-letter topic")
	}
	w.t.Logf("%s\n    %s", l.Attributes["glint_reason"], l.Attributes["glint_hint"])
	for _, part := range m.reason {
		if !strings.Contains(l.Attributes["glint_reason"], part) {
			w.t.Errorf("the reason does not say %q: %s", part, l.Attributes["glint_reason"])
		}
	}
	if h := l.Attributes["glint_hint"]; !strings.Contains(h, m.hint) || (h == "" && !located.MatchString(l.Attributes["glint_reason"])) {
		w.t.Errorf("the hint does not say %q: %q", m.hint, h)
	}
	if text := fmt.Sprint(l, healthy.out.String()); strings.Contains(text, "canary") {
		w.t.Errorf("a secret is shown: %s", text)
	}
	if !strings.Contains(string(l.Data), m.name) {
		w.t.Errorf("the message is not the one that came: %s", l.Data)
	}
	if m.replace == nil {
		return
	}
	after, err := w.bq.Tables.Get(project, "dev", table).Do()
	if err != nil || before == nil || before.Etag != after.Etag {
		w.t.Errorf("the table changed: %v", err)
	}
	w.wantTidy(m.name)
}

// located: without a hint a mistake has at least its place.
var located = regexp.MustCompile(`\.yaml:\d+`)

// A letterbox is where dead letters are looked for by many.
type letterbox struct {
	w   *world
	mu  sync.Mutex
	all []*pb.PubsubMessage
}

func (b *letterbox) of(t *testing.T, workflow string) *pb.PubsubMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range 5 {
		i := slices.IndexFunc(b.all, func(m *pb.PubsubMessage) bool { return m.Attributes["glint_workflow"] == workflow })
		if i >= 0 {
			return b.all[i]
		}
		b.all = append(b.all, b.w.letters()...)
	}
	return nil
}

// TestTroubles: what may pass is answered 503, changes nothing, and the next
// delivery after it has passed completes.
func TestTroubles(t *testing.T) {
	t.Parallel()
	storage := func(status int, method, part string) func(*world) func() {
		return func(w *world) func() {
			w.cloud.Storage.Fault(func(r *http.Request) *gcstest.Fault {
				if r.Method == method && strings.Contains(r.URL.RequestURI(), part) {
					return &gcstest.Fault{Status: status}
				}
				return nil
			})
			return func() { w.cloud.Storage.Fault(nil) }
		}
	}
	for name, begin := range map[string]func(w *world) func(){
		"manifests":     storage(503, "GET", "glint-root"),
		"ledger":        storage(503, "POST", "lease.json"),
		"landing":       storage(503, "GET", landing),
		"slow-down":     storage(429, "POST", temporary),
		"intents":       storage(500, "POST", "intents"),
		"heads":         storage(503, "POST", "head.json"),
		"bigquery-jobs": func(w *world) func() { return w.trouble("POST", "/jobs$", 503, "backendError") },
		"bigquery-rate": func(w *world) func() { return w.trouble("POST", "/jobs$", 403, "rateLimitExceeded") },
		"load-fails": func(w *world) func() {
			w.cloud.BigQuery.FailJobs(bigquerytest.JobFault{Kind: "load", Reason: "backendError"})
			return func() {}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.start(nil)
			p.run("1", seed, slot1)
			w.land("city", "new", 40)
			hasty := w.start(map[string]string{"GLINT_DEADLINE": "3s"})
			end := begin(w)
			status, answer := hasty.deliver("2", seed, slot2)
			if status != 503 {
				t.Errorf("answered %d %s", status, answer)
			}
			t.Log(answer)
			if diff := cmp.Diff(ten("old"), w.rows("city")); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			end()
			p.run("2", seed, slot2)
			w.completed(seed, "city", &strike{})
			if l := w.letters(); l != nil {
				t.Errorf("put aside: %v", l)
			}
		})
	}
}

// trouble makes BigQuery answer so until the returned function is called.
func (w *world) trouble(method, path string, status int, reason string) func() {
	w.cloud.BigQuery.Inject(bigquerytest.Fault{Method: method, Path: regexp.MustCompile(path), Times: 1 << 30, Status: status, Reason: reason})
	return w.cloud.BigQuery.Heal
}

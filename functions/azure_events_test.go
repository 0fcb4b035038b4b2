package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/azure/azuretest"
)

// TestAzureEvents: Event Grid's handshake is answered, and a blob of which it
// tells, twice, is read by one run.
func TestAzureEvents(t *testing.T) {
	t.Parallel()
	k := newLake(t, "ABFSS")
	const key = "0123456789abcdef"
	env := func(target string) map[string]string {
		return map[string]string{"FUNCTION_TARGET": target, "GLINT_QUIET": "500ms", "GLINT_EVENT_KEY": key}
	}
	run, heard, clock := k.begin(env("run")), k.begin(env("rerun")), k.begin(env("reconcile"))
	if err := k.cloud.PushTo(t.Context(), run.url); err != nil {
		t.Fatal(err)
	}
	grid := func(kind, body string) (int, string) {
		r, _ := http.NewRequest(http.MethodPost, heard.url+"?key="+key, strings.NewReader(body))
		r.Header.Set("Aeg-Event-Type", kind)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var text bytes.Buffer
		_, _ = text.ReadFrom(res.Body)
		return res.StatusCode, strings.TrimSpace(text.String())
	}
	status, answer := grid("SubscriptionValidation",
		`[{"id": "1", "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": "512d38b6"}}]`)
	if status != 200 || answer != `{"validationResponse":"512d38b6"}` {
		t.Fatalf("the handshake was answered %d %s", status, answer)
	}
	k.cloud.Tick(t.Context(), clock.url, 150*time.Millisecond)

	a := k.pour("city/city.csv", cities("new", 40))
	event := fmt.Sprintf(`[{"id": "2", "eventType": "Microsoft.Storage.BlobCreated", "eventTime": %q, "data": {"api": "PutBlob", "eTag": %q,
		"url": "https://%s.blob.core.windows.net/%s/city/city.csv"}}]`, time.Now().UTC().Format(time.RFC3339Nano), `"`+a.Version+`"`, azuretest.Account, k.container)
	for range 2 {
		if status, answer := grid("Notification", event); status != 204 {
			t.Fatalf("the event was answered %d %s", status, answer)
		}
	}
	k.has("new", 1)
}

// TestAzurePolled: a clock that looks at ETags finds the changed blob, and one run reads it.
func TestAzurePolled(t *testing.T) {
	t.Parallel()
	k := newLake(t, "ABFSS")
	k.put("schedules.yaml", seed+": {on_change: true}\n")
	env := func(target string) map[string]string {
		return map[string]string{"FUNCTION_TARGET": target, "GLINT_QUIET": "500ms"}
	}
	run, clock := k.begin(env("run")), k.begin(env("reconcile"))
	if err := k.cloud.PushTo(t.Context(), run.url); err != nil {
		t.Fatal(err)
	}
	k.cloud.Tick(t.Context(), clock.url, 150*time.Millisecond)
	k.has("old", 1) // the first look starts one
	k.pour("city/city.csv", cities("new", 40))
	k.has("new", 2)
}

// has waits until the table has rows of that word, and holds the runs that it
// took to loads: one more would have begun meanwhile.
func (k *lake) has(word string, loads int) {
	k.t.Helper()
	until(k.t, "the rows are in the table", func() bool { return cmp.Equal(ten(word), k.rows("city")) })
	time.Sleep(2 * time.Second)
	if n := len(k.loads("city")); n != loads {
		k.t.Errorf("%d loads, want %d", n, loads)
	}
	if dead := k.letters(); len(dead) > 0 {
		k.t.Errorf("put aside: %v", dead)
	}
	k.wantTidy(seed)
}

// TestAzureMistakes: what no retry can help goes to the dead-letter topic and
// says what to do.
func TestAzureMistakes(t *testing.T) {
	t.Parallel()
	k := newLake(t, "ABFSS")
	secret := func(key string) string {
		return fmt.Sprintf(`{"azurestorageaccountname": %q, "azurestorageaccountkey": %q}`, azuretest.Account, key)
	}
	healthy := k.begin(map[string]string{
		"GLINT_SECRET_RIGHT": secret(k.azurite.Key), "GLINT_SECRET_WRONG": secret("d3Jvbmc="),
		"GLINT_SECRET_OTHER": `{"azurestorageaccountname": "other", "azurestorageaccountkey": "d3Jvbmc="}`,
		"GLINT_SECRET_TWO":   `{"azurestorageaccountkey": "d3Jvbmc=", "azurestoragesastoken": "sv=1"}`,
	})
	depot := func(name, container, secrets string) {
		k.put("depots/"+name+".yaml", fmt.Sprintf("name: %s\nversion: v2alpha\ntype: depot\ndepot:\n  type: ABFSS\n  secrets: [%s]\n  abfss: {account: %s, container: %s}\n",
			name, secrets, azuretest.Account, container))
	}
	depot("nowhere", "nowhere", "{name: right}")
	depot("stale", k.container, "{name: wrong}")
	depot("other", k.container, "{name: other}")
	depot("keyless", k.container, "")
	depot("two", k.container, "{name: two}")
	letters := &letterbox{w: k.world}
	reads := func(address string) []string { return []string{"thirdparty01:none/city", address} }
	for _, m := range []mistake{
		{name: "az-object", replace: reads("thirdparty01:none/village"), reason: []string{"input city_connect", "0 files", "village"}},
		{name: "az-nowhere", replace: reads("nowhere:none/city"), reason: []string{"input city_connect", "abfss://nowhere@acme.dfs.core.windows.net/city", "no such container"}, hint: "az storage container list"},
		{name: "az-stale", replace: reads("stale:none/city"), reason: []string{"input city_connect", "(403)"}, hint: "the key or signature is wrong"},
		{name: "az-other", replace: reads("other:none/city"), reason: []string{"depot other", "its account is acme, and its secret is of other"}, hint: "azurestorageaccountname"},
		{name: "az-keyless", replace: reads("keyless:none/city"), reason: []string{"depot keyless", "no credential for account acme"}, hint: "azuretenantid"},
		{name: "az-two", replace: reads("two:none/city"), reason: []string{"depot two", "more than one credential"}},
	} {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			w := *k.world
			w.t = t
			w.mistaken(healthy, letters, m)
		})
	}
}

package trigger_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/trigger"
)

func notification(attributes map[string]string, data string) string {
	body, err := json.Marshal(map[string]any{"message": map[string]any{
		"messageId": "7", "publishTime": "2026-11-23T02:00:00Z", "attributes": attributes, "data": []byte(data),
	}})
	if err != nil {
		panic(err)
	}
	return string(body)
}

func TestDecodeLanding(t *testing.T) {
	at := time.Date(2026, 11, 23, 2, 0, 0, 1000, time.UTC)
	finalized := map[string]string{
		"eventType": "OBJECT_FINALIZE", "bucketId": "land", "objectId": "city/a b.csv", "objectGeneration": "17", "eventTime": "2026-11-23T02:00:00.000001Z",
	}
	edit := func(k, v string) map[string]string {
		m := map[string]string{}
		for name, value := range finalized {
			m[name] = value
		}
		m[k] = v
		return m
	}
	eventGrid := http.Header{"Aeg-Event-Type": {"Notification"}}
	for _, c := range []struct {
		name    string
		header  http.Header
		body    string
		want    trigger.Landing
		invalid bool
	}{
		{name: "written", body: notification(finalized, `{"metadata": {"glint_hops": "3"}}`), want: trigger.Landing{ID: "7", Objects: []trigger.Object{
			{URI: "gs://land/city/a b.csv", Version: "17", Time: at, Hops: 3}}}},
		{name: "without payload", body: notification(finalized, ""), want: trigger.Landing{ID: "7", Objects: []trigger.Object{
			{URI: "gs://land/city/a b.csv", Version: "17", Time: at}}}},
		{name: "deleted", body: notification(edit("eventType", "OBJECT_DELETE"), ""), want: trigger.Landing{ID: "7"}},
		{name: "a request for a run", body: notification(nil, `{"workflow": "city"}`), invalid: true},
		{name: "no generation", body: notification(edit("objectGeneration", ""), ""), invalid: true},
		{name: "hops that are none", body: notification(finalized, `{"metadata": {"glint_hops": "-1"}}`), invalid: true},
		{name: "no JSON", body: "hello", invalid: true},
		{name: "a CloudEvent", header: http.Header{"Ce-Type": {"google.cloud.storage.object.v1.finalized"}}, body: "{}", invalid: true},
		{name: "handshake", header: http.Header{"Aeg-Event-Type": {"SubscriptionValidation"}},
			body: `[{"id": "1", "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": "512d"}}]`,
			want: trigger.Landing{ID: "1", Handshake: "512d"}},
		{name: "blobs", header: eventGrid, body: `[
			{"id": "1", "eventType": "Microsoft.Storage.BlobCreated", "eventTime": "2026-11-23T02:00:00.000001Z",
			 "data": {"api": "PutBlob", "eTag": "\"0x8D\"", "url": "https://acct.blob.core.windows.net/raw/city/a%20b.csv"}},
			{"id": "2", "eventType": "Microsoft.Storage.BlobDeleted", "data": {"url": "https://acct.blob.core.windows.net/raw/city/b.csv"}},
			{"id": "3", "eventType": "Microsoft.Storage.BlobCreated", "data": {"api": "CreateFile", "eTag": "0x1", "url": "https://acct.dfs.core.windows.net/raw/city/c.csv"}},
			{"id": "4", "eventType": "Microsoft.Storage.BlobCreated", "data": {"api": "FlushWithClose", "eTag": "0x2", "url": "https://acct.dfs.core.windows.net/raw/city/c.csv"}}]`,
			want: trigger.Landing{ID: "1", Objects: []trigger.Object{
				{URI: "abfss://raw@acct.dfs.core.windows.net/city/a b.csv", Version: "0x8D", Time: at},
				{URI: "abfss://raw@acct.dfs.core.windows.net/city/c.csv", Version: "0x2"},
			}}},
		{name: "a blob without a name", header: eventGrid, body: `[{"eventType": "Microsoft.Storage.BlobCreated", "data": {"eTag": "1", "url": "https://acct.blob.core.windows.net/raw"}}]`, invalid: true},
		{name: "no list", header: eventGrid, body: `{}`, invalid: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := trigger.DecodeLanding(c.header, []byte(c.body))
			if c.invalid {
				if !errors.Is(err, fault.Invalid) {
					t.Fatalf("error = %v, want fault.Invalid", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("landing (-want +got)\n%s", diff)
			}
		})
	}
}

func FuzzDecodeLanding(f *testing.F) {
	f.Add("Notification", `[{"eventType": "Microsoft.Storage.BlobCreated", "data": {"eTag": "1", "url": "https://a.b/c/d"}}]`)
	f.Add("", notification(map[string]string{"eventType": "OBJECT_FINALIZE", "bucketId": "b", "objectId": "o", "objectGeneration": "1"}, ""))
	f.Fuzz(func(t *testing.T, kind, body string) {
		l, err := trigger.DecodeLanding(http.Header{"Aeg-Event-Type": {kind}}, []byte(body))
		if err != nil && !errors.Is(err, fault.Invalid) {
			t.Errorf("error = %v", err)
		}
		for _, o := range l.Objects {
			if o.URI == "" || o.Version == "" {
				t.Errorf("an object without a name: %+v", o)
			}
		}
	})
}

func TestReads(t *testing.T) {
	for _, c := range []struct {
		at, object string
		want       bool
	}{
		{"gs://land/city", "gs://land/city/a.csv", true},
		{"gs://land/city/", "gs://land/city/a.csv", true},
		{"gs://land/city/a.csv", "gs://land/city/a.csv", true},
		{"gs://land/city", "gs://land/city/sub/a.csv", false},
		{"gs://land/city", "gs://land/cityscape/a.csv", false},
		{"gs://land/city", "gs://land/city2.csv", false},
		{"gs://land/city", "gs://land/city/_SUCCESS", false},
		{"gs://land/city", "gs://land/city/.a.csv.crc", false},
		{"gs://land/city", "gs://other/city/a.csv", false},
		{"gs://land/city", "gs://land/city/", false},
		{"gs://land", "gs://land/a.csv", true},
		{"wasbs://raw@acct.blob.core.windows.net/city", "abfss://raw@acct.dfs.core.windows.net/city/a.csv", true},
	} {
		if got := trigger.Reads(c.at, c.object); got != c.want {
			t.Errorf("Reads(%q, %q) = %v, want %v", c.at, c.object, got, c.want)
		}
	}
}

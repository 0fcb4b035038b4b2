package gcstest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/gcs/gcstest"
	"github.com/google/go-cmp/cmp"
)

// TestNotifications follows one object through its life (pubsub-notifications).
func TestNotifications(t *testing.T) {
	var got []string
	var last map[string]string
	var data []byte
	cl, _ := serve(t, gcstest.Options{OnEvent: func(topic string, a map[string]string, d []byte) {
		got = append(got, topic+" "+a["eventType"]+" "+a["objectId"])
		last, data = a, d
	}})
	const config = `{"topic":"//pubsub.googleapis.com/projects/p/topics/t","payload_format":"JSON_API_V1","object_name_prefix":"in/","custom_attributes":{"team":"x"}}`
	a := cl.want(200, cl.do("POST", "/storage/v1/b/b/notificationConfigs", config))
	id := a.field("id")
	put := func(name string) answer {
		return cl.want(200, cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=media&name="+name, "data"))
	}
	put("out/1")
	first := put("in/1")
	if first.field("generation") != last["objectGeneration"] || last["bucketId"] != "b" || last["team"] != "x" || last["payloadFormat"] != "JSON_API_V1" ||
		last["notificationConfig"] != "projects/_/buckets/b/notificationConfigs/"+id || last["eventTime"] == "" {
		t.Errorf("attributes %v", last)
	}
	var resource struct{ Name, Size string }
	if err := json.Unmarshal(data, &resource); err != nil || resource.Name != "in/1" || resource.Size != "4" {
		t.Errorf("payload %s: %v", data, err)
	}
	put("in/1")
	if last["eventType"] != "OBJECT_DELETE" || last["overwrittenByGeneration"] == "" {
		t.Errorf("attributes %v", last)
	}
	cl.want(200, cl.do("PATCH", "/storage/v1/b/b/o/in%2F1", `{"contentType":"text/csv"}`))
	cl.want(204, cl.do("DELETE", "/storage/v1/b/b/o/in%2F1", ""))
	want := []string{"OBJECT_FINALIZE", "OBJECT_FINALIZE", "OBJECT_DELETE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE"}
	for i := range want {
		want[i] = "projects/p/topics/t " + want[i] + " in/1"
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}

	if a := cl.want(200, cl.do("GET", "/storage/v1/b/b/notificationConfigs", "")); !strings.Contains(a.body, `"in/"`) {
		t.Errorf("list: %s", a.body)
	}
	cl.want(204, cl.do("DELETE", "/storage/v1/b/b/notificationConfigs/"+id, ""))
	cl.want(404, cl.do("GET", "/storage/v1/b/b/notificationConfigs/"+id, ""))
	put("in/2")
	if len(got) != len(want) {
		t.Errorf("an event after its configuration was deleted: %v", got)
	}
	for _, bad := range []string{
		strings.Replace(config, "//pubsub.googleapis.com/", "", 1),
		strings.Replace(config, "JSON_API_V1", "XML", 1),
		`{"topic":"//pubsub.googleapis.com/projects/p/topics/t","payload_format":"NONE","event_types":["OBJECT_EATEN"]}`,
	} {
		cl.want(400, cl.do("POST", "/storage/v1/b/b/notificationConfigs", bad))
	}
}

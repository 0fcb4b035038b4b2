package infra_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/glint-data/glint/infra"
	"github.com/glint-data/glint/shared/localcloud"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/setup"
	"github.com/glint-data/glint/shared/workflow"
)

const project = "glint-local"

// startCloud starts a local cloud with all that it has.
func startCloud(t *testing.T) *localcloud.Cloud {
	t.Helper()
	cloud, err := localcloud.Start(t.Context(), localcloud.Options{Project: project, Temporary: []string{"landing"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Close)
	if err := cloud.PushTo(t.Context(), "http://127.0.0.1:9/"); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Notify(t.Context(), "http://127.0.0.1:9/", "landing"); err != nil {
		t.Fatal(err)
	}
	return cloud
}

// planned is what expressions see in the project of the local cloud.
func planned(t *testing.T, c configuration) scope {
	t.Helper()
	run := cty.ObjectVal(map[string]cty.Value{"cpu": cty.NumberIntVal(2), "memory_gib": cty.NumberIntVal(4), "max_instances": cty.NumberIntVal(20)})
	s := scope{"var": cty.ObjectVal(map[string]cty.Value{
		"project": cty.StringVal(project), "ledger": cty.StringVal("glint"), "log_level": cty.StringVal("info"), "run": run,
	})}
	topics := s.eval(t, c.local(t, "topics"))
	ids := map[string]string{}
	for name := range topics.AsValueMap() {
		ids[name] = "projects/" + project + "/topics/" + name
	}
	return s.with("local", cty.ObjectVal(map[string]cty.Value{"topics": topics, "topic_ids": record(ids), "temporary_bucket": cty.StringVal("t")}))
}

func each(key string, value cty.Value) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(key), "value": value})
}

// TestTopics: the topics and subscriptions of the local cloud are the declared
// ones, with the same deadlines, back-off and dead letters.
func TestTopics(t *testing.T) {
	c, cloud := parse(t, terraformFiles(t)), startCloud(t)
	s := planned(t, c)
	topics := s["local"].GetAttr("topics").AsValueMap()

	list, err := cloud.PubSub.GServer.ListTopics(t.Context(), &pb.ListTopicsRequest{Project: "projects/" + project})
	if err != nil {
		t.Fatal(err)
	}
	var local []string
	for _, topic := range list.Topics {
		local = append(local, filepath.Base(topic.Name))
	}
	slices.Sort(local)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(topics)), local); diff != "" {
		t.Errorf("topics (-Terraform +local):\n%s", diff)
	}

	declared := map[string]subscription{}
	for name, topic := range topics {
		s := s.with("each", each(name, topic))
		b := c.block(t, "resource", "google_pubsub_subscription", "kept")
		if topic.Type().HasAttribute("push") {
			b = c.block(t, "resource", "google_pubsub_subscription", "push")
		}
		sub := subscription{Topic: s.attr(t, b, "topic").AsString(), Ack: integer(s.attr(t, b, "ack_deadline_seconds"))}
		if topic.Type().HasAttribute("push") {
			sub.Push = true
			sub.Min = s.attr(t, inner(t, b, "retry_policy"), "minimum_backoff").AsString()
			sub.Max = s.attr(t, inner(t, b, "retry_policy"), "maximum_backoff").AsString()
			sub.Dead = s.attr(t, inner(t, b, "dead_letter_policy"), "dead_letter_topic").AsString()
			sub.Attempts = integer(s.attr(t, inner(t, b, "dead_letter_policy"), "max_delivery_attempts"))
		} else if days := s.attr(t, b, "message_retention_duration").AsString(); days != "2678400s" {
			t.Errorf("%s is kept %s, not 31 days", name, days)
		}
		if ttl := s.attr(t, inner(t, b, "expiration_policy"), "ttl").AsString(); ttl != "" {
			t.Errorf("the subscription of %s expires after %s", name, ttl)
		}
		declared[s.attr(t, b, "name").AsString()] = sub
	}
	if diff := cmp.Diff(declared, subscriptions(t, cloud)); diff != "" {
		t.Errorf("subscriptions (-Terraform +local):\n%s", diff)
	}
	if got := declared["glint-runs-push"]; got.Ack != 600 || got.Min != "30s" || got.Max != "600s" || got.Attempts != 30 {
		t.Errorf("runs are pushed as %+v", got)
	}
}

type subscription struct {
	Topic, Dead, Min, Max string
	Ack, Attempts         int
	Push                  bool
}

func subscriptions(t *testing.T, cloud *localcloud.Cloud) map[string]subscription {
	t.Helper()
	list, err := cloud.PubSub.GServer.ListSubscriptions(t.Context(), &pb.ListSubscriptionsRequest{Project: "projects/" + project})
	if err != nil {
		t.Fatal(err)
	}
	seconds := func(d *durationpb.Duration) string { return fmt.Sprintf("%ds", d.GetSeconds()) }
	all := map[string]subscription{}
	for _, sub := range list.Subscriptions {
		got := subscription{Topic: sub.Topic, Ack: int(sub.AckDeadlineSeconds), Push: sub.PushConfig.GetPushEndpoint() != ""}
		if r := sub.RetryPolicy; r != nil {
			got.Min, got.Max = seconds(r.MinimumBackoff), seconds(r.MaximumBackoff)
		}
		got.Dead, got.Attempts = sub.DeadLetterPolicy.GetDeadLetterTopic(), int(sub.DeadLetterPolicy.GetMaxDeliveryAttempts())
		all[filepath.Base(sub.Name)] = got
	}
	return all
}

// TestEnvironment: a function is started with the variables that the local cloud
// gives, of the same form, and with none that it does not read.
func TestEnvironment(t *testing.T) {
	c, cloud := parse(t, terraformFiles(t)), startCloud(t)
	s := planned(t, c)
	bucket := func(name string) cty.Value {
		return record(map[string]string{"name": s.attr(t, c.block(t, "resource", "google_storage_bucket", name), "name").AsString()})
	}
	s = s.with("google_storage_bucket", cty.ObjectVal(map[string]cty.Value{
		"root": bucket("root"), "state": bucket("state"),
		"temporary": cty.ObjectVal(map[string]cty.Value{"t": record(map[string]string{"name": "t"})}),
	}))
	declared := texts(s.eval(t, c.local(t, "environment")))

	read := map[string]setup.Variable{"FUNCTION_TARGET": {}} // read by the Functions Framework
	for _, v := range setup.Variables {
		read[v.Name] = v
		if v.Required && declared[v.Name] == "" {
			t.Errorf("%s is required, and not declared", v.Name)
		}
	}
	for name := range declared {
		if _, ok := read[name]; !ok {
			t.Errorf("%s is declared, and nobody reads it", name)
		}
	}
	for name, value := range cloud.Env() {
		if strings.HasSuffix(name, "_EMULATOR_HOST") {
			continue
		}
		// Buckets have one name space for the whole world; the project makes them ours.
		if got := strings.ReplaceAll(declared[name], project+"-glint-", "glint-"); got != value {
			t.Errorf("%s is %q, and %q in the local cloud", name, got, value)
		}
	}

	// The handler answers before the service ends it, and that before Pub/Sub
	// thinks the delivery lost.
	topics := s["local"].GetAttr("topics").AsValueMap()
	for name, door := range s.eval(t, c.local(t, "doors")).AsValueMap() {
		if _, err := os.Stat(filepath.Join("..", "functions", door.GetAttr("target").AsString())); err != nil {
			t.Errorf("door %s: there is no such function: %v", name, err)
		}
		declared["GLINT_DEADLINE"] = door.GetAttr("deadline").AsString()
		config, err := setup.FromEnv(func(name string) string { return declared[name] })
		if err != nil {
			t.Errorf("door %s does not start: %v", name, err)
		}
		timeout := duration(t, door.GetAttr("timeout").AsString())
		if config.Deadline >= timeout {
			t.Errorf("door %s: the handler's %s is not less than the service's %s", name, config.Deadline, timeout)
		}
		for topic, v := range topics {
			if v.Type().HasAttribute("push") && v.GetAttr("push").AsString() == name && timeout >= time.Duration(integer(v.GetAttr("ack_seconds")))*time.Second {
				t.Errorf("door %s: the service's %s is not less than the acknowledgement's of %s", name, timeout, topic)
			}
		}
		if name == "run" && (config.Deadline != 540*time.Second || timeout != 570*time.Second || integer(door.GetAttr("concurrency")) != 1) {
			t.Errorf("run has %s, %s, %d at once", config.Deadline, timeout, integer(door.GetAttr("concurrency")))
		}
	}
}

func duration(t *testing.T, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSchedulerJobs: what glint schedules prints becomes, through Terraform, the
// jobs that the local scheduler runs.
func TestSchedulerJobs(t *testing.T) {
	c, cloud := parse(t, terraformFiles(t)), startCloud(t)
	if err := cloud.Upload(t.Context(), infra.Files); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	local, err := cloud.Schedule(ctx)
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	printed, err := workflow.Schedules(t.Context(), object.Dir{}, "file://"+here)
	if err != nil || len(printed) == 0 {
		t.Fatalf("%d schedules, %v", len(printed), err)
	}

	b := c.block(t, "resource", "google_cloud_scheduler_job", "workflow")
	var declared []workflow.Scheduled
	for _, j := range printed {
		s, target := planned(t, c).with("each", each(j.Workflow, decoded(t, j))), inner(t, b, "pubsub_target")
		data, err := base64.StdEncoding.DecodeString(s.attr(t, target, "data").AsString())
		if err != nil {
			t.Fatal(err)
		}
		declared = append(declared, workflow.Scheduled{
			Workflow: strings.TrimPrefix(s.attr(t, b, "name").AsString(), "glint-"), Cron: s.attr(t, b, "schedule").AsString(),
			TimeZone: s.attr(t, b, "time_zone").AsString(), Paused: s.attr(t, b, "paused").True(),
			Data: string(data), Attributes: texts(s.attr(t, target, "attributes")),
		})
		if got, want := s.attr(t, target, "topic_name").AsString(), cloud.Env()["GLINT_TOPIC"]; got != want {
			t.Errorf("%s is published to %s, not %s", j.Workflow, got, want)
		}
	}
	if diff := cmp.Diff(declared, local); diff != "" {
		t.Errorf("jobs (-Terraform +local):\n%s", diff)
	}
}

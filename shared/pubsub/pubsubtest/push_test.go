package pubsubtest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	topic = "projects/p/topics/runs"
	dead  = "projects/p/topics/dead"
	name  = "projects/p/subscriptions/run"
)

// a rig is a server, an endpoint, and what each saw.
type rig struct {
	*Server
	mu     sync.Mutex
	bodies []map[string]any
	pushes []Push
}

func (r *rig) seen() ([]map[string]any, []Push) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]map[string]any(nil), r.bodies...), append([]Push(nil), r.pushes...)
}

// start makes a rig whose endpoint answers the nth push (from 1) with answer(n).
func start(t *testing.T, o Options, edit func(*pb.Subscription), answer func(n int) int) *rig {
	t.Helper()
	r := &rig{}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		raw, _ := io.ReadAll(req.Body)
		var body map[string]any
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Errorf("body %q: %v", raw, err)
		}
		r.mu.Lock()
		r.bodies = append(r.bodies, body)
		n := len(r.bodies)
		r.mu.Unlock()
		w.WriteHeader(answer(n))
	}))
	t.Cleanup(door.Close)
	o.Observe = func(p Push) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.pushes = append(r.pushes, p)
	}
	o.Failed = func(err error) { t.Errorf("failed: %v", err) }
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	r.Server = s
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	for _, name := range []string{topic, dead} {
		if _, err := s.GServer.CreateTopic(t.Context(), &pb.Topic{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	sub := &pb.Subscription{Name: name, Topic: topic, AckDeadlineSeconds: 600, PushConfig: &pb.PushConfig{PushEndpoint: door.URL + "/run"}}
	if edit != nil {
		edit(sub)
	}
	if _, err := s.GServer.CreateSubscription(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	return r
}

// until waits for a condition.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func (r *rig) ended(n int) func() bool {
	return func() bool { _, p := r.seen(); return len(p) >= n }
}

func backoffs(pushes []Push) (waits []time.Duration) {
	for _, p := range pushes {
		waits = append(waits, p.Again)
	}
	return waits
}

func TestBody(t *testing.T) {
	r := start(t, Options{}, nil, func(int) int { return 204 })
	id := r.Publish(topic, []byte(`{"workflow":"w"}`), map[string]string{"cron": "0 2 * * *"})
	until(t, "it is pushed", r.ended(1))
	bodies, pushes := r.seen()
	m := bodies[0]["message"].(map[string]any)
	at, err := time.Parse(time.RFC3339, m["publishTime"].(string))
	if err != nil || time.Since(at) > time.Minute {
		t.Errorf("publishTime %v, %v", m["publishTime"], err)
	}
	want := map[string]any{"subscription": name, "message": map[string]any{
		"data": "eyJ3b3JrZmxvdyI6IncifQ==", "attributes": map[string]any{"cron": "0 2 * * *"},
		"messageId": id, "message_id": id, "publishTime": m["publishTime"], "publish_time": m["publishTime"],
	}}
	if diff := cmp.Diff(want, bodies[0]); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if !pushes[0].Acked || pushes[0].Status != 204 || pushes[0].Again != -1 {
		t.Errorf("push %+v", pushes[0])
	}
	time.Sleep(5 * beat)
	if bodies, _ = r.seen(); len(bodies) != 1 {
		t.Errorf("an acknowledged message came %d times", len(bodies))
	}
}

func TestStatuses(t *testing.T) {
	for status, want := range map[int]bool{102: true, 200: true, 201: true, 202: true, 203: false, 204: true, 206: false, 301: false, 400: false, 429: false, 500: false, 503: false, 0: false} {
		if acknowledged(status) != want {
			t.Errorf("acknowledged(%d) = %v", status, !want)
		}
	}
}

func TestRedelivery(t *testing.T) {
	r := start(t, Options{Scale: 0.0005}, func(s *pb.Subscription) {
		s.RetryPolicy = &pb.RetryPolicy{MinimumBackoff: durationpb.New(10 * time.Second), MaximumBackoff: durationpb.New(30 * time.Second)}
	}, func(n int) int {
		if n < 5 {
			return 503
		}
		return 200
	})
	r.Publish(topic, []byte("x"), nil)
	until(t, "it is acknowledged", r.ended(5))
	bodies, pushes := r.seen()
	if diff := cmp.Diff([]time.Duration{10e9, 20e9, 30e9, 30e9, -1}, backoffs(pushes)); diff != "" {
		t.Errorf("back-off (-want +got):\n%s", diff)
	}
	if _, ok := bodies[4]["deliveryAttempt"]; ok {
		t.Error("deliveryAttempt is told without a dead-letter policy")
	}
}

func TestBackoff(t *testing.T) {
	for _, c := range []struct {
		policy *pb.RetryPolicy
		want   []time.Duration
	}{
		{nil, []time.Duration{100e6, 200e6, 400e6, 800e6, 1600e6, 3200e6, 6400e6, 12800e6, 25600e6, 51200e6, 60e9, 60e9}},
		{&pb.RetryPolicy{}, []time.Duration{10e9, 20e9, 40e9, 80e9, 160e9, 320e9, 600e9, 600e9}},
		{&pb.RetryPolicy{MinimumBackoff: durationpb.New(0)}, []time.Duration{0, 0, 0}},
	} {
		for i, want := range c.want {
			if got := backoff(c.policy, i+1); got != want {
				t.Errorf("backoff(%v, %d) = %v, want %v", c.policy, i+1, got, want)
			}
		}
	}
}

func TestDeadLetter(t *testing.T) {
	r := start(t, Options{Scale: 0.0001}, func(s *pb.Subscription) {
		s.DeadLetterPolicy = &pb.DeadLetterPolicy{DeadLetterTopic: dead, MaxDeliveryAttempts: 6}
		s.RetryPolicy = &pb.RetryPolicy{MinimumBackoff: durationpb.New(10 * time.Second)}
	}, func(int) int { return 500 })
	_, err := r.GServer.CreateSubscription(t.Context(), &pb.Subscription{Name: "projects/p/subscriptions/dead", Topic: dead, AckDeadlineSeconds: 10})
	if err != nil {
		t.Fatal(err)
	}
	r.Publish(topic, []byte("x"), map[string]string{"a": "b"})
	until(t, "it is dead", r.ended(6))
	bodies, pushes := r.seen()
	for i, b := range bodies {
		if b["deliveryAttempt"] != float64(i+1) {
			t.Errorf("delivery %d says attempt %v", i+1, b["deliveryAttempt"])
		}
	}
	if len(bodies) != 6 || pushes[5].DeadLetter != dead {
		t.Errorf("%d deliveries, the last %+v", len(bodies), pushes[len(pushes)-1])
	}
	got, err := r.GServer.Pull(t.Context(), &pb.PullRequest{Subscription: "projects/p/subscriptions/dead"})
	if err != nil || len(got.ReceivedMessages) != 1 {
		t.Fatalf("dead letters: %v, %v", got, err)
	}
	a := got.ReceivedMessages[0].Message.Attributes
	if _, err := time.Parse("2006-01-02T15:04:05.999-07:00", a["CloudPubSubDeadLetterSourceTopicPublishTime"]); err != nil {
		t.Error(err)
	}
	delete(a, "CloudPubSubDeadLetterSourceTopicPublishTime")
	want := map[string]string{
		"a": "b", "CloudPubSubDeadLetterSourceDeliveryCount": "6",
		"CloudPubSubDeadLetterSourceSubscription": "run", "CloudPubSubDeadLetterSourceSubscriptionProject": "p",
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

// A handler that is slower than the ack deadline gets the message again while it is still at work.
func TestSlowHandler(t *testing.T) {
	first := make(chan struct{})
	r := start(t, Options{Scale: 0.001}, func(s *pb.Subscription) { s.AckDeadlineSeconds = 30 }, func(n int) int {
		if n == 1 {
			<-first
		} else {
			close(first)
		}
		return 200
	})
	r.Publish(topic, []byte("x"), nil)
	until(t, "both ended", r.ended(2))
	_, pushes := r.seen()
	if pushes[0].Acked || pushes[0].Status != 0 || pushes[0].Err == nil || !pushes[1].Acked || pushes[1].Attempt != 2 {
		t.Errorf("pushes %+v", pushes)
	}
}

func TestCopies(t *testing.T) {
	var together sync.WaitGroup
	together.Add(3)
	r := start(t, Options{Copies: func(string, *pb.PubsubMessage) int { return 2 }}, nil, func(int) int {
		together.Done()
		together.Wait() // three are in at once
		return 200
	})
	r.Publish(topic, []byte("x"), nil)
	until(t, "it is acknowledged", r.ended(1))
	if bodies, _ := r.seen(); len(bodies) != 3 {
		t.Errorf("%d deliveries, want 3", len(bodies))
	}
}

func TestMany(t *testing.T) {
	r := start(t, Options{InFlight: 4}, nil, func(int) int { return 200 })
	for range 50 {
		r.Publish(topic, []byte("x"), nil)
	}
	until(t, "all are acknowledged", r.ended(50))
	seen := map[string]int{}
	_, pushes := r.seen()
	for _, p := range pushes {
		seen[p.MessageID]++
	}
	if len(seen) != 50 || len(pushes) != 50 {
		t.Errorf("%d messages in %d pushes", len(seen), len(pushes))
	}
}

// A subscription without an endpoint is left to those who pull, and one that is
// deleted is pushed no more.
func TestOnlyPush(t *testing.T) {
	r := start(t, Options{Scale: 0.0001}, func(s *pb.Subscription) {
		s.RetryPolicy = &pb.RetryPolicy{MinimumBackoff: durationpb.New(100 * time.Second)}
	}, func(int) int { return 500 })
	pull := &pb.Subscription{Name: "projects/p/subscriptions/pull", Topic: topic, AckDeadlineSeconds: 10}
	if _, err := r.GServer.CreateSubscription(t.Context(), pull); err != nil {
		t.Fatal(err)
	}
	r.Publish(topic, []byte("x"), nil)
	until(t, "it is tried", r.ended(2))
	if got, err := r.GServer.Pull(t.Context(), &pb.PullRequest{Subscription: pull.Name}); err != nil || len(got.ReceivedMessages) != 1 {
		t.Errorf("pulled %v, %v", got, err)
	}
	if _, err := r.GServer.DeleteSubscription(t.Context(), &pb.DeleteSubscriptionRequest{Subscription: name}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(8 * beat)
	before, _ := r.seen()
	time.Sleep(8 * beat)
	if after, _ := r.seen(); len(after) != len(before) {
		t.Errorf("a deleted subscription is still pushed: %d, then %d", len(before), len(after))
	}
}

func TestAddressInUse(t *testing.T) {
	s, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	if _, err := Start(Options{Address: s.Addr}); err == nil {
		t.Error("two servers at one address")
	}
}

package pubsub_test

import (
	"errors"
	"strings"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/pubsub"
	"github.com/glint-data/glint/shared/pubsub/pubsubtest"
)

func TestPublish(t *testing.T) {
	s, err := pubsubtest.Start(pubsubtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	if _, err := s.GServer.CreateTopic(t.Context(), &pubsubpb.Topic{Name: "projects/p/topics/runs"}); err != nil {
		t.Fatal(err)
	}
	p, err := pubsub.New(t.Context(), pubsub.Options{Project: "p", Endpoint: s.Addr})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, topic := range []string{"runs", "projects/p/topics/runs"} {
		id, err := p.Publish(t.Context(), topic, []byte("hello"), map[string]string{"slot": "now"})
		if err != nil {
			t.Fatalf("Publish(%q): %v", topic, err)
		}
		if m := s.Message(id); m == nil || string(m.Data) != "hello" || m.Attributes["slot"] != "now" {
			t.Errorf("Publish(%q) = %q, the server has %+v", topic, id, m)
		}
	}
	many := map[string]string{}
	for i := range 101 {
		many[strings.Repeat("k", i+1)] = "v"
	}
	for _, c := range []struct {
		name, topic string
		data        []byte
		attributes  map[string]string
		want        error
	}{
		{"no topic", "none", []byte("x"), nil, fault.NotFound},
		{"empty", "runs", nil, nil, fault.Invalid},
		{"large", "runs", make([]byte, 10_000_001), nil, fault.Invalid},
		{"many attributes", "runs", nil, many, fault.Invalid},
		{"long value", "runs", nil, map[string]string{"k": strings.Repeat("v", 1025)}, fault.Invalid},
		{"reserved key", "runs", nil, map[string]string{"googclient": "v"}, fault.Invalid},
	} {
		if _, err := p.Publish(t.Context(), c.topic, c.data, c.attributes); !errors.Is(err, c.want) {
			t.Errorf("%s: Publish = %v, want %v", c.name, err, c.want)
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	pubsub "cloud.google.com/go/pubsub/v2/apiv1"
	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/pubsub/emulatortest"
)

// A gate lies between Pub/Sub and a door and spoils deliveries.
type gate struct {
	t    *testing.T
	door string

	mu    sync.Mutex
	came  map[string]int                         // deliveries of each message
	spoil func(delivery int) (refuse, lose bool) // nil spoils none
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var pushed struct{ Message struct{ MessageID string } }
	if err := json.Unmarshal(body, &pushed); err != nil || pushed.Message.MessageID == "" {
		g.t.Errorf("pushed %s: %v", body, err)
	}
	g.mu.Lock()
	g.came[pushed.Message.MessageID]++
	n, spoil := g.came[pushed.Message.MessageID], g.spoil
	g.mu.Unlock()
	var refuse, lose bool
	if spoil != nil {
		refuse, lose = spoil(n)
	}
	if refuse {
		http.Error(w, "not now", http.StatusInternalServerError)
		return
	}
	status, answer := post(g.door, body)
	if lose {
		if status != http.StatusNoContent {
			g.t.Errorf("the answer that gets lost is %d %s", status, answer)
		}
		status = http.StatusInternalServerError
	}
	w.WriteHeader(max(status, 200))
}

// now spoils what is delivered from now on.
func (g *gate) now(spoil func(delivery int) (refuse, lose bool)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.spoil = spoil
}

func (g *gate) deliveries(id string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.came[id]
}

// TestEmulator: the seed's workflow with Google's emulator of Pub/Sub, which
// pushes by itself, instead of ours.
func TestEmulator(t *testing.T) {
	t.Parallel()
	emulator := emulatortest.New(t)
	w := newWorldOn(t, emulator.Addr, 0.001) // its least back-off is a second all the same
	p := w.start(nil)
	g := &gate{t: t, door: p.url, came: map[string]int{}}
	srv := httptest.NewServer(g)
	t.Cleanup(srv.Close)
	if err := w.cloud.PushTo(t.Context(), srv.URL); err != nil {
		t.Fatal(err)
	}
	topics, err := pubsub.NewTopicAdminClient(t.Context(), option.WithEndpoint(emulator.Addr), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())))
	if err != nil {
		t.Fatal(err)
	}
	defer topics.Close()
	publish := func(workflow string) (id string) {
		t.Helper()
		data, _ := json.Marshal(map[string]string{"workflow": workflow, "slot": time.Now().UTC().Format("2006-01-02T15:04:05.000Z")})
		r, err := topics.Publish(t.Context(), &pb.PublishRequest{Topic: w.cloud.Env()["GLINT_TOPIC"], Messages: []*pb.PubsubMessage{{Data: data}}})
		if err != nil {
			t.Fatal(err)
		}
		return r.MessageIds[0]
	}
	// so is when runs have ended and the last has left rows of a word.
	so := func(t *testing.T, word string, runs int) {
		t.Helper()
		if diff := cmp.Diff(ten(word), w.rows("city")); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		if n := len(w.loads("city")); n != runs {
			t.Errorf("%d load jobs, want %d", n, runs)
		}
		if n := len(p.lines("run ended")); n != runs {
			t.Errorf("%d lines say that a run ended, want %d", n, runs)
		}
		w.wantTidy(seed)
	}

	t.Run("scheduled", func(t *testing.T) {
		if _, err := w.cloud.Schedule(t.Context()); err != nil {
			t.Fatal(err)
		}
		id, err := w.cloud.Fire(t.Context(), seed)
		if err != nil {
			t.Fatal(err)
		}
		until(t, "the run has ended", func() bool { return len(p.lines("run ended")) > 0 })
		time.Sleep(2 * time.Second) // it would have come again
		if n := g.deliveries(id); n != 1 {
			t.Errorf("delivered %d times", n)
		}
		so(t, "old", 1)
	})

	t.Run("delivered twice", func(t *testing.T) {
		w.land("city", "new", 40)
		g.now(func(n int) (refuse, lose bool) { return false, n == 1 })
		id := publish(seed)
		until(t, "it came again", func() bool { return g.deliveries(id) == 2 })
		time.Sleep(2 * time.Second)
		so(t, "new", 2)
	})

	t.Run("refused first", func(t *testing.T) {
		w.land("city", "newer", 40)
		g.now(func(n int) (refuse, lose bool) { return n < 3, false })
		id := publish(seed)
		until(t, "the run has ended", func() bool { return len(p.lines("run ended")) > 2 })
		if n := g.deliveries(id); n != 3 {
			t.Errorf("delivered %d times", n)
		}
		so(t, "newer", 3)
	})

	t.Run("put aside", func(t *testing.T) {
		g.now(nil)
		id := publish("no-such-workflow")
		var dead []*pb.PubsubMessage
		until(t, "it is put aside", func() bool { dead = w.letters(); return len(dead) > 0 })
		time.Sleep(2 * time.Second) // it would have come again
		if n := g.deliveries(id); n != 1 || len(dead) != 1 || dead[0].Attributes["glint_reason"] == "" {
			t.Errorf("delivered %d times, put aside: %v", n, dead)
		}
		so(t, "newer", 3)
	})

	t.Run("landed", func(t *testing.T) {
		heard := w.start(map[string]string{"FUNCTION_TARGET": "rerun", "GLINT_QUIET": "500ms"})
		clock := w.start(map[string]string{"FUNCTION_TARGET": "reconcile", "GLINT_QUIET": "500ms"})
		if err := w.cloud.Notify(t.Context(), heard.url, landing); err != nil {
			t.Fatal(err)
		}
		w.cloud.Tick(t.Context(), clock.url, 150*time.Millisecond)
		if _, err := w.store.Put(t.Context(), "gs://"+landing+"/city/city.csv", bytes.NewReader(cities("newest", 40)), object.Cond{}); err != nil {
			t.Fatal(err)
		}
		until(t, "what landed is in the table", func() bool { return slices.Equal(ten("newest"), w.rows("city")) })
		time.Sleep(2 * time.Second) // another run would have begun
		so(t, "newest", 4)
	})
}

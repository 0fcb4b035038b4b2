// Package pubsubtest is Pub/Sub on a laptop: Google's own in-memory server,
// and the push delivery that it leaves out.
//
// The server keeps push configurations and never pushes; the bridge here takes
// each message off a subscription that has one and pushes it as the service
// does: ack deadline, redelivery with back-off, delivery attempts, dead-letter
// topic. A message that the bridge has taken is in the bridge only: it is gone
// when the process ends, as everything here is, and when its subscription is
// deleted or loses its endpoint, which the service would keep it through.
package pubsubtest

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/v2/pstest"
	"google.golang.org/protobuf/proto"
)

// Options change how the bridge works. The zero value is the service's way.
type Options struct {
	Address string // host:port to listen on; "" is any free port of this machine
	// Scale is how long a second of ack deadline, back-off and retention takes;
	// 0 is 1. A test sets 0.001 and waits milliseconds for seconds.
	Scale float64
	// InFlight bounds the pushes of one subscription at a time; 0 is 100.
	InFlight int
	// Copies says how often a message is delivered beyond once, at the same
	// time: the service promises at least once. nil is never.
	Copies func(subscription string, m *pb.PubsubMessage) int
	// Observe is told of every push when its end is known. It may be called concurrently.
	Observe func(Push)
	// Failed is told of what is wrong with a subscription. nil is nobody.
	Failed func(error)
}

// A Push is one delivery of one message, as it ended.
type Push struct {
	Subscription, MessageID string
	Attempt                 int // from 1, counted whether or not there is a dead-letter policy
	Status                  int // 0 if there was no answer in time
	Err                     error
	Acked                   bool
	Again                   time.Duration // until the next attempt, unscaled; -1 if there is none
	DeadLetter              string        // the topic that it went to
}

// A Server is Pub/Sub. Clients reach it at Addr without credentials.
type Server struct {
	*pstest.Server
	o      Options
	client *http.Client
	ctx    context.Context // of pushes
	abort  context.CancelFunc
	quit   chan struct{} // closed: no message is taken any more
	once   sync.Once
	all    sync.WaitGroup

	mu      sync.Mutex
	pushers map[string]*pusher
}

// Start makes a server and begins to push.
func Start(o Options) (*Server, error) {
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	if o.InFlight == 0 {
		o.InFlight = 100
	}
	server, err := listen(o.Address)
	if err != nil {
		return nil, err
	}
	s := &Server{
		Server: server, o: o, quit: make(chan struct{}),
		client:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}},
		pushers: map[string]*pusher{},
	}
	s.ctx, s.abort = context.WithCancel(context.Background())
	s.all.Go(s.watch)
	return s, nil
}

// listen starts Google's server, which panics where it cannot listen.
func listen(address string) (s *pstest.Server, err error) {
	defer func() {
		if why := recover(); why != nil {
			err = fmt.Errorf("pubsubtest: %v", why)
		}
	}()
	return pstest.NewServerWithAddress(address), nil
}

// Close stops taking messages, waits until the pushes that are under way have
// ended or ctx has, and stops the server.
func (s *Server) Close(ctx context.Context) error {
	s.once.Do(func() { close(s.quit) })
	done := make(chan struct{})
	go func() { s.all.Wait(); close(done) }()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = fmt.Errorf("pubsubtest: pushes were cut off: %w", ctx.Err())
	}
	s.abort()
	<-done
	s.client.CloseIdleConnections()
	if closed := s.Server.Close(); err == nil {
		err = closed
	}
	return err
}

// beat is how often subscriptions and messages are looked for.
const beat = 10 * time.Millisecond

// watch starts a pusher for each subscription that has an endpoint, and tells
// each what its subscription says now.
func (s *Server) watch() {
	for {
		select {
		case <-s.quit:
			return
		case <-time.After(beat):
		}
		// An empty project is a prefix of every name.
		list, err := s.GServer.ListSubscriptions(s.ctx, &pb.ListSubscriptionsRequest{PageSize: 10000})
		if err != nil {
			s.failed(fmt.Errorf("pubsubtest: list subscriptions: %w", err))
			continue
		}
		seen := map[string]bool{}
		for _, sub := range list.Subscriptions {
			if sub.GetPushConfig().GetPushEndpoint() == "" || sub.Detached {
				continue
			}
			seen[sub.Name] = true
			s.pusher(proto.Clone(sub).(*pb.Subscription))
		}
		s.forget(seen)
	}
}

// pusher is told sub's newest configuration, and started if it is new.
func (s *Server) pusher(sub *pb.Subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pushers[sub.Name]
	if p == nil {
		p = &pusher{Server: s, slots: make(chan struct{}, s.o.InFlight), gone: make(chan struct{})}
		s.pushers[sub.Name] = p
		p.sub.Store(sub)
		if sub.PushConfig.GetNoWrapper() != nil {
			s.failed(fmt.Errorf("pubsubtest: %s: payload unwrapping is not done here; the subscription is not pushed", sub.Name))
			return
		}
		s.all.Go(p.run)
	}
	p.sub.Store(sub)
}

// forget stops the pushers of subscriptions that are gone or not pushed any more.
func (s *Server) forget(seen map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, p := range s.pushers {
		if !seen[name] {
			close(p.gone)
			delete(s.pushers, name)
		}
	}
}

func (s *Server) failed(err error) {
	if s.o.Failed != nil {
		s.o.Failed(err)
	}
}

// scaled is how long d takes here.
func (s *Server) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * s.o.Scale)
}

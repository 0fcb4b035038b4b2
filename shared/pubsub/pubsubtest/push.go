package pubsubtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A pusher delivers the messages of one subscription.
type pusher struct {
	*Server
	sub   atomic.Pointer[pb.Subscription] // as it is configured now
	slots chan struct{}                   // one a push under way
	gone  chan struct{}                   // closed with the subscription
}

// run takes messages while there is room for them.
func (p *pusher) run() {
	for {
		select {
		case <-p.quit:
			return
		case <-p.gone:
			return
		case <-time.After(beat):
		}
		room := cap(p.slots) - len(p.slots)
		if room == 0 {
			continue
		}
		name := p.sub.Load().Name
		//lint:ignore SA1019 the server's way of waiting takes half a second
		got, err := p.GServer.Pull(p.ctx, &pb.PullRequest{Subscription: name, MaxMessages: int32(room), ReturnImmediately: true})
		if status.Code(err) == codes.NotFound {
			continue // deleted; the watcher ends this pusher
		}
		if err != nil {
			p.failed(fmt.Errorf("pubsubtest: pull %s: %w", name, err))
			continue
		}
		for _, r := range got.ReceivedMessages {
			m, ack := r.Message, r.AckId
			// From here on the message is the bridge's: the server counts the
			// deliveries of all subscriptions of a topic together.
			if _, err := p.GServer.Acknowledge(p.ctx, &pb.AcknowledgeRequest{Subscription: name, AckIds: []string{ack}}); err != nil {
				p.failed(fmt.Errorf("pubsubtest: take %s: %w", name, err))
				continue
			}
			p.all.Go(func() { p.deliver(m) })
		}
	}
}

// deliver pushes one message until it is acknowledged, dead, or too old.
func (p *pusher) deliver(m *pb.PubsubMessage) {
	taken := time.Now()
	for attempt := 1; ; attempt++ {
		select {
		case p.slots <- struct{}{}:
		case <-p.quit:
			return
		case <-p.gone:
			return
		}
		sub := p.sub.Load()
		push := p.attempt(sub, m, attempt)
		<-p.slots
		if push.Acked {
			p.observe(push)
			return
		}
		if dead := sub.DeadLetterPolicy; dead != nil && attempt >= maxAttempts(dead) {
			if p.bury(sub, m, attempt) {
				push.DeadLetter = dead.DeadLetterTopic
				p.observe(push)
				return
			}
		}
		push.Again = backoff(sub.RetryPolicy, attempt)
		if keep := sub.MessageRetentionDuration.AsDuration(); keep > 0 && time.Since(taken)+p.scaled(push.Again) > p.scaled(keep) {
			push.Again = -1
			p.observe(push)
			return
		}
		p.observe(push)
		select {
		case <-time.After(p.scaled(push.Again)):
		case <-p.quit:
			return
		case <-p.gone:
			return
		}
	}
}

// attempt pushes once, to as many at the same time as Options.Copies asks for,
// and waits for an acknowledgement within the deadline. A handler that is late
// is not interrupted, for the service does not reach into it either: its answer
// does not count, and the next delivery finds it still at work.
func (p *pusher) attempt(sub *pb.Subscription, m *pb.PubsubMessage, attempt int) Push {
	push := Push{Subscription: sub.Name, MessageID: m.MessageId, Attempt: attempt, Again: -1}
	copies := 1
	if p.o.Copies != nil {
		copies += p.o.Copies(sub.Name, m)
	}
	body, err := wrap(sub, m, attempt)
	if err != nil {
		push.Err = err
		return push
	}
	answers := make(chan answer, copies)
	for range copies {
		p.all.Go(func() { answers <- p.post(sub.PushConfig.PushEndpoint, body) })
	}
	deadline := time.NewTimer(p.scaled(ackDeadline(sub)))
	defer deadline.Stop()
	for range copies {
		select {
		case a := <-answers:
			push.Status, push.Err = a.status, a.err
			if acknowledged(a.status) {
				push.Acked, push.Err = true, nil
				return push
			}
		case <-deadline.C:
			push.Status, push.Err = 0, fmt.Errorf("no answer within the ack deadline of %v", ackDeadline(sub))
			return push
		}
	}
	return push
}

type answer struct {
	status int
	err    error
}

func (p *pusher) post(endpoint string, body []byte) answer {
	req, err := http.NewRequestWithContext(p.ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google)")
	res, err := p.client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if err == nil && !acknowledged(res.StatusCode) {
		err = fmt.Errorf("%s: %.200s", res.Status, strings.TrimSpace(string(said)))
	}
	return answer{res.StatusCode, err}
}

// acknowledged: these and no others.
// https://cloud.google.com/pubsub/docs/push#receive_push
func acknowledged(status int) bool {
	switch status {
	case 102, 200, 201, 202, 204:
		return true
	}
	return false
}

// wrapped is the body of a push. The service writes ID and time in both spellings.
// https://cloud.google.com/pubsub/docs/push#receive_push
type wrapped struct {
	Message struct {
		Attributes  map[string]string `json:"attributes,omitempty"`
		Data        []byte            `json:"data,omitempty"`
		MessageID   string            `json:"messageId"`
		MessageID2  string            `json:"message_id"`
		OrderingKey string            `json:"orderingKey,omitempty"`
		Published   string            `json:"publishTime"`
		Published2  string            `json:"publish_time"`
	} `json:"message"`
	Subscription    string `json:"subscription"`
	DeliveryAttempt int    `json:"deliveryAttempt,omitempty"` // with a dead-letter policy only
}

func wrap(sub *pb.Subscription, m *pb.PubsubMessage, attempt int) ([]byte, error) {
	var w wrapped
	w.Message.Attributes, w.Message.Data, w.Message.OrderingKey = m.Attributes, m.Data, m.OrderingKey
	w.Message.MessageID, w.Message.MessageID2 = m.MessageId, m.MessageId
	w.Message.Published = published(m)
	w.Message.Published2 = w.Message.Published
	w.Subscription = sub.Name
	if sub.DeadLetterPolicy != nil {
		w.DeliveryAttempt = attempt
	}
	return json.Marshal(w)
}

func published(m *pb.PubsubMessage) string {
	return m.PublishTime.AsTime().UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

// bury sends a message to the dead-letter topic, with where it came from. If
// it cannot, the message stays with its subscription.
// https://cloud.google.com/pubsub/docs/handling-failures#how_dead_letter_topics_work
func (p *pusher) bury(sub *pb.Subscription, m *pb.PubsubMessage, attempts int) bool {
	attributes := map[string]string{}
	for k, v := range m.Attributes {
		attributes[k] = v
	}
	project, name := "", sub.Name
	if parts := strings.Split(sub.Name, "/"); len(parts) == 4 {
		project, name = parts[1], parts[3]
	}
	attributes["CloudPubSubDeadLetterSourceDeliveryCount"] = strconv.Itoa(attempts)
	attributes["CloudPubSubDeadLetterSourceSubscription"] = name
	attributes["CloudPubSubDeadLetterSourceSubscriptionProject"] = project
	attributes["CloudPubSubDeadLetterSourceTopicPublishTime"] = m.PublishTime.AsTime().UTC().Format("2006-01-02T15:04:05.999-07:00")
	_, err := p.GServer.Publish(p.ctx, &pb.PublishRequest{
		Topic:    sub.DeadLetterPolicy.DeadLetterTopic,
		Messages: []*pb.PubsubMessage{{Data: m.Data, Attributes: attributes, OrderingKey: m.OrderingKey}},
	})
	if err != nil {
		p.failed(fmt.Errorf("pubsubtest: dead letter of %s: %w", sub.Name, err))
	}
	return err == nil
}

func (p *pusher) observe(push Push) {
	if p.o.Observe != nil {
		p.o.Observe(push)
	}
}

func ackDeadline(sub *pb.Subscription) time.Duration {
	if sub.AckDeadlineSeconds == 0 {
		return 10 * time.Second
	}
	return time.Duration(sub.AckDeadlineSeconds) * time.Second
}

func maxAttempts(d *pb.DeadLetterPolicy) int {
	if d.MaxDeliveryAttempts == 0 {
		return 5
	}
	return int(d.MaxDeliveryAttempts)
}

// backoff is how long after attempt the next one comes: doubled from the
// minimum to the maximum. Without a retry policy it is push's own back-off.
// https://cloud.google.com/pubsub/docs/handling-failures#exponential_backoff
func backoff(r *pb.RetryPolicy, attempt int) time.Duration {
	low, high := 100*time.Millisecond, 60*time.Second
	if r != nil {
		low, high = 10*time.Second, 600*time.Second
		if r.MinimumBackoff != nil {
			low = r.MinimumBackoff.AsDuration()
		}
		if r.MaximumBackoff != nil {
			high = r.MaximumBackoff.AsDuration()
		}
	}
	d := low
	for range attempt - 1 {
		if d *= 2; d >= high {
			return high
		}
	}
	return min(d, high)
}

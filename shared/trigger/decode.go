package trigger

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// envelope is the body of a push, wrapped: as Pub/Sub sends it, and as the data
// of an Eventarc event. The Functions Framework's own conversion of it loses
// deliveryAttempt, subscription and orderingKey, so it is read here.
// https://cloud.google.com/pubsub/docs/push#receive_push
type envelope struct {
	Message struct {
		Data            []byte            `json:"data"` // base64 in JSON
		Attributes      map[string]string `json:"attributes"`
		MessageID       string            `json:"messageId"`
		MessageIDOld    string            `json:"message_id"`
		PublishTime     time.Time         `json:"publishTime"`
		PublishTimeOld  time.Time         `json:"publish_time"`
		OrderingKey     string            `json:"orderingKey"`
		DeliveryAttempt int               `json:"deliveryAttempt"`
	} `json:"message"`
	Subscription    string `json:"subscription"`
	DeliveryAttempt int    `json:"deliveryAttempt"`
}

// maxBody bounds a push; a message that means something has some hundred bytes.
const maxBody = 1 << 20

// Decode reads a message from a request: a raw push, or a CloudEvent in binary
// or structured mode. An error is fault.Invalid and stays so: the message will
// never become right. What could be read of it is returned all the same.
func Decode(h http.Header, body []byte) (Message, error) {
	if len(body) > maxBody {
		return Message{}, fault.Errorf(fault.Invalid, "the push has %d bytes, it may have %d", len(body), maxBody)
	}
	if strings.HasPrefix(h.Get("Content-Type"), "application/cloudevents-batch+json") {
		return Message{}, fault.Errorf(fault.Invalid, "a batch of events is not taken; send each by itself")
	}
	if strings.HasPrefix(h.Get("Content-Type"), "application/cloudevents+json") {
		var event struct {
			Type string          `json:"type"`
			Data json.RawMessage `json:"data"`
			Blob []byte          `json:"data_base64"`
		}
		if err := json.Unmarshal(body, &event); err != nil {
			return Message{}, fault.Errorf(fault.Invalid, "the event is not JSON: %v", err)
		}
		if err := published(event.Type); err != nil {
			return Message{}, err
		}
		if body = event.Data; event.Blob != nil {
			body = event.Blob
		}
	} else if t := h.Get("Ce-Type"); t != "" {
		if err := published(t); err != nil {
			return Message{}, err
		}
	}
	return unwrap(body)
}

// published checks the type of a CloudEvent.
func published(t string) error {
	if t != "google.cloud.pubsub.topic.v1.messagePublished" {
		return fault.Errorf(fault.Invalid, "an event of type %q is not a Pub/Sub message", t)
	}
	return nil
}

func unwrap(body []byte) (Message, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return Message{}, fault.Errorf(fault.Invalid, "the push is not a wrapped message: %v", err).
			WithHint("the subscription must not unwrap the payload (no_wrapper)")
	}
	m := Message{
		ID: e.Message.MessageID, Published: e.Message.PublishTime, OrderingKey: e.Message.OrderingKey,
		Subscription: e.Subscription, Delivery: max(e.DeliveryAttempt, e.Message.DeliveryAttempt),
	}
	if m.ID == "" {
		m.ID = e.Message.MessageIDOld
	}
	if m.Published.IsZero() {
		m.Published = e.Message.PublishTimeOld
	}
	if m.ID == "" {
		return m, fault.Errorf(fault.Invalid, "the push holds no message")
	}
	return m, m.request(e.Message.Data, e.Message.Attributes)
}

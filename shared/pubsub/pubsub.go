// Package pubsub sends messages: the next job of a workflow, a run asked for.
package pubsub

import (
	"context"
	"errors"
	"strings"

	api "cloud.google.com/go/pubsub/v2/apiv1"
	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/glint-data/glint/shared/fault"
)

// Limits of one message, as the service has them.
// https://cloud.google.com/pubsub/quotas#resource_limits
const (
	maxData       = 10_000_000
	maxAttributes = 100
	maxKey        = 256
	maxValue      = 1024
)

// Options say how Pub/Sub is reached.
type Options struct {
	Project string // of topics that are named without one
	// Endpoint is an emulator's host:port, spoken to without credentials and
	// encryption; "" is the service.
	Endpoint string
}

// A Publisher sends messages. It is safe for concurrent use.
type Publisher struct {
	client  *api.TopicAdminClient
	project string
}

// New makes a Publisher. It connects at the first message.
func New(ctx context.Context, o Options) (*Publisher, error) {
	var opts []option.ClientOption
	if o.Endpoint != "" {
		opts = []option.ClientOption{
			option.WithEndpoint(o.Endpoint), option.WithoutAuthentication(),
			option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
		}
	}
	client, err := api.NewTopicAdminClient(ctx, opts...)
	if err != nil {
		return nil, fault.Errorf(fault.Denied, "Pub/Sub: %w", err).
			WithHint("give this process an identity: a service account where it is deployed, `gcloud auth application-default login` on a laptop")
	}
	return &Publisher{client: client, project: o.Project}, nil
}

// Publish sends one message and returns the ID that the service gave it. The
// topic is a name, or projects/P/topics/NAME. An answer that is lost makes the
// message be sent again: whoever receives it must bear it twice.
func (p *Publisher) Publish(ctx context.Context, topic string, data []byte, attributes map[string]string) (id string, err error) {
	if !strings.HasPrefix(topic, "projects/") {
		topic = "projects/" + p.project + "/topics/" + topic
	}
	if err := check(data, attributes); err != nil {
		return "", err
	}
	res, err := p.client.Publish(ctx, &pb.PublishRequest{
		Topic: topic, Messages: []*pb.PubsubMessage{{Data: data, Attributes: attributes}},
	})
	if err != nil {
		return "", translate(topic, err)
	}
	if len(res.MessageIds) != 1 {
		return "", fault.Errorf(fault.Internal, "Pub/Sub: %d message IDs for one message to %s", len(res.MessageIds), topic)
	}
	return res.MessageIds[0], nil
}

// Close ends the connection.
func (p *Publisher) Close() error { return p.client.Close() }

// check refuses what the service would refuse, naming what is too much.
func check(data []byte, attributes map[string]string) error {
	if len(data) == 0 && len(attributes) == 0 {
		return fault.Errorf(fault.Invalid, "Pub/Sub: a message has data or an attribute")
	}
	if len(data) > maxData {
		return fault.Errorf(fault.Invalid, "Pub/Sub: the message has %d bytes, at most %d are taken", len(data), maxData).
			WithHint("put it into an object and send the object's name")
	}
	if len(attributes) > maxAttributes {
		return fault.Errorf(fault.Invalid, "Pub/Sub: %d attributes, at most %d are taken", len(attributes), maxAttributes)
	}
	for k, v := range attributes {
		if k == "" || len(k) > maxKey || len(v) > maxValue || strings.HasPrefix(k, "goog") {
			return fault.Errorf(fault.Invalid, "Pub/Sub: attribute %.40q of %d bytes: keys have 1 to %d bytes and do not begin with goog, values at most %d", k, len(v), maxKey, maxValue)
		}
	}
	return nil
}

// translate gives an error its kind. It is the only place that knows gRPC's codes.
func translate(topic string, err error) error {
	kind, hint := fault.Transient, ""
	switch code := status.Code(err); code {
	case codes.NotFound:
		kind, hint = fault.NotFound, "make the topic: gcloud pubsub topics create "+topic
	case codes.PermissionDenied, codes.Unauthenticated:
		kind, hint = fault.Denied, "grant roles/pubsub.publisher on "+topic+" to the identity that this runs as"
	case codes.InvalidArgument, codes.OutOfRange:
		kind = fault.Invalid
	case codes.FailedPrecondition:
		kind, hint = fault.Refused, "a schema, a region policy or a missing key of the topic refuses the message: gcloud pubsub topics describe "+topic
	case codes.ResourceExhausted:
		kind, hint = fault.Exhausted, "the project's publish quota is used up: see IAM & Admin, Quotas"
	case codes.AlreadyExists:
		kind = fault.Conflict
	case codes.Unimplemented, codes.DataLoss:
		kind = fault.Internal
	case codes.Unknown:
		if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) && strings.Contains(err.Error(), "credentials") {
			kind, hint = fault.Denied, "the identity's token could not be fetched"
		}
	}
	e := fault.Errorf(kind, "Pub/Sub: publish to %s: %w", topic, err)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	return e
}

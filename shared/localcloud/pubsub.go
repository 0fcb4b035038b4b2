package localcloud

import (
	"context"
	"errors"
	"time"

	api "cloud.google.com/go/pubsub/v2/apiv1"
	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/glint-data/glint/shared/pubsub/pubsubtest"
)

// The names that Terraform gives the same things.
const (
	topic        = "glint-runs"
	deadLetter   = "glint-dead-letters"
	subscription = "glint-runs-push"
)

func (c *Cloud) startPubSub(ctx context.Context) (err error) {
	if c.pubsub = c.o.PubSub; c.pubsub == "" {
		if c.PubSub, err = pubsubtest.Start(pubsubtest.Options{Scale: c.o.Scale, Failed: c.o.Failed}); err != nil {
			return err
		}
		c.pubsub = c.PubSub.Addr
		c.closers = append(c.closers, func() {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_ = c.PubSub.Close(ctx)
		})
	}
	if err := c.connect(ctx); err != nil {
		return err
	}
	if err := c.createTopics(ctx, topic, deadLetter); err != nil {
		return err
	}
	_, err = c.subs.CreateSubscription(ctx, &pb.Subscription{ // or dead letters would vanish
		Name: c.subscription(deadLetter), Topic: c.topic(deadLetter), AckDeadlineSeconds: 60,
	})
	return err
}

// connect makes clients of whatever Pub/Sub there is.
func (c *Cloud) connect(ctx context.Context) error {
	conn, err := grpc.NewClient(c.pubsub, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	c.closers = append(c.closers, func() { _ = conn.Close() })
	var topics, subs error
	c.topics, topics = api.NewTopicAdminClient(ctx, option.WithGRPCConn(conn))
	c.subs, subs = api.NewSubscriptionAdminClient(ctx, option.WithGRPCConn(conn))
	return errors.Join(topics, subs)
}

func (c *Cloud) createTopics(ctx context.Context, names ...string) error {
	for _, name := range names {
		if _, err := c.topics.CreateTopic(ctx, &pb.Topic{Name: c.topic(name)}); err != nil {
			return err
		}
	}
	return nil
}

// PushTo starts the subscription that pushes runs to an endpoint, as Terraform
// makes it.
func (c *Cloud) PushTo(ctx context.Context, endpoint string) error {
	_, err := c.subs.CreateSubscription(ctx, &pb.Subscription{
		Name: c.subscription(subscription), Topic: c.topic(topic), AckDeadlineSeconds: 600,
		PushConfig:       &pb.PushConfig{PushEndpoint: endpoint},
		RetryPolicy:      c.backOff(30 * time.Second),
		DeadLetterPolicy: &pb.DeadLetterPolicy{DeadLetterTopic: c.topic(deadLetter), MaxDeliveryAttempts: 30},
	})
	return err
}

// backOff is a retry policy up to 600 s. An emulator that is not ours knows no
// Scale, so it is told scaled times.
func (c *Cloud) backOff(least time.Duration) *pb.RetryPolicy {
	most := 600 * time.Second
	if c.PubSub == nil && c.o.Scale != 0 {
		least, most = time.Duration(float64(least)*c.o.Scale), time.Duration(float64(most)*c.o.Scale)
	}
	return &pb.RetryPolicy{MinimumBackoff: durationpb.New(least), MaximumBackoff: durationpb.New(most)}
}

// send publishes one message.
func (c *Cloud) send(ctx context.Context, topic string, data []byte, attributes map[string]string) (id string, err error) {
	r, err := c.topics.Publish(ctx, &pb.PublishRequest{
		Topic: topic, Messages: []*pb.PubsubMessage{{Data: data, Attributes: attributes}},
	})
	if err != nil {
		return "", err
	}
	return r.MessageIds[0], nil
}

func (c *Cloud) topic(name string) string { return "projects/" + c.o.Project + "/topics/" + name }

func (c *Cloud) subscription(name string) string {
	return "projects/" + c.o.Project + "/subscriptions/" + name
}

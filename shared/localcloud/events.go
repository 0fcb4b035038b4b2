package localcloud

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/api/option"
	"google.golang.org/api/storage/v1"
)

// The names that Terraform gives the same things.
const (
	landings       = "glint-landings"
	landingsPush   = "glint-landings-push"
	landingsUnread = "glint-landings-dead-letters"
)

// Notify makes landing buckets tell of every object that is written to them,
// and pushes that to an endpoint.
func (c *Cloud) Notify(ctx context.Context, endpoint string, buckets ...string) error {
	if err := c.createTopics(ctx, landings, landingsUnread); err != nil {
		return err
	}
	for _, sub := range []*pb.Subscription{
		{Name: c.subscription(landingsUnread), Topic: c.topic(landingsUnread), AckDeadlineSeconds: 60},
		{
			Name: c.subscription(landingsPush), Topic: c.topic(landings), AckDeadlineSeconds: 60,
			PushConfig:       &pb.PushConfig{PushEndpoint: endpoint},
			RetryPolicy:      c.backOff(10 * time.Second),
			DeadLetterPolicy: &pb.DeadLetterPolicy{DeadLetterTopic: c.topic(landingsUnread), MaxDeliveryAttempts: 30},
		},
	} {
		if _, err := c.subs.CreateSubscription(ctx, sub); err != nil {
			return err
		}
	}
	api, err := storage.NewService(ctx, option.WithEndpoint(c.storage+"/storage/v1/"), option.WithoutAuthentication())
	if err != nil {
		return err
	}
	for _, b := range buckets {
		n := &storage.Notification{
			Topic: "//pubsub.googleapis.com/" + c.topic(landings), PayloadFormat: "JSON_API_V1", EventTypes: []string{"OBJECT_FINALIZE"},
		}
		if _, err := api.Notifications.Insert(b, n).Context(ctx).Do(); err != nil {
			return fmt.Errorf("notifications of %s: %w", b, err)
		}
	}
	return nil
}

// Tick calls an endpoint every so often until ctx ends, as the scheduler does
// once a minute. A tick that is still at work when the next is due is not joined.
func (c *Cloud) Tick(ctx context.Context, endpoint string, every time.Duration) {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	c.closers = append(c.closers, func() { stop(); <-ended })
	go func() {
		defer close(ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(every):
				if err := call(ctx, endpoint); err != nil && ctx.Err() == nil {
					c.o.Failed(fmt.Errorf("tick: %w", err))
				}
			}
		}
	}()
}

func call(ctx context.Context, endpoint string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil || resp.StatusCode < 300 {
		return err
	}
	return fmt.Errorf("%s: %s", resp.Status, text)
}

// Open serves a door in this process and returns its URL.
func (c *Cloud) Open(door http.Handler) (endpoint string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: door, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }()
	c.closers = append(c.closers, func() { _ = srv.Close() })
	return "http://" + l.Addr().String() + "/", nil
}

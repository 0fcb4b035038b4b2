package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// letters pulls what is on the dead-letter topic and was not pulled before.
func (w *world) letters() []*pb.PubsubMessage {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.t.Context()), 2*time.Second)
	defer cancel()
	sub := "projects/" + project + "/subscriptions/glint-dead-letters"
	got, err := w.pubsub.Pull(ctx, &pb.PullRequest{Subscription: sub, MaxMessages: 100})
	if err != nil {
		return nil // it waits for messages until the context ends
	}
	var all []*pb.PubsubMessage
	for _, m := range got.ReceivedMessages {
		all = append(all, m.Message)
		_ = w.pubsub.Acknowledge(ctx, &pb.AcknowledgeRequest{Subscription: sub, AckIds: []string{m.AckId}})
	}
	return all
}

// push is a message as Pub/Sub pushes it.
func push(id, workflow, slot string, delivery int) []byte {
	data, _ := json.Marshal(map[string]string{"workflow": workflow, "slot": slot})
	body, _ := json.Marshal(map[string]any{
		"message":         map[string]any{"data": data, "messageId": id, "publishTime": "2026-11-23T02:00:01Z"},
		"subscription":    "projects/" + project + "/subscriptions/glint-runs-push",
		"deliveryAttempt": delivery,
	})
	return body
}

// post delivers a message; the status is 0 if there was no answer.
func post(url string, body []byte) (status int, answer string) {
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}

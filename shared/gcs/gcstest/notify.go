package gcstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	storage "google.golang.org/api/storage/v1"
)

// An event is a change that Pub/Sub may be told of (pubsub-notifications).
type event struct {
	kind   string
	object *object
	bucket *bucket
	extra  map[string]string
}

// publish calls OnEvent for every configuration that asks for an event.
func (s *Server) publish(events []event) {
	if s.opts.OnEvent == nil {
		return
	}
	for _, e := range events {
		s.mu.Lock()
		configs := slices.Clone(e.bucket.notifications)
		s.mu.Unlock()
		for _, n := range configs {
			if n.ObjectNamePrefix != "" && !strings.HasPrefix(e.object.meta.Name, n.ObjectNamePrefix) {
				continue
			}
			if len(n.EventTypes) > 0 && !slices.Contains(n.EventTypes, e.kind) {
				continue
			}
			s.opts.OnEvent(strings.TrimPrefix(n.Topic, topicPrefix), s.attributes(e, n), payload(e, n))
		}
	}
}

// attributes are the message's (pubsub-notifications#attributes).
func (s *Server) attributes(e event, n *storage.Notification) map[string]string {
	m := e.object.meta
	a := map[string]string{}
	maps.Copy(a, n.CustomAttributes)
	maps.Copy(a, e.extra)
	maps.Copy(a, map[string]string{
		"notificationConfig": "projects/_/buckets/" + m.Bucket + "/notificationConfigs/" + n.Id,
		"eventType":          e.kind,
		"payloadFormat":      n.PayloadFormat,
		"bucketId":           m.Bucket,
		"objectId":           m.Name,
		"objectGeneration":   fmt.Sprint(m.Generation),
		"eventTime":          s.opts.Now().UTC().Format("2006-01-02T15:04:05.000000Z"),
	})
	return a
}

// payload is the object's resource, or nothing (pubsub-notifications#payload).
func payload(e event, n *storage.Notification) []byte {
	if n.PayloadFormat != "JSON_API_V1" {
		return nil
	}
	data, err := json.MarshalIndent(e.object.meta, "", "  ")
	if err != nil {
		panic(err) // our own struct
	}
	return data
}

const topicPrefix = "//pubsub.googleapis.com/"

var eventTypes = []string{"OBJECT_FINALIZE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE"}

// notifications routes /b/BUCKET/notificationConfigs (json_api/v1/notifications).
func (c *call) notifications() handler {
	switch {
	case len(c.rest) == 1 && c.r.Method == http.MethodPost:
		c.op = "storage.notifications.insert"
		return (*call).insertNotification
	case len(c.rest) == 1 && c.r.Method == http.MethodGet:
		c.op = "storage.notifications.list"
		return (*call).listNotifications
	case len(c.rest) == 2 && c.r.Method == http.MethodGet:
		c.op = "storage.notifications.get"
		return (*call).oneNotification
	case len(c.rest) == 2 && c.r.Method == http.MethodDelete:
		c.op = "storage.notifications.delete"
		return (*call).oneNotification
	}
	return c.unknown()
}

func (c *call) insertNotification() *apiError {
	if err := c.only(); err != nil {
		return err
	}
	n := new(storage.Notification)
	if err := c.body(n); err != nil {
		return err
	}
	topic := strings.Split(strings.TrimPrefix(n.Topic, topicPrefix), "/")
	if !strings.HasPrefix(n.Topic, topicPrefix) || len(topic) != 4 || topic[0] != "projects" || topic[2] != "topics" {
		return invalid("Invalid Google Cloud Pub/Sub topic: %q; want %sprojects/P/topics/T", n.Topic, topicPrefix)
	}
	if n.PayloadFormat != "JSON_API_V1" && n.PayloadFormat != "NONE" {
		return invalid("Invalid payload_format: %q; want JSON_API_V1 or NONE", n.PayloadFormat)
	}
	for _, t := range n.EventTypes {
		if !slices.Contains(eventTypes, t) {
			return invalid("Invalid event type: %q; want one of %v", t, eventTypes)
		}
	}
	return c.locked(func() *apiError {
		b, err := c.theBucket()
		if err != nil {
			return err
		}
		c.lastID++
		n.Id = fmt.Sprint(c.lastID)
		n.Kind = "storage#notification"
		n.Etag = n.Id
		n.SelfLink = "http://" + c.r.Host + "/storage/v1/b/" + c.bucket + "/notificationConfigs/" + n.Id
		b.notifications = append(b.notifications, n)
		c.reply(http.StatusOK, n)
		return nil
	})
}

func (c *call) listNotifications() *apiError {
	if err := c.only(); err != nil {
		return err
	}
	return c.locked(func() *apiError {
		b, err := c.theBucket()
		if err != nil {
			return err
		}
		c.reply(http.StatusOK, storage.Notifications{Kind: "storage#notifications", Items: b.notifications})
		return nil
	})
}

// oneNotification is get and delete.
func (c *call) oneNotification() *apiError {
	if err := c.only(); err != nil {
		return err
	}
	return c.locked(func() *apiError {
		b, err := c.theBucket()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(b.notifications, func(n *storage.Notification) bool { return n.Id == c.rest[1] })
		if i < 0 {
			return &apiError{404, "notFound", "NotFound", "Notification not found: " + c.rest[1], ""}
		}
		if c.r.Method == http.MethodGet {
			c.reply(http.StatusOK, b.notifications[i])
			return nil
		}
		b.notifications = slices.Delete(slices.Clone(b.notifications), i, i+1)
		c.reply(http.StatusNoContent, nil)
		return nil
	})
}

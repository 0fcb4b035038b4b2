// Package secretmanager reads depot credentials from Google's Secret Manager,
// as the identity of this process.
package secretmanager

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"regexp"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	sm "google.golang.org/api/secretmanager/v1"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
)

// Options say how Secret Manager is reached.
type Options struct {
	Project  string
	Endpoint string // an emulator's address; it is spoken to without credentials
}

// A Source is the secrets of one project.
type Source struct {
	api     *sm.Service
	project string
}

var _ depot.Secrets = (*Source)(nil)

// New makes a Source.
func New(ctx context.Context, o Options) (*Source, error) {
	var opts []option.ClientOption
	if o.Endpoint != "" {
		opts = append(opts, option.WithEndpoint(o.Endpoint), option.WithoutAuthentication())
	}
	api, err := sm.NewService(ctx, opts...)
	if err != nil {
		return nil, fault.Errorf(fault.Denied, "Secret Manager: %w", err)
	}
	return &Source{api, o.Project}, nil
}

// Secret returns the newest version of the secret called name.
func (s *Source) Secret(ctx context.Context, name string) (depot.Secret, error) {
	if !secretName.MatchString(name) {
		return depot.Secret{}, fault.Errorf(fault.Invalid, "%q is not the name of a secret in Secret Manager", name).
			WithHint("use letters, digits, _ and -")
	}
	full := fmt.Sprintf("projects/%s/secrets/%s/versions/latest", s.project, name)
	v, err := s.api.Projects.Secrets.Versions.Access(full).Context(ctx).Do()
	if err != nil {
		return depot.Secret{}, classify(full, err)
	}
	if v.Payload == nil {
		return depot.Secret{}, fault.Errorf(fault.Transient, "%s: the answer has no payload", full)
	}
	text, err := base64.StdEncoding.DecodeString(v.Payload.Data)
	if err != nil || !intact(v.Payload, text) {
		return depot.Secret{}, fault.Errorf(fault.Transient, "%s: the answer arrived broken", full)
	}
	return depot.ParseSecret(name, text)
}

// secretName is what Secret Manager allows: nothing in it can lead elsewhere.
var secretName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// intact compares the checksum that comes with a payload, as Google asks of clients.
func intact(p *sm.SecretPayload, text []byte) bool {
	return p.DataCrc32c == 0 || p.DataCrc32c == int64(crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)))
}

func classify(name string, err error) error {
	var e *googleapi.Error
	if !errors.As(err, &e) {
		return fault.Errorf(fault.Transient, "%s: %w", name, err)
	}
	switch {
	case e.Code == http.StatusNotFound:
		return fault.Errorf(fault.NotFound, "%s does not exist", name).
			WithHint("make the secret with a version: a JSON object of strings, with DataOS's own keys")
	case e.Code == http.StatusForbidden || e.Code == http.StatusUnauthorized:
		return fault.Errorf(fault.Denied, "%s may not be read: %s", name, e.Message).
			WithHint("grant roles/secretmanager.secretAccessor on the secret to the service's account")
	case e.Code == http.StatusBadRequest: // a version that is disabled or destroyed
		return fault.Errorf(fault.Invalid, "%s: %s", name, e.Message)
	}
	return fault.Errorf(fault.Transient, "%s: %w", name, err)
}

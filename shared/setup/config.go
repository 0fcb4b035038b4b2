// Package setup makes a Runner out of the environment. It is the only room
// that knows every adapter.
package setup

import (
	"errors"
	"log/slog"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// A Config is what the environment says. [Variables] documents each field.
type Config struct {
	Project    string
	Root       string // gs://bucket[/prefix], no trailing slash
	State      string
	Topic      string
	DeadLetter string
	Temporary  string
	Ledger     string
	Deadline   time.Duration
	Lease      time.Duration
	Quiet      time.Duration
	EventKey   string
	Scratch    string
	Memory     int64
	Threads    int
	FileDepots string
	LogLevel   slog.Level
	Port       string

	StorageEndpoint  string
	AzureEndpoint    string
	BigQueryEndpoint string
	PubSubEndpoint   string
	SecretEndpoint   string
}

// A Variable is one environment variable that Glint reads.
type Variable struct {
	Name     string
	Doc      string
	Default  string
	Required bool
	set      func(c *Config, v string) error
}

// Variables are all of them, in the order in which people meet them.
var Variables = []Variable{
	{Name: "GLINT_PROJECT", Doc: "Google Cloud project in which jobs run and which pays", Required: true,
		set: func(c *Config, v string) error { c.Project = v; return nil }},
	{Name: "GLINT_ROOT", Doc: "where workflows/*.yaml, depots/*.yaml and schedules.yaml lie: gs://BUCKET[/PREFIX]", Required: true,
		set: func(c *Config, v string) error { return bucketURI(&c.Root, v) }},
	{Name: "GLINT_STATE", Doc: "where the ledger is kept: gs://BUCKET[/PREFIX]", Required: true,
		set: func(c *Config, v string) error { return bucketURI(&c.State, v) }},
	{Name: "GLINT_TOPIC", Doc: "the topic on which runs are asked for: projects/P/topics/T", Required: true,
		set: func(c *Config, v string) error { return topic(&c.Topic, v) }},
	{Name: "GLINT_DEAD_LETTER_TOPIC", Doc: "the topic for messages that no retry can help: projects/P/topics/T", Required: true,
		set: func(c *Config, v string) error { return topic(&c.DeadLetter, v) }},
	{Name: "GLINT_TEMPORARY_BUCKET", Doc: "the temporary bucket where neither manifest nor depot names one",
		set: func(c *Config, v string) error { c.Temporary = strings.TrimPrefix(v, "gs://"); return nil }},
	{Name: "GLINT_LEDGER", Doc: "identity of the ledger, part of every BigQuery job ID; two ledgers over one project need two", Default: "glint",
		set: func(c *Config, v string) error {
			if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`).MatchString(v) {
				return errors.New("want letters, digits, - and _, at most 64")
			}
			c.Ledger = v
			return nil
		}},
	{Name: "GLINT_DEADLINE", Doc: "how long one delivery may take; less than the service's timeout, which is less than the subscription's deadline", Default: "540s",
		set: func(c *Config, v string) (err error) { c.Deadline, err = time.ParseDuration(v); return err }},
	{Name: "GLINT_LEASE", Doc: "how long a run's lease holds without being renewed; the same for all processes over one ledger", Default: "60s",
		set: func(c *Config, v string) (err error) { c.Lease, err = time.ParseDuration(v); return err }},
	{Name: "GLINT_QUIET", Doc: "how long nothing may have landed before a run is started because of it", Default: "30s",
		set: func(c *Config, v string) (err error) {
			c.Quiet, err = time.ParseDuration(v)
			if err == nil && c.Quiet <= 0 {
				err = errors.New("want more than 0s")
			}
			return err
		}},
	{Name: "GLINT_EVENT_KEY", Doc: "the key that every request to the rerun function bears, as ?key= or in the header X-Glint-Key; without it Event Grid is turned away. From a secret",
		set: func(c *Config, v string) error {
			if len(v) < 16 {
				return errors.New("want 16 characters or more")
			}
			c.EventKey = v
			return nil
		}},
	{Name: "GLINT_SCRATCH", Doc: "folder for pipes and spilled data; on Cloud Run it is memory unless a disk is mounted", Default: os.TempDir(),
		set: func(c *Config, v string) error { c.Scratch = v; return nil }},
	{Name: "GLINT_MEMORY", Doc: "memory of the instance in MiB; by default what the container's limit says",
		set: func(c *Config, v string) error {
			mib, err := strconv.ParseInt(v, 10, 64)
			if err != nil || mib < 256 {
				return errors.New("want a whole number of MiB, 256 or more")
			}
			c.Memory = mib << 20
			return nil
		}},
	{Name: "GLINT_THREADS", Doc: "threads of the engine; by default the processors of the instance",
		set: func(c *Config, v string) (err error) {
			c.Threads, err = strconv.Atoi(v)
			if err == nil && c.Threads < 1 {
				err = errors.New("want 1 or more")
			}
			return err
		}},
	{Name: "GLINT_FILE_DEPOTS", Doc: "folder below which depots of type FILE may lie; unset, they are refused, for they would read the instance. Not allowed on Cloud Run",
		set: func(c *Config, v string) error { c.FileDepots = v; return nil }},
	{Name: "GLINT_LOG_LEVEL", Doc: "debug, info, warn or error", Default: "info",
		set: func(c *Config, v string) error { return c.LogLevel.UnmarshalText([]byte(v)) }},
	{Name: "PORT", Doc: "where the door listens; Cloud Run sets it", Default: "8080",
		set: func(c *Config, v string) error { c.Port = v; return nil }},
	{Name: "STORAGE_EMULATOR_HOST", Doc: "host:port of a Cloud Storage emulator",
		set: func(c *Config, v string) error { c.StorageEndpoint = endpoint(v); return nil }},
	{Name: "AZURE_STORAGE_EMULATOR_HOST", Doc: "host:port of an emulator of Azure's Blob Storage, such as Azurite, which finds accounts in the path",
		set: func(c *Config, v string) error { c.AzureEndpoint = endpoint(v); return nil }},
	{Name: "BIGQUERY_EMULATOR_HOST", Doc: "host:port of a BigQuery emulator",
		set: func(c *Config, v string) error { c.BigQueryEndpoint = endpoint(v); return nil }},
	{Name: "PUBSUB_EMULATOR_HOST", Doc: "host:port of a Pub/Sub emulator",
		set: func(c *Config, v string) error { c.PubSubEndpoint = v; return nil }},
	{Name: "SECRET_MANAGER_EMULATOR_HOST", Doc: "host:port of a Secret Manager emulator",
		set: func(c *Config, v string) error { c.SecretEndpoint = endpoint(v); return nil }},
}

// FromEnv reads the configuration. All that is wrong with it is returned at once.
func FromEnv(getenv func(string) string) (Config, error) {
	var c Config
	var wrong []error
	for _, v := range Variables {
		value := getenv(v.Name)
		if value == "" {
			value = v.Default
		}
		if value == "" {
			if v.Required {
				wrong = append(wrong, fault.Errorf(fault.Invalid, "%s is not set", v.Name).WithHint("%s", v.Doc))
			}
			continue
		}
		if err := v.set(&c, value); err != nil {
			if v.Name == "GLINT_EVENT_KEY" { // a secret is not shown
				value = "…"
			}
			wrong = append(wrong, fault.Errorf(fault.Invalid, "%s=%q: %w", v.Name, value, err).WithHint("%s", v.Doc))
		}
	}
	if c.FileDepots != "" && getenv("K_SERVICE") != "" {
		wrong = append(wrong, fault.Errorf(fault.Invalid, "GLINT_FILE_DEPOTS is set on Cloud Run: a deployed service must not read its own files"))
	}
	return c, errors.Join(wrong...)
}

func bucketURI(field *string, v string) error {
	rest, ok := strings.CutPrefix(v, "gs://")
	if !ok || strings.Trim(rest, "/") == "" {
		return errors.New("want gs://BUCKET[/PREFIX]")
	}
	*field = strings.TrimRight(v, "/")
	return nil
}

var topicName = regexp.MustCompile(`^projects/[^/]+/topics/[^/]+$`)

func topic(field *string, v string) error {
	if !topicName.MatchString(v) {
		return errors.New("want projects/P/topics/T")
	}
	*field = v
	return nil
}

// endpoint is the base URL of an emulator given as host:port or URL.
func endpoint(v string) string {
	if strings.Contains(v, "://") {
		return strings.TrimRight(v, "/")
	}
	return "http://" + v
}

package depot

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
)

// A Secret is a credential. It cannot be printed, logged or marshalled: only
// [Secret.Reveal] gives the values, to the adapter that needs them. They are
// held by a function, so that reflection into a struct that has a Secret in an
// unexported field finds none either.
type Secret struct{ value func(key string) string }

// NewSecret keeps a copy of values, whose keys are in small letters.
func NewSecret(values map[string]string) Secret {
	values = maps.Clone(values)
	return Secret{func(key string) string { return values[key] }}
}

// Reveal returns the value under key, "" if there is none.
func (s Secret) Reveal(key string) string {
	if s.value == nil {
		return ""
	}
	return s.value(key)
}

// IsZero reports whether s holds nothing.
func (s Secret) IsZero() bool { return s.value == nil }

const redacted = "[secret]"

// Format prints no value, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String, LogValue and the marshallers print no value.
func (s Secret) String() string { return redacted }

// LogValue is what a log gets.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is what encoders get.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

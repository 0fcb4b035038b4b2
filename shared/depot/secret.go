package depot

import "log/slog"

// A Secret is a credential. It cannot be printed, logged or marshalled: only
// [Secret.Reveal] gives the values, to the adapter that needs them.
type Secret struct{ values map[string]string }

// NewSecret keeps values.
func NewSecret(values map[string]string) Secret { return Secret{values} }

// Reveal returns the value under key, "" if there is none.
func (s Secret) Reveal(key string) string { return s.values[key] }

// IsZero reports whether s holds nothing.
func (s Secret) IsZero() bool { return len(s.values) == 0 }

const redacted = "[secret]"

func (s Secret) String() string               { return redacted }
func (s Secret) GoString() string             { return redacted }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
func (s Secret) MarshalYAML() (any, error)    { return redacted, nil }

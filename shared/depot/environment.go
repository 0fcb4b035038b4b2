package depot

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

// Environment finds secrets in variables: the secret acme-r is
// GLINT_SECRET_ACME_R, a JSON object of strings. It is for laptops and tests.
type Environment func(name string) string

// Secret returns the secret called name.
func (getenv Environment) Secret(_ context.Context, name string) (Secret, error) {
	variable := "GLINT_SECRET_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	text := getenv(variable)
	if text == "" {
		return Secret{}, fault.Errorf(fault.NotFound, "%s is not set", variable)
	}
	return ParseSecret(name, []byte(text))
}

// ParseSecret reads a secret's stored form: a JSON object of strings, keys in
// any case. The error never holds a value.
func ParseSecret(name string, text []byte) (Secret, error) {
	var values map[string]string
	if err := json.Unmarshal(text, &values); err != nil || len(values) == 0 {
		return Secret{}, fault.Errorf(fault.Invalid, "secret %s is not a JSON object of strings with at least one key", name).
			WithHint(`store it as {"key": "value", …}, with DataOS's own keys`)
	}
	lower := make(map[string]string, len(values))
	for k, v := range values {
		if _, twice := lower[strings.ToLower(k)]; twice {
			return Secret{}, fault.Errorf(fault.Invalid, "secret %s has a key twice, in small and in capital letters", name)
		}
		lower[strings.ToLower(k)] = v
	}
	return NewSecret(lower), nil
}

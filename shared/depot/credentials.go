package depot

import (
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// A secretRef names a secret that is kept elsewhere.
type secretRef struct {
	name string
	acl  string // r, rw, or "" for both
}

// secrets reads the secrets that a manifest holds or names.
func (p *parser) secrets(m *Manifest, body plug.Raw) {
	for _, s := range body.Get("connectionSecret").Items {
		values := map[string]string{}
		for _, block := range []string{"data", "values"} {
			for _, e := range s.Get(block).Entries {
				values[strings.ToLower(e.Name)] = e.Value.Text
			}
		}
		for _, e := range s.Get("files").Entries { // of the machine that the manifest was written on
			delete(values, strings.ToLower(e.Name))
			p.note(e.Pos, "", "depot %s: the file of %s is not here; put what is in it into a secret in Secret Manager, under the key %s, and name it under secrets", m.Name, e.Name, e.Name)
		}
		acl := strings.ToLower(s.Get("acl").Text)
		if !slices.Contains([]string{"r", "rw"}, acl) {
			p.wrong(fault.Invalid, s.Pos, "", "depot %s: acl of a connectionSecret is %q; want r or rw", m.Name, acl)
			continue
		}
		if len(values) == 0 {
			continue
		}
		m.inline[acl] = NewSecret(values)
		p.note(s.Pos, "move it to Secret Manager and name it under secrets", "depot %s: the manifest holds a secret itself", m.Name)
	}
	for _, list := range []string{"secrets", "dataosSecrets"} {
		for _, s := range body.Get(list).Items {
			name := s.Get("name").Text
			if name == "" {
				p.wrong(fault.Invalid, s.Pos, "", "depot %s: a secret has no name", m.Name)
				continue
			}
			ref := secretRef{name: name}
			if strings.HasSuffix(name, "-rw") {
				ref.acl = "rw"
			} else if strings.HasSuffix(name, "-r") {
				ref.acl = "r"
			}
			m.refs = append(m.refs, ref)
		}
	}
}

// SecretNames are the secrets that the manifest names, in its order.
func (m Manifest) SecretNames() []string {
	var names []string
	for _, r := range m.refs {
		names = append(names, r.name)
	}
	return names
}

// secretFor names the secret for an acl: the one kept for it, else one for
// both. Whoever may write may also read. A depot with a secret for reading only
// cannot be written: another identity would be more than it gives.
func (m Manifest) secretFor(acl string) (inline Secret, name string, err error) {
	order := []string{acl, "", "rw"}
	if s, ok := m.inline[acl]; ok {
		return s, "", nil
	}
	for _, want := range order {
		for _, r := range m.refs {
			if r.acl == want {
				return Secret{}, r.name, nil
			}
		}
	}
	if s, ok := m.inline["rw"]; ok {
		return s, "", nil
	}
	if len(m.refs)+len(m.inline) > 0 {
		return Secret{}, "", fault.Errorf(fault.Denied, "depot %s has a secret for reading only", m.Name).At(m.Pos).
			WithHint("name one for writing under secrets: %s-rw", m.Name)
	}
	return Secret{}, "", nil
}

package depot

import (
	"errors"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
)

// A Manifest is a depot as DataOS describes it, version v1 or v2alpha.
type Manifest struct {
	Name   string
	Type   Type
	Spec   map[string]string // plain values of spec (v1) or of the block named for the type (v2alpha)
	Pos    fault.Pos
	inline map[string]Secret // by acl; a v1 manifest holds its secrets itself
	refs   []secretRef
}

// A secretRef names a secret that is kept elsewhere.
type secretRef struct {
	name string
	acl  string // r, rw, or "" for both
}

// reached are the types that Glint reaches, with what their spec must have.
var reached = map[Type][]string{
	GCS:      {"bucket"},
	File:     {"path"},
	BigQuery: {"project"},
}

// ParseManifest reads a depot manifest. All mistakes come back at once.
func ParseManifest(file string, text []byte) (Manifest, []plug.Note, error) {
	root, notes, err := manifest.Tree(file, text)
	if err != nil {
		return Manifest{}, notes, err
	}
	p := parser{notes: notes}
	m := p.depot(root)
	return m, p.notes, errors.Join(p.mistakes...)
}

type parser struct {
	notes    []plug.Note
	mistakes []error
}

func (p *parser) wrong(k fault.Kind, at fault.Pos, hint, format string, args ...any) {
	e := fault.Errorf(k, format, args...).At(at)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	p.mistakes = append(p.mistakes, e)
}

func (p *parser) depot(root plug.Raw) Manifest {
	m := Manifest{Name: root.Get("name").Text, Pos: root.Pos, Spec: map[string]string{}, inline: map[string]Secret{}}
	if m.Name == "" {
		p.wrong(fault.Invalid, root.Pos, "", "the depot has no name")
	}
	if kind := root.Get("type"); !strings.EqualFold(kind.Text, "depot") {
		p.wrong(fault.Invalid, root.Pos, "", "type is %q; a depot manifest has type: depot", kind.Text)
	}
	body := root.Get("depot")
	if body.Shape != plug.Mapping {
		p.wrong(fault.Invalid, root.Pos, "", "depot %s: the manifest has no depot", m.Name)
		return m
	}
	kind := body.Get("type")
	m.Type = Type(strings.ToUpper(strings.TrimSpace(kind.Text)))
	required, ok := reached[m.Type]
	if !ok {
		p.wrong(fault.Refused, kind.Pos, "copy what it holds to one of GCS or BIGQUERY, under a depot of the same name",
			"depot %s: depots of type %s are not supported yet", m.Name, kind.Text)
		return m
	}
	spec := body.Get(string(m.Type))
	if spec.Shape == plug.Absent {
		spec = body.Get("spec")
	}
	for _, e := range spec.Entries {
		switch e.Value.Shape {
		case plug.Scalar:
			m.Spec[strings.ToLower(e.Name)] = e.Value.Text
		case plug.Mapping: // params
			for _, sub := range e.Value.Entries {
				m.Spec[strings.ToLower(sub.Name)] = sub.Value.Text
			}
		}
	}
	for _, name := range required {
		if m.Spec[name] == "" {
			p.wrong(fault.Invalid, body.Pos, "", "depot %s: its spec has no %s", m.Name, name)
		}
	}
	p.secrets(&m, body)
	return m
}

func (p *parser) secrets(m *Manifest, body plug.Raw) {
	for _, s := range body.Get("connectionSecret").Items {
		values := map[string]string{}
		for _, block := range []string{"data", "values"} {
			for _, e := range s.Get(block).Entries {
				values[strings.ToLower(e.Name)] = e.Value.Text
			}
		}
		acl := s.Get("acl").Text
		if !slices.Contains([]string{"r", "rw"}, acl) {
			p.wrong(fault.Invalid, s.Pos, "", "depot %s: acl of a connectionSecret is %q; want r or rw", m.Name, acl)
			continue
		}
		m.inline[acl] = NewSecret(values)
		p.notes = append(p.notes, plug.Note{Pos: s.Pos, Message: "depot " + m.Name + ": the manifest holds a secret itself; move it to Secret Manager and name it under secrets"})
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

// secretFor names the secret for an acl: the one kept for it, else one for
// both, else the one for writing, which may read as well.
func (m Manifest) secretFor(acl string) (inline Secret, name string) {
	if s, ok := m.inline[acl]; ok {
		return s, ""
	}
	for _, want := range []string{acl, "", "rw"} {
		for _, r := range m.refs {
			if r.acl == want {
				return Secret{}, r.name
			}
		}
	}
	if acl == "r" {
		return m.inline["rw"], ""
	}
	return Secret{}, ""
}

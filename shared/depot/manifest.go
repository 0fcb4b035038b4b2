package depot

import (
	"errors"
	"fmt"
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
	Spec   map[string]string // plain values of spec (v1) or of the block named for the type (v2alpha), under DataOS's spelling
	Notes  []plug.Note       // what is worth a remark
	Pos    fault.Pos
	inline map[string]Secret // by acl; a v1 manifest holds its secrets itself
	refs   []secretRef
}

// A field is what the spec of a depot may have.
type field struct {
	name     string
	required bool
}

// reached are the types that Glint reaches, with what their spec may have.
var reached = map[Type][]field{
	GCS:      {{"bucket", true}, {"relativePath", false}, {"format", false}, {"icebergCatalogType", false}, {"metastoreType", false}, {"metastoreUrl", false}},
	File:     {{"path", true}, {"relativePath", false}, {"format", false}},
	BigQuery: {{"project", true}, {"temporaryBucket", false}, {"persistentBucket", false}},
	ABFSS:    azure,
	WASBS:    azure,
}

// azure is DataOS's, and who asks without a key: an application's tenant and
// client ID are no secret.
var azure = []field{
	{"account", true}, {"container", true}, {"relativePath", false}, {"endpointSuffix", false}, {"tenantId", false}, {"clientId", false},
	{"format", false}, {"icebergCatalogType", false}, {"metastoreType", false}, {"metastoreUrl", false},
}

// ParseManifest reads a depot manifest. All mistakes come back at once; the
// notes are also kept in the Manifest.
func ParseManifest(file string, text []byte) (Manifest, []plug.Note, error) {
	root, notes, err := manifest.Tree(file, text)
	if err != nil {
		return Manifest{}, notes, err
	}
	p := parser{notes: notes}
	m := p.depot(root)
	m.Notes = p.notes
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

func (p *parser) note(at fault.Pos, hint, format string, args ...any) {
	n := plug.Note{Pos: at, Message: fmt.Sprintf(format, args...), Hint: hint}
	if hint != "" {
		n.Message += "; " + hint
	}
	p.notes = append(p.notes, n)
}

// unknown notes what a mapping has and should not have.
func (p *parser) unknown(what string, r plug.Raw, names ...string) {
	for _, e := range r.Entries {
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, e.Name) }) {
			continue
		}
		hint := ""
		if near := plug.Nearest(e.Name, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		p.note(e.Pos, hint, "%s.%s is unknown and has no effect", what, e.Name)
	}
}

func (p *parser) depot(root plug.Raw) Manifest {
	m := Manifest{Name: root.Get("name").Text, Pos: root.Pos, Spec: map[string]string{}, inline: map[string]Secret{}}
	p.unknown("manifest", root, "name", "version", "type", "tags", "description", "owner", "layer", "depot")
	if m.Name == "" {
		p.wrong(fault.Invalid, root.Pos, "", "the depot has no name")
	}
	if kind := root.Get("type"); !strings.EqualFold(kind.Text, "depot") {
		p.wrong(fault.Invalid, root.Pos, "write type: depot", "type is %q; this is not a depot manifest", kind.Text)
	}
	if v := root.Get("version"); v.Text != "v1" && v.Text != "v2alpha" {
		p.wrong(fault.Invalid, root.Pos, "write version: v1 or version: v2alpha", "depot %s: version is %q", m.Name, v.Text)
	}
	body := root.Get("depot")
	if body.Shape != plug.Mapping {
		p.wrong(fault.Invalid, root.Pos, "", "depot %s: the manifest has no depot", m.Name)
		return m
	}
	kind := body.Get("type")
	m.Type = Type(strings.ToUpper(strings.TrimSpace(kind.Text)))
	fields, ok := reached[m.Type]
	switch {
	case kind.Shape != plug.Scalar:
		p.wrong(fault.Invalid, body.Pos, "write type: GCS, ABFSS, WASBS, BIGQUERY or FILE", "depot %s: it has no type", m.Name)
		return m
	case !ok:
		p.wrong(fault.Refused, kind.Pos, "GCS, ABFSS, WASBS and BIGQUERY are reached, and FILE on a laptop: copy what it holds to one of them, under a depot of the same name",
			"depot %s: depots of type %s are not supported yet", m.Name, kind.Text)
		return m
	}
	p.unknown("depot", body, "type", "description", "external", "source", "compute", "hiveSync", "owner",
		"spec", string(m.Type), "connectionSecret", "secrets", "dataosSecrets")
	p.spec(&m, body, fields)
	p.secrets(&m, body)
	return m
}

// spec reads the block named for the type, or spec.
func (p *parser) spec(m *Manifest, body plug.Raw, fields []field) {
	block := strings.ToLower(string(m.Type))
	spec := body.Get(block)
	if spec.Shape == plug.Absent {
		block, spec = "spec", body.Get("spec")
	}
	names := []string{"params"}
	for _, f := range fields {
		names = append(names, f.name)
	}
	p.unknown("depot."+block, spec, names...)
	p.values(m, spec.Entries, fields)
	p.values(m, spec.Get("params").Entries, fields)
	for _, f := range fields {
		if f.required && m.Spec[f.name] == "" {
			p.wrong(fault.Invalid, body.Pos, "", "depot %s: its %s has no %s", m.Name, block, f.name)
		}
	}
	if path := spec.Get("relativePath"); leaves(path.Text) {
		p.wrong(fault.Invalid, path.Pos, "", "depot %s: relativePath %q leaves the depot", m.Name, path.Text)
	}
	if path := spec.Get("path"); m.Type == File && path.Text != "" && (path.Text[0] != '/' || leaves(path.Text)) {
		p.wrong(fault.Invalid, path.Pos, "write it from / on, without ..", "depot %s: path %q is not absolute", m.Name, path.Text)
	}
}

// values keeps plain values under the spelling of fields.
func (p *parser) values(m *Manifest, entries []plug.Entry, fields []field) {
	for _, e := range entries {
		name := e.Name
		for _, f := range fields {
			if strings.EqualFold(f.name, name) {
				name = f.name
			}
		}
		switch e.Value.Shape {
		case plug.Scalar:
			m.Spec[name] = e.Value.Text
		case plug.Sequence:
			p.wrong(fault.Invalid, e.Value.Pos, "", "depot %s: %s: want a plain value", m.Name, name)
		}
	}
}

// leaves reports whether a path goes up.
func leaves(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(s string) bool { return s == ".." })
}

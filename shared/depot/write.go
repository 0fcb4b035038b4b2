package depot

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
)

// A Needed is a secret that has to be kept under a name, and the keys of the
// JSON object that it is. What is under them is nobody's business here.
type Needed struct {
	Name string
	Keys []string
	For  string // the depot that asks for it, or the manifest that held it
}

// Import reads a manifest of a depot, or of a secret, as DataOS exports it. text
// is the depot's manifest in the version v2alpha, with its secrets named instead
// of held; it is nil of a secret. The secrets are what must be kept for it.
func Import(file string, text []byte) (m Manifest, written []byte, secrets []Needed, notes []plug.Note, err error) {
	root, notes, err := manifest.Tree(file, text)
	if err != nil {
		return m, nil, nil, notes, err
	}
	kind := strings.ToLower(strings.TrimSpace(root.Get("type").Text))
	if kind == "secret" || kind == "instance-secret" {
		n := Needed{Name: root.Get("name").Text, Keys: keysOf(root.Get(kind)), For: "a manifest of type " + kind}
		if n.Name == "" {
			return m, nil, nil, notes, fault.Errorf(fault.Invalid, "the secret has no name").At(root.Pos)
		}
		return m, nil, []Needed{n}, notes, nil
	}
	m, notes, err = ParseManifest(file, text)
	if err != nil {
		return m, nil, nil, notes, err
	}
	names := m.SecretNames()
	for _, name := range names {
		secrets = append(secrets, Needed{Name: name, For: "depot " + m.Name})
	}
	for _, s := range root.Get("depot").Get("connectionSecret").Items {
		name := m.Name + "-" + strings.ToLower(s.Get("acl").Text)
		names = append(names, name)
		secrets = append(secrets, Needed{Name: name, Keys: keysOf(s), For: "depot " + m.Name})
	}
	return m, m.write(root.Get("description").Text, names), secrets, notes, nil
}

// keysOf are the keys of what a secret holds, or of the files that it names.
func keysOf(r plug.Raw) []string {
	keys := map[string]bool{}
	for _, block := range []string{"data", "values", "files"} {
		for _, e := range r.Get(block).Entries {
			keys[strings.ToLower(e.Name)] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// write is m as a manifest of the version v2alpha.
func (m Manifest) write(description string, secrets []string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\nversion: v2alpha\ntype: depot\n", plain(m.Name))
	if description != "" {
		fmt.Fprintf(&b, "description: %s\n", plain(description))
	}
	fmt.Fprintf(&b, "depot:\n  type: %s\n  external: true\n  %s:\n", m.Type, strings.ToLower(string(m.Type)))
	for _, f := range reached[m.Type] {
		if v := m.Spec[f.name]; v != "" {
			fmt.Fprintf(&b, "    %s: %s\n", f.name, plain(v))
		}
	}
	if len(secrets) > 0 {
		b.WriteString("  secrets:\n")
	}
	for _, s := range secrets {
		fmt.Fprintf(&b, "    - name: %s\n", plain(s))
	}
	return []byte(b.String())
}

var bare = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./-]*$`)

// plain writes a value of YAML, in quotes where it could be taken for something else.
func plain(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		return strconv.Quote(s)
	}
	if bare.MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}

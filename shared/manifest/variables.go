package manifest

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/glint-data/glint/shared/fault"
)

var (
	variable = regexp.MustCompile(`\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))`)
	leftover = regexp.MustCompile(`\{\{[^{}]*\}\}`)
	angled   = regexp.MustCompile(`^<[A-Za-z][A-Za-z0-9 _.-]*>$`)
)

// An edit replaces bytes of a text.
type edit struct {
	from, to int
	with     string
}

// substitute replaces ${NAME}, and $NAME where NAME is set: table$snapshots in
// SQL stays as it is. What a variable holds is not looked through again. The
// edits are in the order of the text; unset are the names in braces without a
// value.
func substitute(text string, vars map[string]string) (unset []string, edits []edit) {
	if !strings.Contains(text, "$") {
		return nil, nil
	}
	for _, m := range variable.FindAllStringSubmatchIndex(text, -1) {
		from, to, braced := m[4], m[5], false
		if m[2] >= 0 {
			from, to, braced = m[2], m[3], true
		}
		value, ok := vars[text[from:to]]
		switch {
		case ok:
			edits = append(edits, edit{m[0], m[1], value})
		case braced:
			unset = append(unset, text[from:to])
		}
	}
	return unset, edits
}

// fill replaces the variables of a scalar and says what was left to fill in.
func (c *converter) fill(text string, p fault.Pos) string {
	if m := leftover.FindString(text); m != "" {
		c.placeholder(p, m, "fill it in; the deploy does not")
	} else if angled.MatchString(text) {
		c.source.note(p, text+" looks like a placeholder that was not filled in", "fill it in")
	}
	unset, edits := substitute(text, c.source.vars)
	for _, name := range unset {
		c.wrong(p, "give it a value under variables in schedules.yaml", "the variable ${%s} is not set", name)
		c.source.unfilled[p] = true
	}
	if len(edits) == 0 {
		return text
	}
	for _, e := range edits {
		c.filled += len(e.with)
	}
	if c.filled > MaxSize {
		if !c.overfull {
			c.wrong(p, "", "with its variables, the file has more than the %d bytes that a manifest may have", MaxSize)
		}
		c.overfull = true
		return text
	}
	c.source.written[p] = text
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.from] + e.with)
		at = e.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// placeholder says that something stands for a value that nobody gave. What
// else would be wrong with it is not worth saying.
func (c *converter) placeholder(p fault.Pos, name, hint string) {
	c.wrong(p, hint, "the placeholder %s was not filled in", name)
	c.source.unfilled[p] = true
}

// braces recognises {{name}} without quotes, which YAML reads as a mapping
// whose key is a mapping.
func braces(n *yaml.Node) (string, bool) {
	if n.Style&yaml.FlowStyle == 0 || len(n.Content) != 2 || n.Content[0].Kind != yaml.MappingNode {
		return "", false
	}
	key := n.Content[0]
	if key.Style&yaml.FlowStyle == 0 || len(key.Content) != 2 || key.Content[0].Kind != yaml.ScalarNode {
		return "", false
	}
	return "{{" + key.Content[0].Value + "}}", true
}

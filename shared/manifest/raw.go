package manifest

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// Bounds of a manifest's tree. Aliases count each time that they are used, so
// that a small file cannot become a large one.
const (
	maxNodes = 100_000
	maxDepth = 100
)

// A converter makes the positioned tree out of YAML nodes: duplicate keys,
// aliases, empty values and variables are dealt with here, once.
type converter struct {
	source   *source
	vars     map[string]string
	nodes    int
	mistakes []error
}

func (c *converter) wrong(p fault.Pos, hint, format string, args ...any) {
	e := fault.Errorf(fault.Invalid, format, args...).At(p)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	c.mistakes = append(c.mistakes, e)
}

func (c *converter) value(n *yaml.Node, depth int) plug.Raw {
	c.nodes++
	p := c.source.pos(n.Line, n.Column)
	if c.nodes > maxNodes || depth > maxDepth {
		if c.nodes != maxNodes+2 { // said once
			c.wrong(p, "", "the file unfolds to more than a manifest can be: over %d values, or over %d levels", maxNodes, maxDepth)
			c.nodes = maxNodes + 1
		}
		return plug.Raw{Pos: p}
	}
	switch n.Kind {
	case yaml.AliasNode:
		return c.value(n.Alias, depth+1)
	case yaml.SequenceNode:
		r := plug.Raw{Shape: plug.Sequence, Pos: p}
		for _, item := range n.Content {
			if c.nodes > maxNodes {
				break
			}
			r.Items = append(r.Items, c.value(item, depth+1))
		}
		return r
	case yaml.MappingNode:
		return c.mapping(n, p, depth)
	}
	if n.Tag == "!!null" {
		return plug.Raw{Pos: p}
	}
	r := plug.Raw{Shape: plug.Scalar, Pos: p, Text: n.Value, Quoted: n.Tag == "!!str"}
	r.Text = c.interpolate(n.Value, p)
	return r
}

func (c *converter) mapping(n *yaml.Node, p fault.Pos, depth int) plug.Raw {
	r := plug.Raw{Shape: plug.Mapping, Pos: p}
	at := map[string]int{}
	for i := 0; i+1 < len(n.Content) && c.nodes <= maxNodes; i += 2 {
		key := n.Content[i]
		kp := c.source.pos(key.Line, key.Column)
		if key.Kind != yaml.ScalarNode {
			c.wrong(kp, "quote it if it is text", "a name is a plain value, not a mapping or a list")
			continue
		}
		if key.Tag == "!!merge" {
			c.wrong(kp, "write the attributes out", "merge keys (<<) are not supported")
			continue
		}
		e := plug.Entry{Name: strings.TrimSpace(key.Value), Pos: kp, Value: c.value(n.Content[i+1], depth+1)}
		if first, twice := at[e.Name]; twice {
			c.source.note(kp, e.Name+" is given twice; this one counts", "remove the one in line "+itoa(r.Entries[first].Pos.Line))
			r.Entries[first] = e
			continue
		}
		at[e.Name] = len(r.Entries)
		r.Entries = append(r.Entries, e)
	}
	return r
}

var (
	braced   = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	bare     = regexp.MustCompile(`\$([A-Za-z_][A-Za-z0-9_]*)`)
	leftover = regexp.MustCompile(`\{\{[^{}]*\}\}`)
)

// interpolate replaces ${NAME}, which must be set, and $NAME where NAME is set:
// table$snapshots in SQL stays as it is.
func (c *converter) interpolate(text string, p fault.Pos) string {
	if m := leftover.FindString(text); m != "" {
		c.wrong(p, "fill it in; the deploy does not", "the placeholder %s was not filled in", m)
	}
	if !strings.Contains(text, "$") {
		return text
	}
	text = braced.ReplaceAllStringFunc(text, func(m string) string {
		name := m[2 : len(m)-1]
		v, ok := c.vars[name]
		if !ok {
			c.wrong(p, "give it a value under variables in schedules.yaml", "the variable ${%s} is not set", name)
		}
		return v
	})
	return bare.ReplaceAllStringFunc(text, func(m string) string {
		if v, ok := c.vars[m[1:]]; ok {
			return v
		}
		return m
	})
}

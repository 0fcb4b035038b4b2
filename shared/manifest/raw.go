package manifest

import (
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
	nodes    int
	filled   int  // bytes that variables put in
	overfull bool // too many
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
	r := plug.Raw{Shape: plug.Scalar, Pos: p, Text: c.fill(n.Value, p), Quoted: n.Tag == "!!str"}
	if r.Text == "" && n.Value != "" && n.Style&^yaml.TaggedStyle == 0 { // a variable with nothing in it
		return plug.Raw{Pos: p}
	}
	return r
}

func (c *converter) mapping(n *yaml.Node, p fault.Pos, depth int) plug.Raw {
	if name, ok := braces(n); ok {
		c.placeholder(p, name, "fill it in; if it is meant as text, quote it")
		return plug.Raw{Shape: plug.Scalar, Pos: p, Text: name, Quoted: true}
	}
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
		e := plug.Entry{Name: strings.TrimSpace(c.fill(key.Value, kp)), Pos: kp, Value: c.value(n.Content[i+1], depth+1)}
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

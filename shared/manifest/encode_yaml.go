package manifest

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/glint-data/glint/shared/plug"
)

// fields are the attributes of a mapping that is written, in their order. What
// is empty is left out.
type fields []*yaml.Node

type list []*yaml.Node

func (f fields) node() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Content: f} }
func (l list) node() *yaml.Node   { return &yaml.Node{Kind: yaml.SequenceNode, Content: l} }

func (f fields) add(name string, value *yaml.Node) fields {
	return append(f, &yaml.Node{Kind: yaml.ScalarNode, Value: name, Tag: "!!str"}, value)
}

func (f fields) text(name, value string) fields {
	if value == "" {
		return f
	}
	return f.add(name, text(value))
}

func (f fields) texts(name string, values []string) fields {
	var l list
	for _, v := range values {
		l = append(l, text(v))
	}
	return f.list(name, l)
}

func (f fields) list(name string, l list) fields {
	if len(l) == 0 {
		return f
	}
	return f.add(name, l.node())
}

func (f fields) flag(name string, on bool) fields {
	if !on {
		return f
	}
	return f.add(name, scalar("true"))
}

func (f fields) time(name string, t time.Time) fields {
	if t.IsZero() {
		return f
	}
	return f.add(name, text(t.Format(time.RFC3339)))
}

func (f fields) raw(name string, r plug.Raw) fields {
	if r.Shape == plug.Absent {
		return f
	}
	return f.add(name, rawNode(r))
}

// scalar is a value without quotes.
func scalar(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

// text is a value that is text whatever it looks like; of several lines, as a
// block.
func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.Contains(s, "\n") {
		n.Style = yaml.LiteralStyle
	}
	return n
}

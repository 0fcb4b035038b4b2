package reference

import (
	"fmt"
	"io"
	"strings"

	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/sparksql"
)

// Page writes the reference as Markdown.
func (l Language) Page(w io.Writer) error {
	p := &page{}
	p.text("# Manifests of Glint\n\nWritten by `glint docs` from what decodes and checks manifests. What is not here is unknown, has no effect and is noted.\n")
	p.text("## Attributes\n\nNames are compared without case; a value that is empty is the same as none.\n")
	p.block("manifest", nil, l.Attributes)
	p.parts("Formats of inputs", "An option under its manifest's name, below `inputs[].options`.", l.Sources)
	p.parts("Formats of outputs", "An option under its manifest's name, below `outputs[].options`.", l.Sinks)
	p.parts("Flare functions", "Below `steps[].sequence[].functions`, each with its `name`.", l.Functions)
	p.sql()
	p.parts("Guards", "What must hold before anything is replaced.", l.Guards)
	_, err := io.WriteString(w, p.String())
	return err
}

type page struct{ strings.Builder }

func (p *page) text(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// block is a table of a block's attributes, and then those of the blocks below it.
func (p *page) block(name string, path []string, a manifest.Attribute) {
	p.text("### `%s`\n\n| attribute | value | |\n|---|---|---|", name)
	for _, b := range a.Attributes {
		here := append(append([]string{}, path...), b.Name)
		p.text("| %s | %s | %s |", names(b.Name, b.Aliases), kindOf(b), cell(Doc(here, b)))
	}
	p.text("")
	for _, b := range a.Attributes {
		if b.Attributes == nil || synonyms[b.Name] != "" {
			continue
		}
		here := append(append([]string{}, path...), b.Name)
		p.block(strings.Join(here, "."), here, b)
	}
}

func kindOf(a manifest.Attribute) string {
	switch {
	case a.Status != plug.Honoured:
		return ""
	case a.Many:
		return "list of blocks"
	case a.Attributes != nil:
		return "block"
	case a.Type == plug.Enum:
		return "`" + strings.Join(a.Values, "`, `") + "`"
	}
	return string(a.Type)
}

// parts are described one after the other.
func (p *page) parts(title, intro string, specs []plug.Spec) {
	if len(specs) == 0 {
		return
	}
	p.text("## %s\n\n%s\n", title, intro)
	for _, s := range specs {
		p.text("### `%s`\n\n%s\n", s.Name, s.Doc)
		if len(s.Fields) > 0 {
			p.text("| name | value | default | |\n|---|---|---|---|")
			p.fields("", s.Fields)
			p.text("")
		}
		for _, e := range s.Examples {
			p.text("%s\n\n```\n%s\n```\n", e.Doc, strings.TrimRight(e.In, "\n"))
			if e.Want != "" {
				p.text("gives\n\n```\n%s\n```\n", strings.TrimRight(e.Want, "\n"))
			}
		}
		if len(s.Permissions) > 0 {
			p.text("Needs %s.\n", "`"+strings.Join(s.Permissions, "`, `")+"`")
		}
	}
}

func (p *page) fields(prefix string, fields []plug.Field) {
	for _, f := range fields {
		kind, doc, standard := string(f.Type), f.Doc, ""
		switch {
		case f.Status == plug.Refused:
			kind, doc = "", "Not supported. "+doc
		case f.Status == plug.Accepted:
			kind, doc = "", "Has no effect. "+doc
		case f.Type == plug.Enum:
			kind = "`" + strings.Join(f.Values, "`, `") + "`"
		}
		if f.Default != "" {
			standard = "`" + f.Default + "`"
		}
		if f.Required {
			standard = "required"
		}
		p.text("| %s | %s | %s | %s |", names(prefix+f.Name, f.Aliases), cell(kind), cell(standard), cell(doc))
		p.fields(prefix+f.Name+".", f.Fields)
	}
}

// sql lists the functions of Spark SQL.
func (p *page) sql() {
	p.text("## Functions of Spark SQL\n\nThey mean what they mean in Spark 3.5, ANSI mode off. Any other is refused by name.\n")
	p.text("| function | kind | |\n|---|---|---|")
	for _, f := range sparksql.Functions() {
		note := f.Note
		if len(f.Also) > 0 {
			note = strings.TrimSuffix("Also `"+strings.Join(f.Also, "`, `")+"`. "+note, " ")
		}
		p.text("| %s | %s | %s |", cell("`"+f.Signature+"`"), f.Kind, cell(note))
	}
	p.text("")
}

func names(name string, aliases []string) string {
	s := "`" + name + "`"
	if len(aliases) > 0 {
		s += ", `" + strings.Join(aliases, "`, `") + "`"
	}
	return s
}

// cell is text within a cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}

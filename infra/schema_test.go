package infra_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// A providerSchema is what the provider says of its resources: the shape of
// terraform providers schema -json.
type providerSchema struct {
	Resources map[string]struct{ Block schemaBlock } `json:"resource_schemas"`
	Data      map[string]struct{ Block schemaBlock } `json:"data_source_schemas"`
}

type schemaBlock struct {
	Attributes map[string]schemaAttribute `json:"attributes"`
	Blocks     map[string]struct {
		Block schemaBlock `json:"block"`
		Min   int         `json:"min_items"`
		Max   int         `json:"max_items"`
	} `json:"block_types"`
}

type schemaAttribute struct {
	Type                         json.RawMessage `json:"type"`
	Required, Optional, Computed bool
}

// loadSchema takes the schema of the provider where that is installed, else of
// the file that GLINT_PROVIDER_SCHEMA names, else of ../shared beside the
// repository. Where there is none the test is skipped, but not in CI.
func loadSchema(t *testing.T) providerSchema {
	t.Helper()
	var s providerSchema
	decode := func(from string, text []byte) providerSchema {
		var all struct {
			Providers map[string]providerSchema `json:"provider_schemas"`
		}
		if err := errors.Join(json.Unmarshal(text, &s), json.Unmarshal(text, &all)); err != nil {
			t.Fatalf("%s: %v", from, err)
		}
		if p, ok := all.Providers["registry.terraform.io/hashicorp/google"]; ok {
			s = p
		}
		if len(s.Resources) == 0 {
			t.Fatalf("%s has no resources", from)
		}
		t.Logf("%d resource types of %s", len(s.Resources), from)
		return s
	}
	if text := installedSchema(t); text != nil {
		return decode("the installed provider", text)
	}
	file := os.Getenv("GLINT_PROVIDER_SCHEMA")
	if file == "" {
		file = filepath.Join("..", "..", "shared", "google-schema.json")
	}
	text, err := os.ReadFile(file)
	switch {
	case err == nil:
		return decode(filepath.Base(file), text)
	case errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" && os.Getenv("GLINT_PROVIDER_SCHEMA") == "":
		t.Skip("NOT CHECKED: the provider is not installed (terraform -chdir=infra init -backend=false) and GLINT_PROVIDER_SCHEMA names no copy of its schema")
	}
	t.Fatalf("the provider's schema: %v", err)
	return s
}

// installedSchema asks the provider that terraform init has put here, if it has.
// Terraform wants the backend for that, so it is asked where there is none.
func installedSchema(t *testing.T) []byte {
	t.Helper()
	plugins, err := filepath.Abs(".terraform/providers")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(plugins); err != nil {
		return nil
	}
	dir := t.TempDir()
	text, err := os.ReadFile("versions.tf")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "versions.tf"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-input=false", "-no-color", "-plugin-dir=" + plugins}, {"providers", "schema", "-json"}} {
		cmd := exec.CommandContext(t.Context(), "terraform", append([]string{"-chdir=" + dir}, args...)...)
		var failed strings.Builder
		cmd.Stderr = &failed
		if text, err = cmd.Output(); err != nil {
			t.Fatalf("terraform %s: %v\n%s%s", args[0], err, text, &failed)
		}
	}
	return text
}

// check returns what the provider would refuse.
func (s providerSchema) check(c configuration) (mistakes []string) {
	k := checker{schema: s, known: map[string]bool{}}
	for _, b := range c.blocks {
		switch b.Type {
		case "variable":
			k.known["var."+b.Labels[0]] = true
		case "resource":
			k.known[b.Labels[0]+"."+b.Labels[1]] = true
		case "data":
			k.known["data."+b.Labels[0]+"."+b.Labels[1]] = true
		case "locals":
			for name := range b.Body.Attributes {
				k.known["local."+name] = true
			}
		}
	}
	for _, b := range c.blocks {
		_ = hclsyntax.VisitAll(b.Body, k.reference)
		of := s.Resources
		switch b.Type {
		case "data":
			of = s.Data
		case "resource":
		default:
			continue
		}
		r, ok := of[b.Labels[0]]
		if !ok {
			k.wrong(b.TypeRange, "the provider has no %s %q", b.Type, b.Labels[0])
			continue
		}
		k.body(b.Body, r.Block, b.TypeRange, true)
	}
	slices.Sort(k.mistakes)
	return k.mistakes
}

type checker struct {
	schema   providerSchema
	known    map[string]bool
	mistakes []string
}

func (k *checker) wrong(at hcl.Range, format string, args ...any) {
	k.mistakes = append(k.mistakes, fmt.Sprintf("%s:%d: ", at.Filename, at.Start.Line)+fmt.Sprintf(format, args...))
}

var metaArguments = []string{"count", "for_each", "depends_on", "provider"}

func (k *checker) body(b *hclsyntax.Body, s schemaBlock, at hcl.Range, top bool) {
	for name, a := range b.Attributes {
		if top && slices.Contains(metaArguments, name) {
			continue
		}
		want, ok := s.Attributes[name]
		switch {
		case !ok && s.Blocks[name].Block.Attributes != nil:
			k.wrong(a.NameRange, "%s is a block, not an argument", name)
		case !ok:
			k.wrong(a.NameRange, "there is no argument %s", name)
		case !want.Required && !want.Optional:
			k.wrong(a.NameRange, "%s is what the provider says, not what it is told", name)
		default:
			k.value(a, want)
		}
	}
	for name, a := range s.Attributes {
		if a.Required && b.Attributes[name] == nil {
			k.wrong(at, "%s is missing", name)
		}
	}
	count, dynamic := map[string]int{}, map[string]bool{}
	for _, n := range b.Blocks {
		name, inside := n.Type, n.Body
		if top && name == "lifecycle" {
			continue
		}
		if name == "dynamic" {
			name = n.Labels[0]
			dynamic[name] = true
			for _, c := range n.Body.Blocks {
				if c.Type == "content" {
					inside = c.Body
				}
			}
		}
		want, ok := s.Blocks[name]
		if !ok {
			k.wrong(n.TypeRange, "there is no block %s", name)
			continue
		}
		count[name]++
		k.body(inside, want.Block, n.TypeRange, false)
	}
	for name, want := range s.Blocks {
		if n := count[name]; !dynamic[name] && (n < want.Min || want.Max > 0 && n > want.Max) {
			k.wrong(at, "%d blocks %s; the provider wants %d to %d", n, name, want.Min, want.Max)
		}
	}
}

// value holds what is written to the argument's type. A literal is written as
// what it is: a number without quotes.
func (k *checker) value(a *hclsyntax.Attribute, want schemaAttribute) {
	if want.Type == nil {
		return // of the provider's newer kind: nested
	}
	typ, err := ctyjson.UnmarshalType(want.Type)
	if err != nil {
		k.wrong(a.NameRange, "%s: %v", a.Name, err)
		return
	}
	got := shape(a.Expr)
	if v, diags := a.Expr.Value(nil); !diags.HasErrors() {
		got = v.Type()
		if _, err := convert.Convert(v, typ); err != nil {
			k.wrong(a.NameRange, "%s: %v", a.Name, err)
			return
		}
	}
	switch {
	case got == cty.DynamicPseudoType:
	case got.IsPrimitiveType() && got != typ,
		(got.IsTupleType() || got.IsListType()) && !typ.IsListType() && !typ.IsSetType(),
		(got.IsObjectType() || got.IsMapType()) && !typ.IsMapType() && !typ.IsObjectType():
		k.wrong(a.NameRange, "%s is a %s, not a %s", a.Name, typ.FriendlyName(), got.FriendlyName())
	}
}

// shape is the type of an expression as far as its syntax tells.
func shape(e hclsyntax.Expression) cty.Type {
	switch e := e.(type) {
	case *hclsyntax.TemplateExpr:
		return cty.String
	case *hclsyntax.TupleConsExpr:
		return cty.EmptyTuple
	case *hclsyntax.ObjectConsExpr:
		return cty.EmptyObject
	case *hclsyntax.ForExpr:
		if e.KeyExpr != nil {
			return cty.EmptyObject
		}
		return cty.EmptyTuple
	case *hclsyntax.ConditionalExpr:
		return shape(e.TrueResult)
	case *hclsyntax.BinaryOpExpr:
		return e.Op.Type
	case *hclsyntax.UnaryOpExpr:
		return e.Op.Type
	}
	return cty.DynamicPseudoType
}

// reference holds what is referred to to be declared, and its attribute to exist.
func (k *checker) reference(n hclsyntax.Node) hcl.Diagnostics {
	e, ok := n.(*hclsyntax.ScopeTraversalExpr)
	if !ok {
		return nil
	}
	var names []string
	for _, step := range e.Traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			names = append(names, step.Name)
		case hcl.TraverseAttr:
			names = append(names, step.Name)
		}
	}
	of, kinds := k.schema.Resources, 1
	if names[0] == "data" {
		of, kinds = k.schema.Data, 2
	}
	declared := names[0] == "var" || names[0] == "local" || names[0] == "data"
	if _, is := of[names[kinds-1]]; !declared && !is || len(names) <= kinds {
		return nil // each, count, path, a variable of a for
	}
	if name := strings.Join(names[:kinds+1], "."); !k.known[name] {
		k.wrong(e.SrcRange, "there is no %s", name)
		return nil
	}
	if s, is := of[names[kinds-1]]; is && len(names) > kinds+1 {
		if _, ok := s.Block.Attributes[names[kinds+1]]; !ok {
			k.wrong(e.SrcRange, "%s has no attribute %s", names[kinds-1], names[kinds+1])
		}
	}
	return nil
}

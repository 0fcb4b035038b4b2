package infra_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// A configuration is the text of the .tf files, parsed.
type configuration struct {
	blocks []*hclsyntax.Block
}

func terraformFiles(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("*.tf")
	if err != nil || len(names) == 0 {
		t.Fatalf("there are no .tf files: %v", err)
	}
	files := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(text)
	}
	return files
}

func parse(t *testing.T, files map[string]string) configuration {
	t.Helper()
	var c configuration
	for name, text := range files {
		f, diags := hclsyntax.ParseConfig([]byte(text), name, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		c.blocks = append(c.blocks, f.Body.(*hclsyntax.Body).Blocks...)
	}
	return c
}

// block returns the body of the only block of this kind and these labels.
func (c configuration) block(t *testing.T, kind string, labels ...string) *hclsyntax.Body {
	t.Helper()
	for _, b := range c.blocks {
		if b.Type == kind && filepath.Join(b.Labels...) == filepath.Join(labels...) {
			return b.Body
		}
	}
	t.Fatalf("there is no %s %q", kind, labels)
	return nil
}

// local returns the expression of a local value.
func (c configuration) local(t *testing.T, name string) hclsyntax.Expression {
	t.Helper()
	for _, b := range c.blocks {
		if a := b.Body.Attributes[name]; b.Type == "locals" && a != nil {
			return a.Expr
		}
	}
	t.Fatalf("there is no local.%s", name)
	return nil
}

// inner returns the only block of a kind within another.
func inner(t *testing.T, b *hclsyntax.Body, kind string) *hclsyntax.Body {
	t.Helper()
	for _, n := range b.Blocks {
		if n.Type == kind {
			return n.Body
		}
	}
	t.Fatalf("there is no block %s", kind)
	return nil
}

// A scope is what expressions can see.
type scope map[string]cty.Value

func (s scope) eval(t *testing.T, e hclsyntax.Expression) cty.Value {
	t.Helper()
	v, diags := e.Value(&hcl.EvalContext{Variables: s, Functions: map[string]function.Function{
		"base64encode": base64encode, "concat": stdlib.ConcatFunc, "distinct": stdlib.DistinctFunc, "flatten": stdlib.FlattenFunc,
		"join": join, "merge": stdlib.MergeFunc, "setproduct": stdlib.SetProductFunc, "setunion": stdlib.SetUnionFunc,
		"toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "values": stdlib.ValuesFunc,
	}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return v
}

// attr evaluates an attribute, which must be there.
func (s scope) attr(t *testing.T, b *hclsyntax.Body, name string) cty.Value {
	t.Helper()
	a := b.Attributes[name]
	if a == nil {
		t.Fatalf("%s: there is no %s", b.SrcRange, name)
	}
	return s.eval(t, a.Expr)
}

// with is s with more in it.
func (s scope) with(name string, v cty.Value) scope {
	all := scope{name: v}
	for n, v := range s {
		if n != name {
			all[n] = v
		}
	}
	return all
}

func record(m map[string]string) cty.Value {
	all := map[string]cty.Value{}
	for k, v := range m {
		all[k] = cty.StringVal(v)
	}
	return cty.ObjectVal(all)
}

func texts(v cty.Value) map[string]string {
	all := map[string]string{}
	for k, v := range v.AsValueMap() {
		all[k] = v.AsString()
	}
	return all
}

func integer(v cty.Value) int {
	n, _ := v.AsBigFloat().Int64()
	return int(n)
}

var base64encode = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return cty.StringVal(base64.StdEncoding.EncodeToString([]byte(args[0].AsString()))), nil
	},
})

// join is Terraform's, which takes a list or a tuple.
var join = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "separator", Type: cty.String}, {Name: "parts", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		var parts []string
		for _, v := range args[1].AsValueSlice() {
			parts = append(parts, v.AsString())
		}
		return cty.StringVal(strings.Join(parts, args[0].AsString())), nil
	},
})

package flare

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/sparksql"
)

// An Example is one of a function's Spec, ready to run: Rows is a query of the
// rows below the function, SQL what it compiles to over the relation rows, Want
// the result as a person writes it: a: 1, b: x; a: 2, b: null.
type Example struct {
	Function, Rows, SQL, Want string
	Own                       bool // it needs what only Glint has, so that Spark cannot run it
}

// Examples are all examples of all functions, by name.
func Examples() ([]Example, error) {
	var all []Example
	for _, f := range All.All() {
		for _, e := range f.spec.Examples {
			rows, args, _ := strings.Cut(e.In, "\n--\n")
			q, err := sparksql.Resolve(rows, nil, sparksql.Scopes{})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.spec.Name, err)
			}
			raw := plug.Raw{Shape: plug.Mapping}
			if args != "" {
				if raw, _, err = manifest.Tree(f.spec.Name, []byte(args)); err != nil {
					return nil, err
				}
			}
			sql, _, err := Compile(manifest.Function{Name: f.spec.Name, Args: raw, Pos: fault.Pos{Line: 1}}, "rows", q.Columns)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.spec.Name, err)
			}
			all = append(all, Example{f.spec.Name, rows, sql, e.Want, strings.Contains(sql, "glint_")})
		}
	}
	return all, nil
}

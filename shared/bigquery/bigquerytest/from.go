package bigquerytest

import (
	"fmt"
	"slices"
	"strings"
)

// notAlias are the words that may follow a table without naming it.
var notAlias = []string{
	"WHERE", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "ON", "USING", "GROUP", "ORDER", "HAVING", "QUALIFY", "LIMIT", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "FOR", "WITH", "TABLESAMPLE", "PIVOT", "UNPIVOT", "OFFSET",
}

// table translates a name in a FROM clause, with its alias and FOR SYSTEM_TIME.
func (t *translator) table() error {
	tok := t.peek(0)
	parts := t.path()
	if len(parts) == 1 && t.ctes[strings.ToLower(parts[0])] {
		t.emit(ident(parts[0]))
		return nil
	}
	if slices.ContainsFunc(parts, func(p string) bool { return strings.EqualFold(p, "INFORMATION_SCHEMA") }) {
		return t.fail(tok, "bigquerytest has no INFORMATION_SCHEMA: use tables.get and tables.list")
	}
	if t.peek(0).is("(") {
		return t.fail(tok, "Table-valued function not found: %s", strings.Join(parts, "."))
	}
	k, err := t.resolve(tok, parts)
	if err != nil {
		return err
	}
	r := reference{key: k}
	alias := k.table
	take := func() {
		if t.peek(0).is("AS") {
			t.at++
		}
		if a := t.peek(0); a.kind == quoted || a.kind == word && !a.is(notAlias...) {
			alias = a.text
			t.at++
		}
	}
	take()
	if t.peek(0).is("FOR") {
		if !t.peek(1).is("SYSTEM_TIME", "SYSTEM") {
			return t.fail(t.peek(1), "Syntax error: Expected keyword SYSTEM_TIME")
		}
		for !t.peek(0).is("OF") && t.peek(0).kind != end {
			t.at++
		}
		t.at++
		if r.asOf, err = t.instant(); err != nil {
			return err
		}
		take()
	}
	t.st.tables = append(t.st.tables, r)
	fmt.Fprintf(&t.out, "(%%[%d]s) AS ", len(t.st.tables))
	t.emit(ident(alias))
	return nil
}

// path reads a.b.c, any part of which may be quoted and hold dots itself.
func (t *translator) path() []string {
	var parts []string
	for {
		tok := t.peek(0)
		t.at++
		if tok.kind == quoted {
			parts = append(parts, strings.Split(tok.text, ".")...)
		} else {
			parts = append(parts, tok.text)
		}
		if !t.peek(0).is(".") {
			return parts
		}
		t.at++
	}
}

func (t *translator) resolve(tok token, parts []string) (tableKey, error) {
	name := strings.Join(parts, ".")
	k := tableKey{datasetKey{project: t.project}, parts[len(parts)-1]}
	if strings.ContainsAny(k.table, "*$@") {
		return k, t.fail(tok, "bigquerytest does not run wildcard tables and decorators: %s", name)
	}
	switch len(parts) {
	case 1:
		if t.in == nil {
			return k, t.fail(tok, "Table %q must be qualified with a dataset (e.g. dataset.table).", name)
		}
		k.dataset = t.in.DatasetId
		if t.in.ProjectId != "" {
			k.project = t.in.ProjectId
		}
	case 2:
		k.dataset = parts[0]
	case 3:
		k.project, k.dataset = parts[0], parts[1]
	default:
		return k, t.fail(tok, "Table name %q has too many parts", name)
	}
	return k, nil
}

// instant translates the expression after AS OF.
func (t *translator) instant() (string, error) {
	from, depth := t.at, 0
	for ; t.peek(0).kind != end; t.at++ {
		tok := t.peek(0)
		if tok.is("(") {
			depth++
		}
		if tok.is(")") {
			depth--
		}
		if depth < 0 || depth == 0 && tok.is(append([]string{",", "AS", ";"}, notAlias...)...) {
			break
		}
	}
	sub := &translator{query: t.query, tokens: append(slices.Clone(t.tokens[from:t.at]), token{kind: end, pos: t.peek(0).pos}), project: t.project, params: t.params, nth: t.nth, st: &statement{filter: map[string]bool{}}, ctes: t.ctes}
	if err := sub.block(); err != nil {
		return "", err
	}
	t.nth = sub.nth
	return strings.ReplaceAll(sub.out.String(), "%%", "%"), nil
}

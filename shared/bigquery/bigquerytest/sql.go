package bigquerytest

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// A statement is a SELECT in DuckDB's SQL, with a hole for each table.
type statement struct {
	sql    string // %[n]s stands for tables[n-1]
	tables []reference
	filter map[string]bool // names that occur in WHERE and ON, in lower case
}

// A reference is a table in a FROM clause.
type reference struct {
	key  tableKey
	asOf string // DuckDB's SQL for FOR SYSTEM_TIME AS OF, "" for now
}

// functions that mean the same in DuckDB, or are given the meaning by a name
// there. What is not here is refused: a function of the same name with another
// meaning would make a query pass that fails in BigQuery.
var functions = map[string]string{
	"ABS": "", "ANY_VALUE": "", "APPROX_COUNT_DISTINCT": "", "ARRAY_AGG": "", "ARRAY_LENGTH": "len", "AVG": "", "BIT_AND": "", "BIT_OR": "", "BIT_XOR": "",
	"CAST": "", "CEIL": "", "CEILING": "", "COALESCE": "", "COUNT": "", "COUNTIF": "", "CURRENT_DATE": "current_date", "CURRENT_TIMESTAMP": "get_current_timestamp",
	"DENSE_RANK": "", "ENDS_WITH": "", "EXP": "", "EXTRACT": "", "FIRST_VALUE": "", "FLOOR": "", "IF": "", "IFNULL": "", "IS_INF": "isinf", "IS_NAN": "isnan", "LAG": "", "LAST_VALUE": "", "LEAD": "",
	"LENGTH": "", "LN": "", "LOGICAL_AND": "bool_and", "LOGICAL_OR": "bool_or", "LOWER": "", "LTRIM": "", "MAX": "", "MIN": "", "MOD": "", "NULLIF": "", "NTILE": "", "POW": "", "POWER": "",
	"RANK": "", "REPLACE": "", "REVERSE": "", "ROUND": "", "ROW_NUMBER": "", "RTRIM": "", "SAFE_CAST": "TRY_CAST", "SAFE_DIVIDE": "bq_safe_divide", "SQRT": "",
	"STARTS_WITH": "", "STRING_AGG": "", "STRPOS": "", "SUBSTR": "", "SUBSTRING": "", "SUM": "", "TIMESTAMP_ADD": "bq_add", "TIMESTAMP_SUB": "bq_sub", "DATE_ADD": "bq_date_add", "DATE_SUB": "bq_date_sub",
	"TIMESTAMP_MICROS": "bq_micros", "TIMESTAMP_MILLIS": "bq_millis", "TIMESTAMP_SECONDS": "bq_seconds", "TRIM": "", "TRUNC": "", "UNIX_MICROS": "epoch_us", "UNIX_MILLIS": "epoch_ms", "UNIX_SECONDS": "bq_unix", "UPPER": "",
}

// macros give DuckDB the functions that it lacks.
var macros = []string{
	"CREATE MACRO bq_safe_divide(a, b) AS CASE WHEN b = 0 THEN NULL ELSE a / b END",
	"CREATE MACRO bq_add(t, i) AS CAST(t AS TIMESTAMPTZ) + i",
	"CREATE MACRO bq_sub(t, i) AS CAST(t AS TIMESTAMPTZ) - i",
	"CREATE MACRO bq_date_add(d, i) AS CAST(CAST(d AS DATE) + i AS DATE)",
	"CREATE MACRO bq_date_sub(d, i) AS CAST(CAST(d AS DATE) - i AS DATE)",
	"CREATE MACRO bq_micros(n) AS make_timestamptz(n)",
	"CREATE MACRO bq_millis(n) AS make_timestamptz(n * 1000)",
	"CREATE MACRO bq_seconds(n) AS make_timestamptz(n * 1000000)",
	"CREATE MACRO bq_unix(t) AS CAST(floor(epoch_us(t) / 1000000) AS BIGINT)",
}

// clauses are the words that stand before an opening parenthesis without calling anything.
var clauses = []string{
	"IN", "AND", "OR", "NOT", "ON", "USING", "OVER", "AS", "FROM", "JOIN", "WHERE", "SELECT", "EXISTS", "ALL", "DISTINCT", "THEN", "WHEN", "ELSE", "BY", "UNNEST", "EXCEPT", "REPLACE",
	"BETWEEN", "LIKE", "LIMIT", "OFFSET", "HAVING", "QUALIFY", "CASE", "UNION", "INTERSECT", "PARTITION", "ROLLUP", "SETS", "IS",
}

// refusedWords begin or belong to what this emulator does not run.
var refusedWords = []string{"PIVOT", "UNPIVOT", "TABLESAMPLE", "MATCH_RECOGNIZE", "INFORMATION_SCHEMA", "STRUCT", "READ_CSV", "READ_PARQUET", "ASOF", "POSITIONAL", "SAMPLE", "SUMMARIZE", "DESCRIBE"}

// translate reads a GoogleSQL SELECT. Its subset: expressions over the functions
// above, joins, subqueries, WITH, UNNEST, windows, FOR SYSTEM_TIME AS OF.
func translate(query, project string, in *bq.DatasetReference, params map[string]string) (*statement, error) {
	tokens, err := lex(query)
	if err != nil {
		return nil, err
	}
	t := &translator{query: query, tokens: tokens, project: project, in: in, params: params, st: &statement{filter: map[string]bool{}}, ctes: map[string]bool{}}
	if !tokens[0].is("SELECT", "WITH", "(") {
		return nil, invalidQuery("bigquerytest runs SELECT statements only, not %s", strings.ToUpper(tokens[0].text))
	}
	if err := t.block(); err != nil {
		return nil, err
	}
	t.st.sql = strings.TrimSpace(t.out.String())
	return t.st, nil
}

type translator struct {
	query   string
	tokens  []token
	at      int
	out     strings.Builder
	project string
	in      *bq.DatasetReference
	params  map[string]string
	nth     int // positional parameters used
	st      *statement
	ctes    map[string]bool
}

func (t *translator) peek(n int) token {
	return t.tokens[min(t.at+n, len(t.tokens)-1)]
}

func (t *translator) emit(s string) {
	t.out.WriteString(strings.ReplaceAll(s, "%", "%%"))
	t.out.WriteByte(' ')
}

func (t *translator) fail(tok token, format string, args ...any) error {
	return invalidQuery("%s at [%s]", fmt.Sprintf(format, args...), place2(t.query, tok.pos))
}

// A frame is one pair of parentheses.
type frame struct {
	from, filter, call, cast, expects bool
}

// block translates all tokens. It follows just enough of the grammar to know
// where a table stands and what is a call.
func (t *translator) block() error {
	stack := []frame{{}}
	for {
		f := &stack[len(stack)-1]
		tok := t.peek(0)
		switch {
		case tok.kind == end:
			if len(stack) > 1 {
				return t.fail(tok, "Syntax error: Expected \")\" but got end of script")
			}
			return nil
		case tok.is(";"):
			if t.peek(1).kind != end {
				return t.fail(tok, "bigquerytest runs one statement, not a script")
			}
			t.at++
			continue
		case f.expects && (tok.kind == word || tok.kind == quoted) && !tok.is("UNNEST", "LATERAL", "SELECT", "WITH"):
			f.expects = false
			if err := t.table(); err != nil {
				return err
			}
			continue
		case f.expects && tok.is("UNNEST"):
			f.expects = false
		case f.expects && tok.kind == text:
			return t.fail(tok, "Syntax error: Unexpected string literal")
		case tok.is("("):
			call := false
			if t.at > 0 {
				p := t.tokens[t.at-1]
				call = p.kind == word && !p.is(clauses...) || p.is("REPLACE", "IF")
			}
			nested := frame{call: call, cast: call && t.tokens[t.at-1].is("CAST", "SAFE_CAST"), filter: f.filter}
			nested.expects = f.expects && !t.peek(1).is("SELECT", "WITH")
			nested.from = nested.expects
			f.expects = false
			stack = append(stack, nested)
		case tok.is(")"):
			if len(stack) == 1 {
				return t.fail(tok, "Syntax error: Unexpected \")\"")
			}
			stack = stack[:len(stack)-1]
		case tok.is("SELECT"):
			f.call, f.from, f.expects, f.filter = false, false, false, false
		case tok.is("FROM") && !f.call, tok.is("JOIN"):
			f.from, f.expects = true, true
		case tok.is(",") && f.from:
			f.expects = true
		case tok.is("WHERE", "ON"):
			f.filter = true
			f.from = tok.is("ON")
		case tok.is("GROUP", "ORDER", "HAVING", "QUALIFY", "LIMIT", "WINDOW", "UNION", "INTERSECT") && !f.call:
			f.from, f.filter = false, false
		}
		if err := t.one(f); err != nil {
			return err
		}
	}
}

// one translates a token that is not a table.
func (t *translator) one(f *frame) error {
	tok, next := t.peek(0), t.peek(1)
	t.at++
	switch tok.kind {
	case quoted:
		t.st.note(f, tok.text)
		t.emit(ident(tok.text))
	case text:
		t.emit(quote(tok.text))
	case octets:
		t.emit("unhex('" + hex.EncodeToString([]byte(tok.text)) + "')")
	case number, punctum:
		t.emit(tok.text)
	case param:
		name := strings.ToLower(tok.text)
		if name == "?" {
			t.nth++
			name = fmt.Sprintf("?%d", t.nth)
		}
		value, ok := t.params[name]
		if !ok {
			return t.fail(tok, "Query parameter '%s' not found", tok.text)
		}
		t.emit(value)
	case word:
		return t.word(f, tok, next)
	}
	return nil
}

func (t *translator) word(f *frame, tok, next token) error {
	up := strings.ToUpper(tok.text)
	prev := token{}
	if t.at > 1 {
		prev = t.tokens[t.at-2]
	}
	field := prev.is(".")
	switch {
	case field:
	case slices.Contains(refusedWords, up):
		return t.fail(tok, "bigquerytest does not run %s", up)
	case up == "EXCEPT" && next.is("("):
		t.emit("EXCLUDE")
		return nil
	case up == "UNNEST":
		return t.unnest(tok)
	case f.cast && prev.is("AS"):
		typ, err := t.typeName(tok)
		if err != nil {
			return err
		}
		t.emit(typ)
		return nil
	case next.kind == text && slices.Contains([]string{"DATE", "TIME", "TIMESTAMP", "DATETIME", "NUMERIC", "BIGNUMERIC", "JSON"}, up):
		typ, err := t.typeName(tok)
		if err != nil {
			return err
		}
		t.emit("CAST(" + quote(next.text) + " AS " + typ + ")")
		t.at++
		return nil
	case up == "WITH" || prev.is("WITH") || t.peek(0).is("AS") && t.peek(1).is("(") && t.peek(2).is("SELECT", "WITH"):
		if up != "WITH" && up != "RECURSIVE" {
			t.ctes[strings.ToLower(tok.text)] = true
		}
	case next.is("(") && !slices.Contains(clauses, up) || next.is("(") && up == "REPLACE" && !prev.is("*"):
		mapped, ok := functions[up]
		if !ok {
			return t.fail(tok, "Function not found: %s (bigquerytest has a subset of BigQuery's functions)", up)
		}
		if mapped == "current_date" {
			t.emit("current_date")
			if !t.peek(1).is(")") {
				return t.fail(tok, "bigquerytest does not run CURRENT_DATE with a time zone")
			}
			t.at += 2
			return nil
		}
		if mapped == "" {
			mapped = up
		}
		t.emit(mapped)
		return nil
	}
	t.st.note(f, tok.text)
	t.emit(tok.text)
	return nil
}

func (s *statement) note(f *frame, name string) {
	if f.filter {
		s.filter[strings.ToLower(name)] = true
	}
}

func (t *translator) typeName(tok token) (string, error) {
	f := &bq.TableFieldSchema{Type: strings.ToUpper(tok.text), Mode: "NULLABLE"}
	if f.Type == "RECORD" || f.Type == "ARRAY" || f.Type == "STRUCT" || canonicalField(f) != nil {
		return "", t.fail(tok, "bigquerytest does not cast to %s", tok.text)
	}
	if t.peek(0).is("(") && f.Type != "NUMERIC" && f.Type != "BIGNUMERIC" {
		return "", t.fail(tok, "bigquerytest does not cast to %s with a length", tok.text)
	}
	if t.peek(0).is("(") {
		return "DECIMAL", nil // its (p, s) follow
	}
	return sqlType(f, nil), nil
}

// unnest gives UNNEST(x) [AS] a the meaning that a is the element.
func (t *translator) unnest(tok token) error {
	depth, i := 0, t.at
	for ; i < len(t.tokens); i++ {
		if t.tokens[i].is("(") {
			depth++
		}
		if t.tokens[i].is(")") {
			if depth--; depth == 0 {
				break
			}
		}
	}
	if i >= len(t.tokens) {
		return t.fail(tok, "Syntax error: Unclosed UNNEST")
	}
	t.emit("UNNEST")
	sub := &translator{query: t.query, tokens: append(slices.Clone(t.tokens[t.at:i+1]), token{kind: end, pos: t.tokens[i].pos}), project: t.project, in: t.in, params: t.params, nth: t.nth, st: t.st, ctes: t.ctes}
	if err := sub.block(); err != nil {
		return err
	}
	t.out.WriteString(sub.out.String())
	t.nth, t.at = sub.nth, i+1
	if t.peek(0).is("AS") {
		t.at++
	}
	if t.peek(0).is("WITH") || t.peek(1).is("WITH") && t.peek(2).is("OFFSET") {
		return t.fail(tok, "bigquerytest does not run UNNEST … WITH OFFSET")
	}
	if alias := t.peek(0); alias.kind == quoted || alias.kind == word && !alias.is(notAlias...) {
		t.at++
		t.emit(fmt.Sprintf("AS %s(%s)", ident(alias.text), ident(alias.text)))
	}
	return nil
}

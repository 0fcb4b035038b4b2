package sparksql

import "strings"

// maxDepth bounds how deep a text may nest, so that no text can exhaust the
// stack here or in an engine.
const maxDepth = 200

// A parser reads tokens by recursive descent. Every method that meets something
// it cannot take panics with a *mistake; parse turns that into an error.
type parser struct {
	text   string
	zone   string // of the session: literals of timestamps are in it
	tokens []token
	i      int
	depth  int
}

// parse makes the tree of a text that holds one query, in a session in zone. Its error is a *mistake.
func parse(text, zone string) (q *query, err error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, zone: zone, tokens: tokens}
	defer func() {
		if v := recover(); v != nil {
			m, ours := v.(*mistake)
			if !ours {
				panic(v)
			}
			q, err = nil, m
		}
	}()
	q = p.query()
	p.accept(";")
	if t := p.peek(); t.kind != endToken {
		panic(p.unexpected("the end of the query"))
	}
	return q, nil
}

// enter counts one level of nesting; the caller defers leave.
func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		panic(refused(p.peek().at, "nesting deeper than %d levels", maxDepth))
	}
}

func (p *parser) leave() { p.depth-- }

func (p *parser) peek() token       { return p.tokens[p.i] }
func (p *parser) ahead(n int) token { return p.tokens[min(p.i+n, len(p.tokens)-1)] }

func (p *parser) take() token {
	t := p.tokens[p.i]
	if t.kind != endToken {
		p.i++
	}
	return t
}

// is reports whether the next token is a word or symbol, the word in capitals.
func (p *parser) is(s string) bool { return p.peek().is(s) }

func (t token) is(s string) bool {
	return t.kind == symbolToken && t.text == s || t.kind == wordToken && t.upper == s
}

// words reports whether the next tokens are these words or symbols.
func (p *parser) words(list ...string) bool {
	for i, s := range list {
		if !p.ahead(i).is(s) {
			return false
		}
	}
	return true
}

// accept takes the given words if they are next.
func (p *parser) accept(list ...string) bool {
	if !p.words(list...) {
		return false
	}
	p.i += len(list)
	return true
}

func (p *parser) expect(s string) token {
	if !p.is(s) {
		panic(p.unexpected(s))
	}
	return p.take()
}

func (p *parser) unexpected(want string) *mistake {
	t := p.peek()
	if t.kind == endToken {
		return invalid(t.at, "the query ends where %s should be", want)
	}
	return invalid(t.at, "%s where %s should be", strings.TrimSpace(p.text[t.at:t.end]), want)
}

// identifier takes a name: quoted, or a word that means nothing else here.
func (p *parser) identifier(what string) string {
	t := p.peek()
	if t.kind == quotedToken || t.kind == wordToken && !clause[t.upper] {
		return p.take().text
	}
	panic(p.unexpected(what))
}

// alias takes an optional alias, with or without AS.
func (p *parser) alias() string {
	if p.accept("AS") {
		t := p.peek()
		if t.kind == stringToken {
			panic(invalid(t.at, "a string where a name should be").because("quote names in backticks"))
		}
		if t.kind == wordToken && clause[t.upper] && !reserved[t.upper] {
			return p.take().text
		}
		return p.identifier("a name")
	}
	if t := p.peek(); t.kind == quotedToken || t.kind == wordToken && !clause[t.upper] {
		return p.take().text
	}
	return ""
}

// clause are the words that end what stands before them, so that they are no
// names unless they are quoted. Spark is more generous with some of them.
var clause = wordSet(`SELECT FROM WHERE GROUP HAVING ORDER LIMIT OFFSET UNION INTERSECT EXCEPT MINUS SETMINUS
	ANTI CROSS FULL INNER JOIN LATERAL LEFT NATURAL ON RIGHT SEMI USING
	SORT CLUSTER DISTRIBUTE WINDOW TABLESAMPLE PIVOT UNPIVOT QUALIFY
	AND OR NOT IN LIKE ILIKE RLIKE REGEXP BETWEEN IS DIV WHEN THEN ELSE END CASE AS WITH DISTINCT ASC DESC NULLS`)

// reserved are the clause words that are never names without backticks. The
// others are where nothing else can stand: Spark takes SELECT order, group FROM t.
var reserved = wordSet(`SELECT FROM WHERE UNION INTERSECT EXCEPT MINUS SETMINUS ANTI CROSS FULL INNER JOIN LATERAL LEFT NATURAL ON RIGHT SEMI USING`)

// standsAlone reports whether the next word can only be a name: what follows
// would end an expression.
func (p *parser) standsAlone() bool {
	next := p.ahead(1)
	if next.kind == endToken {
		return true
	}
	for _, s := range []string{",", ")", ".", "=", "<", ">", "<=", ">=", "<>", "!=", "==", "+", "*", "/", "%", "FROM", "AS", "]", ";"} {
		if next.is(s) {
			return true
		}
	}
	return false
}

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

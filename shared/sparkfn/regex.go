package sparkfn

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2"

	"github.com/glint-data/glint/shared/relation"
)

// Java's regular expressions. regexp2 backtracks as java.util.regex does and has
// its lookaround and back references; what the two write or mean differently is
// translated, or refused.

func init() {
	texts := relation.ArrayOf(String)
	register(
		&Func{Name: "spark_rlike", Args: list(String, String), Result: Bool, Call: func(a []any) (any, error) {
			m, err := match(a[0].(string), a[1].(string))
			return m != nil, err
		}},
		&Func{Name: "spark_regexp_extract", Args: list(String, String, Int), Result: String, Call: func(a []any) (any, error) {
			re, group, err := withGroup(a[1].(string), a[2].(int32))
			if err != nil {
				return nil, err
			}
			m, err := re.FindStringMatch(a[0].(string))
			if m == nil || err != nil {
				return "", err
			}
			return m.GroupByNumber(group).String(), nil
		}},
		&Func{Name: "spark_regexp_extract_all", Args: list(String, String, Int), Result: texts, Call: func(a []any) (any, error) {
			re, group, err := withGroup(a[1].(string), a[2].(int32))
			if err != nil {
				return nil, err
			}
			out := []any{}
			return out, eachMatch(re, a[0].(string), func(m *regexp2.Match) { out = append(out, m.GroupByNumber(group).String()) }, &out)
		}},
		&Func{Name: "spark_regexp_replace", Args: list(String, String, String, Int), Result: String, Call: replaceAll},
		&Func{Name: "glint_replace_first", Args: list(String, String, String), Result: String, Call: func(a []any) (any, error) {
			return replace(a[0].(string), a[1].(string), a[2].(string), 1)
		}},
		&Func{Name: "spark_regexp_count", Args: list(String, String), Result: Int, Call: func(a []any) (any, error) {
			re, err := compiled(a[1].(string))
			if err != nil {
				return nil, err
			}
			n := int32(0)
			err = eachMatch(re, a[0].(string), func(*regexp2.Match) { n++ }, nil)
			return n, err
		}},
		&Func{Name: "spark_regexp_instr", Args: list(String, String), Result: Int, Call: func(a []any) (any, error) {
			m, err := match(a[0].(string), a[1].(string))
			if m == nil || err != nil {
				return int32(0), err
			}
			return int32(m.Index) + 1, nil
		}},
		&Func{Name: "spark_regexp_substr", Args: list(String, String), Result: String, Call: func(a []any) (any, error) {
			m, err := match(a[0].(string), a[1].(string))
			if m == nil || err != nil || m.Length == 0 {
				return nil, err
			}
			return m.String(), nil
		}},
		&Func{Name: "spark_split", Args: list(String, String, Int), Result: texts, Call: split},
		&Func{Name: "spark_like", Args: list(String, String, String), Result: Bool, Call: func(a []any) (any, error) {
			return like(a[0].(string), a[1].(string), a[2].(string))
		}},
	)
}

// patience bounds the work of one match: a pattern can be made to backtrack
// for as long as one likes.
const patience = 10 * time.Second

var (
	patterns  sync.Map // text → *regexp2.Regexp or error
	patternsN int
	patternMu sync.Mutex
)

// maxPatterns bounds those that are kept compiled: patterns can be data.
const maxPatterns = 2000

func compiled(pattern string) (*regexp2.Regexp, error) {
	if v, ok := patterns.Load(pattern); ok {
		if err, failed := v.(error); failed {
			return nil, err
		}
		return v.(*regexp2.Regexp), nil
	}
	var keep any
	translated, err := FromJava(pattern)
	if err == nil {
		var re *regexp2.Regexp
		if re, err = regexp2.Compile(translated, regexp2.None); err == nil {
			re.MatchTimeout = patience
			keep = re
		}
	}
	if err != nil {
		err = fmt.Errorf("the regular expression %q: %w", pattern, err)
		keep = err
	}
	patternMu.Lock()
	if patternsN++; patternsN > maxPatterns {
		patterns.Clear()
		patternsN = 1
	}
	patterns.Store(pattern, keep)
	patternMu.Unlock()
	if err != nil {
		return nil, err
	}
	return keep.(*regexp2.Regexp), nil
}

func match(text, pattern string) (*regexp2.Match, error) {
	re, err := compiled(pattern)
	if err != nil {
		return nil, err
	}
	return re.FindStringMatch(text)
}

func withGroup(pattern string, group int32) (*regexp2.Regexp, int, error) {
	re, err := compiled(pattern)
	if err != nil {
		return nil, 0, err
	}
	if n := len(re.GetGroupNumbers()) - 1; group < 0 || int(group) > n {
		return nil, 0, fmt.Errorf("the regular expression %q has %d groups, and group %d is asked for", pattern, n, group)
	}
	return re, int(group), nil
}

func eachMatch(re *regexp2.Regexp, text string, visit func(*regexp2.Match), _ *[]any) error {
	m, err := re.FindStringMatch(text)
	for m != nil && err == nil {
		visit(m)
		m, err = re.FindNextMatch(m)
	}
	return err
}

// replaceAll is regexp_replace from a position on.
func replaceAll(a []any) (any, error) {
	text, at := a[0].(string), int(a[3].(int32))
	if at <= 1 {
		return replace(text, a[1].(string), a[2].(string), -1)
	}
	runes := []rune(text)
	if at > len(runes) {
		return text, nil
	}
	rest, err := replace(string(runes[at-1:]), a[1].(string), a[2].(string), -1)
	return string(runes[:at-1]) + rest, err
}

func replace(text, pattern, replacement string, most int) (string, error) {
	re, err := compiled(pattern)
	if err != nil {
		return "", err
	}
	m, err := re.FindStringMatch(text)
	if m == nil || err != nil {
		return text, err
	}
	runes, last := []rune(text), 0
	var b strings.Builder
	for n := 0; m != nil && n != most; n++ {
		b.WriteString(string(runes[last:m.Index]))
		if err := expand(&b, replacement, m); err != nil {
			return "", err
		}
		last = m.Index + m.Length
		if m, err = re.FindNextMatch(m); err != nil {
			return "", err
		}
	}
	b.WriteString(string(runes[last:]))
	return b.String(), nil
}

// expand writes a replacement as java.util.regex.Matcher does: $n and ${name}
// are groups, a backslash makes what follows plain.
func expand(b *strings.Builder, replacement string, m *regexp2.Match) error {
	for i := 0; i < len(replacement); i++ {
		switch c := replacement[i]; {
		case c == '\\':
			if i++; i == len(replacement) {
				return fmt.Errorf("the replacement %q ends with a backslash", replacement)
			}
			b.WriteByte(replacement[i])
		case c != '$':
			b.WriteByte(c)
		case i+1 < len(replacement) && replacement[i+1] == '{':
			end := strings.IndexByte(replacement[i:], '}')
			if end < 0 {
				return fmt.Errorf("the replacement %q has a ${ without }", replacement)
			}
			g := m.GroupByName(replacement[i+2 : i+end])
			if g == nil {
				return fmt.Errorf("the replacement %q names a group that is none", replacement)
			}
			b.WriteString(g.String())
			i += end
		default:
			n, digits := 0, 0
			for k := i + 1; k < len(replacement) && replacement[k] >= '0' && replacement[k] <= '9'; k++ {
				if next := n*10 + int(replacement[k]-'0'); digits == 0 || next < m.GroupCount() {
					n, digits = next, digits+1
				} else {
					break
				}
			}
			if digits == 0 {
				return fmt.Errorf("the replacement %q has a $ before what is no group: write \\$", replacement)
			}
			if n >= m.GroupCount() {
				return fmt.Errorf("the replacement %q names group %d, and there are %d", replacement, n, m.GroupCount()-1)
			}
			b.WriteString(m.GroupByNumber(n).String())
			i += digits
		}
	}
	return nil
}

// split is split(text, pattern, limit) of Spark: all parts, empty ones at the end
// too, unless there is a limit.
func split(a []any) (any, error) {
	text, pattern, limit := a[0].(string), a[1].(string), int(a[2].(int32))
	out := []any{}
	if pattern == "" && text != "" {
		for _, r := range text {
			if limit > 0 && len(out) == limit {
				break
			}
			out = append(out, string(r))
		}
		return out, nil
	}
	re, err := compiled(pattern)
	if err != nil {
		return nil, err
	}
	runes, last := []rune(text), 0
	m, err := re.FindStringMatch(text)
	for m != nil && err == nil && (limit <= 0 || len(out) < limit-1) {
		if m.Index+m.Length > 0 || m.Index > 0 { // an empty match at the beginning makes no part
			out = append(out, string(runes[last:m.Index]))
			last = m.Index + m.Length
		}
		m, err = re.FindNextMatch(m)
	}
	if err != nil {
		return nil, err
	}
	return append(out, string(runes[last:])), nil
}

// like matches a LIKE pattern, in which % is any text and _ any character.
func like(text, pattern, escape string) (bool, error) {
	var b strings.Builder
	b.WriteString("(?s)^")
	runes, esc := []rune(pattern), []rune(escape)[0]
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; {
		case c == esc:
			if i++; i == len(runes) {
				return false, fmt.Errorf("the pattern %q ends with the escape", pattern)
			}
			if c := runes[i]; c != '_' && c != '%' && c != esc {
				return false, fmt.Errorf("the pattern %q has the escape before %q", pattern, c)
			}
			b.WriteString(regexp.QuoteMeta(string(runes[i])))
		case c == '%':
			b.WriteString(".*")
		case c == '_':
			b.WriteByte('.')
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteByte('$')
	re, err := likes(b.String())
	if err != nil {
		return false, err
	}
	return re.MatchString(text), nil
}

var likePatterns sync.Map

func likes(pattern string) (*regexp.Regexp, error) {
	if re, ok := likePatterns.Load(pattern); ok {
		return re.(*regexp.Regexp), nil
	}
	re, err := regexp.Compile(strings.TrimSuffix(pattern, "$") + `\z`)
	if err == nil && len(pattern) < 1000 {
		likePatterns.Store(pattern, re)
	}
	return re, err
}

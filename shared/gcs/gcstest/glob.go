package gcstest

import (
	"regexp"
	"strings"
)

// A glob is matchGlob of objects.list. The page of wildcards says: * is any
// characters but a slash, ** any characters with slashes (also inside a name:
// abc** and **.txt), ? one character, [a-e] one of them; json_api/v1/objects/list
// adds {a,b}. A library for files does not do, for there ** must be a whole
// part of a path.
type glob struct{ re *regexp.Regexp }

func compileGlob(pattern string) (*glob, *apiError) {
	var re strings.Builder
	re.WriteString(`\A(?s:`)
	depth := 0
	for i := 0; i < len(pattern); i++ {
		switch ch := pattern[i]; {
		case strings.HasPrefix(pattern[i:], "**"):
			re.WriteString(`.*`)
			i++
		case ch == '*':
			re.WriteString(`[^/]*`)
		case ch == '?':
			re.WriteString(`[^/]`)
		case ch == '{':
			depth++
			re.WriteString(`(?:`)
		case ch == '}' && depth > 0:
			depth--
			re.WriteString(`)`)
		case ch == ',' && depth > 0:
			re.WriteString(`|`)
		case ch == '[':
			end := strings.IndexByte(pattern[i:], ']')
			if end < 2 {
				return nil, invalid("Invalid matchGlob: %q", pattern)
			}
			set := strings.NewReplacer(`\`, `\\`, `[`, `\[`).Replace(pattern[i+1 : i+end])
			if rest, ok := strings.CutPrefix(set, "!"); ok {
				set = "^" + rest
			}
			re.WriteString(`[` + set + `]`)
			i += end
		case ch == '\\' && i+1 < len(pattern):
			i++
			re.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		case ch >= 0x80:
			re.WriteByte(ch)
		default:
			re.WriteString(regexp.QuoteMeta(string(ch)))
		}
	}
	re.WriteString(`)\z`)
	compiled, err := regexp.Compile(re.String())
	if err != nil || depth != 0 {
		return nil, invalid("Invalid matchGlob: %q", pattern)
	}
	return &glob{compiled}, nil
}

func (g *glob) match(name string) bool { return g.re.MatchString(name) }

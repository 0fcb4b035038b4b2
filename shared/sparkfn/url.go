package sparkfn

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func init() {
	register(
		&Func{Name: "spark_url_encode", Args: list(String), Result: String, Call: func(a []any) (any, error) { return urlEncode(a[0].(string)), nil }},
		&Func{Name: "spark_url_decode", Args: list(String), Result: String, Call: func(a []any) (any, error) { return urlDecode(a[0].(string)) }},
		&Func{Name: "spark_parse_url", Args: list(String, String, String), Result: String, Nulls: true, Call: parseURL},
	)
}

// urlEncode is java.net.URLEncoder in UTF-8.
func urlEncode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(".-*_", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func urlDecode(s string) (any, error) {
	var b []byte
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b = append(b, ' ')
		case s[i] != '%':
			b = append(b, s[i])
		default:
			if i+2 >= len(s) {
				return nil, fmt.Errorf("url_decode: %q ends within a %%xx", s)
			}
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return nil, fmt.Errorf("url_decode: %q has a %% before what is no two digits", s)
			}
			b = append(b, byte(n))
			i += 2
		}
	}
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("url_decode: what %q stands for is not UTF-8", s)
	}
	return string(b), nil
}

// A uri is what java.net.URI takes apart; a part that is not there is nil. Of an
// opaque one, such as mailto:a@b, there are only scheme and fragment.
type uri struct{ scheme, authority, user, host, path, query, fragment any }

var (
	uriParts = regexp.MustCompile(`^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:(//)([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([^#]*))?$`)
	uriHost  = regexp.MustCompile(`^(?:([^@]*)@)?(\[[0-9A-Fa-f:.]+(?:%[0-9A-Za-z_.]+)?\]|[A-Za-z0-9.-]+)(?::[0-9]*)?$`)
	uriName  = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?|(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?)\.?$`)
	plainKey = regexp.MustCompile(`^[\w.~%!@:;, -]*$`)
)

// parseURI gives nil for what Java throws at.
func parseURI(s string) *uri {
	m := uriParts.FindStringSubmatchIndex(s)
	if m == nil || strings.ContainsAny(s, "<>\"{}|\\^`") || !percentOK(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return nil
	}
	get := func(i int) any {
		if m[2*i] < 0 {
			return nil
		}
		return s[m[2*i]:m[2*i+1]]
	}
	u := &uri{scheme: get(1), path: get(4), query: get(5), fragment: get(6)}
	path := s[m[8]:m[9]]
	switch i := strings.IndexAny(s, ":/?#"); {
	case u.scheme == nil && i >= 0 && s[i] == ':':
		return nil
	case u.scheme != nil && m[3]+1 == len(s), u.scheme != nil && s[m[3]+1] == '#':
		return nil // nothing after the scheme
	case u.scheme != nil && s[m[3]+1] != '/':
		return &uri{scheme: u.scheme, fragment: u.fragment}
	case strings.ContainsAny(path, "[]"):
		return nil
	case m[4] < 0:
		return u
	case m[6] == len(s):
		return nil // "//" and nothing else
	case m[6] == m[7]:
		return u
	}
	authority := s[m[6]:m[7]]
	u.authority = authority
	h := uriHost.FindStringSubmatchIndex(authority)
	if h != nil {
		host := authority[h[4]:h[5]]
		if host[0] == '[' || uriName.MatchString(host) || isIPv4(host) {
			if u.host = host; h[2] >= 0 {
				u.user = authority[h[2]:h[3]]
			}
			return u
		}
	}
	if strings.ContainsAny(authority, "[]") {
		return nil
	}
	return u
}

func isIPv4(s string) bool {
	parts := strings.Split(s, ".")
	for _, p := range parts {
		if n, err := strconv.ParseUint(p, 10, 32); err != nil || n > 255 {
			return false
		}
	}
	return len(parts) == 4
}

// parseURL gives a part of a URL; what is none has no parts.
func parseURL(a []any) (any, error) {
	url, ok := a[0].(string)
	part, ok2 := a[1].(string)
	if !ok || !ok2 {
		return nil, nil
	}
	u := parseURI(url)
	if u == nil {
		return nil, nil
	}
	if key, given := a[2].(string); given {
		query, ok := u.query.(string)
		if part != "QUERY" || !ok {
			return nil, nil
		}
		if !plainKey.MatchString(key) {
			return nil, fmt.Errorf("parse_url: the key %q, which Spark takes for a regular expression, is not supported", key)
		}
		return queryValue(query, key), nil
	}
	switch part {
	case "HOST":
		return u.host, nil
	case "PATH":
		return u.path, nil
	case "QUERY":
		return u.query, nil
	case "REF":
		return u.fragment, nil
	case "PROTOCOL":
		return u.scheme, nil
	case "FILE":
		if u.query != nil {
			return u.path.(string) + "?" + u.query.(string), nil
		}
		return u.path, nil
	case "AUTHORITY":
		return u.authority, nil
	case "USERINFO":
		return u.user, nil
	}
	return nil, nil
}

// queryValue finds key=value; a . in key stands for any character, as in Spark.
func queryValue(query, key string) any {
	for pair := range strings.SplitSeq(query, "&") {
		p, k := []rune(pair), []rune(key)
		if len(p) <= len(k) || p[len(k)] != '=' {
			continue
		}
		same := true
		for i := range k {
			same = same && (k[i] == '.' || k[i] == p[i])
		}
		if same {
			return string(p[len(k)+1:])
		}
	}
	return nil
}

func percentOK(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

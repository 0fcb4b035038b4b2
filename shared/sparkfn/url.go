package sparkfn

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
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

// javaURI is what java.net.URI takes apart: scheme, authority, path, query, fragment.
var javaURI = regexp.MustCompile(`^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$`)

// parseURL gives a part of a URL; what is none has no parts.
func parseURL(a []any) (any, error) {
	url, ok := a[0].(string)
	part, ok2 := a[1].(string)
	if !ok || !ok2 {
		return nil, nil
	}
	if strings.ContainsAny(url, " <>\"{}|\\^`\t\n") || strings.Contains(url, "%") && !percentOK(url) {
		return nil, nil
	}
	m := javaURI.FindStringSubmatchIndex(url)
	get := func(i int) any {
		if m == nil || m[2*i] < 0 {
			return nil
		}
		return url[m[2*i]:m[2*i+1]]
	}
	if m == nil {
		return nil, nil
	}
	authority, _ := get(2).(string)
	user, host := "", authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, host = authority[:i], authority[i+1:]
	}
	bare := regexp.MustCompile(`:[0-9]*$`).ReplaceAllString(host, "")
	query, hasQuery := get(4).(string)
	if key, given := a[2].(string); given {
		if part != "QUERY" || !hasQuery {
			return nil, nil
		}
		found := regexp.MustCompile(`(?:&|^)` + regexp.QuoteMeta(key) + `=([^&]*)`).FindStringSubmatch(query)
		if found == nil {
			return nil, nil
		}
		return found[1], nil
	}
	switch part {
	case "HOST":
		if bare == "" {
			return nil, nil
		}
		return bare, nil
	case "PATH":
		if get(1) != nil && get(2) == nil && !strings.HasPrefix(get(3).(string), "/") {
			return nil, nil // mailto:a@b
		}
		return get(3), nil
	case "QUERY":
		return get(4), nil
	case "REF":
		return get(5), nil
	case "PROTOCOL":
		return get(1), nil
	case "FILE":
		file := get(3).(string)
		if hasQuery {
			file += "?" + query
		}
		return file, nil
	case "AUTHORITY":
		if authority == "" {
			return nil, nil
		}
		return authority, nil
	case "USERINFO":
		if user == "" {
			return nil, nil
		}
		return user, nil
	}
	return nil, nil
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

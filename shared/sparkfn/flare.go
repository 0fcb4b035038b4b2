package sparkfn

import (
	"encoding/base32"
	"encoding/base64"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// What Flare's own functions need and neither Spark nor an engine has. Manifest
// SQL cannot call them.
func init() {
	register(
		&Func{Name: "glint_base32_encode", Args: list(String), Result: String, Call: func(a []any) (any, error) {
			return base32.StdEncoding.EncodeToString([]byte(a[0].(string))), nil
		}},
		&Func{Name: "glint_base32_decode", Args: list(String), Result: String, Call: func(a []any) (any, error) {
			return decoded(base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(strings.ToUpper(a[0].(string)), "=")))
		}},
		&Func{Name: "glint_base64_decode", Args: list(String), Result: String, Call: func(a []any) (any, error) {
			return decoded(base64.RawStdEncoding.DecodeString(strings.TrimRight(a[0].(string), "=")))
		}},
		&Func{Name: "glint_parse_html", Args: list(String), Result: String, Call: func(a []any) (any, error) { return htmlText(a[0].(string)), nil }},
		&Func{Name: "glint_url_part", Args: list(String, String), Result: String, Call: func(a []any) (any, error) {
			return urlPart(a[0].(string), a[1].(string)), nil
		}},
	)
}

// decoded is NULL for what is in no such encoding, or is no text.
func decoded(b []byte, err error) (any, error) {
	if err != nil {
		return nil, nil
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), nil
}

// blocks are the elements around whose text a browser breaks the line.
var blocks = map[string]bool{"p": true, "div": true, "br": true, "li": true, "ul": true, "ol": true, "tr": true, "table": true, "td": true, "th": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "section": true, "article": true, "header": true, "footer": true,
	"blockquote": true, "pre": true, "hr": true, "body": true, "html": true, "form": true, "dl": true, "dt": true, "dd": true}

// htmlText is the text of HTML as jsoup's text() gives it.
func htmlText(s string) string {
	var b strings.Builder
	z, skip := html.NewTokenizer(strings.NewReader(s)), ""
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return strings.Join(strings.Fields(b.String()), " ")
		case html.TextToken:
			if skip == "" {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			raw, _ := z.TagName()
			tag := string(raw)
			if tag == "script" || tag == "style" {
				if skip = tag; kind != html.StartTagToken {
					skip = ""
				}
			}
			if blocks[tag] {
				b.WriteByte(' ')
			}
		}
	}
}

// urlPart is a part of a URL as java.net.URL names them; nil is none.
func urlPart(s, part string) any {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme == "" || u.Host == "" {
		return nil
	}
	value := ""
	switch part {
	case "protocol":
		value = u.Scheme
	case "authority":
		value = u.Host
		if u.User != nil {
			value = u.User.String() + "@" + u.Host
		}
	case "host":
		value = u.Hostname()
	case "port":
		value = u.Port()
	case "path":
		return u.EscapedPath()
	case "filename":
		value = u.EscapedPath()
		if u.RawQuery != "" {
			value += "?" + u.RawQuery
		}
		return value
	case "query":
		value = u.RawQuery
	}
	if value == "" {
		return nil
	}
	return value
}

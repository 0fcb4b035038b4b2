package gcstest

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	storage "google.golang.org/api/storage/v1"
)

// listing is one objects.list (json_api/v1/objects/list).
type listing struct {
	prefix, delimiter  string
	start, end         string // names from start, before end
	glob               *glob
	trailing, versions bool
	size               int
	afterName          string // of the page token
}

func (c *call) list() *apiError {
	err := c.only("prefix", "delimiter", "startOffset", "endOffset", "pageToken", "maxResults", "matchGlob", "versions", "includeTrailingDelimiter")
	if err != nil {
		return err
	}
	l := listing{
		prefix: c.q.Get("prefix"), delimiter: c.q.Get("delimiter"),
		start: c.q.Get("startOffset"), end: c.q.Get("endOffset"),
		trailing: c.q.Get("includeTrailingDelimiter") == "true", versions: c.q.Get("versions") == "true",
	}
	if l.size, err = c.pageSize(); err != nil {
		return err
	}
	if g := c.q.Get("matchGlob"); g != "" {
		if l.glob, err = compileGlob(g); err != nil {
			return err
		}
	}
	if l.afterName, err = parseToken(c.q.Get("pageToken")); err != nil {
		return err
	}
	var page *storage.Objects
	err = c.locked(func() *apiError {
		b, err := c.theBucket()
		if err != nil {
			return err
		}
		page = l.page(b)
		return nil
	})
	if err != nil {
		return err
	}
	for i, m := range page.Items {
		page.Items[i] = c.linked(m)
	}
	writeJSON(c.w, http.StatusOK, page)
	return nil
}

// page walks the sorted names once from where the page begins. A page ends
// after size names and prefixes together, never within the versions of a name.
func (l *listing) page(b *bucket) *storage.Objects {
	out := &storage.Objects{Kind: "storage#objects"}
	names := b.sorted()
	first, _ := slices.BinarySearch(names, max(l.prefix, l.start))
	if l.afterName != "" {
		i, found := slices.BinarySearch(names, l.afterName)
		if found {
			i++
		}
		first = max(first, i)
	}
	last, n := "", 0
	for _, name := range names[first:] {
		if !strings.HasPrefix(name, l.prefix) {
			break
		}
		if l.end != "" && name >= l.end {
			break
		}
		if l.glob != nil && !l.glob.match(name) {
			continue
		}
		if under := l.under(name); under != "" && l.seen(out, under) {
			last = name
			continue
		}
		items := l.versionsOf(b, name)
		if len(items) == 0 {
			continue
		}
		if n >= l.size {
			out.NextPageToken = token(last)
			break
		}
		last = name
		n++
		under := l.under(name)
		if under != "" {
			out.Prefixes = append(out.Prefixes, under)
		}
		if under == "" || l.trailing && under == name {
			out.Items = append(out.Items, items...)
		}
	}
	return out
}

// under is the prefix that stands for name in a listing with a delimiter, or "".
func (l *listing) under(name string) string {
	if l.delimiter == "" {
		return ""
	}
	i := strings.Index(name[len(l.prefix):], l.delimiter)
	if i < 0 {
		return ""
	}
	return name[:len(l.prefix)+i+len(l.delimiter)]
}

// seen says whether the prefix was given on this page, or on the one before it.
func (l *listing) seen(out *storage.Objects, under string) bool {
	if n := len(out.Prefixes); n > 0 && out.Prefixes[n-1] == under {
		return true
	}
	return l.afterName != "" && strings.HasPrefix(l.afterName, under)
}

func (l *listing) versionsOf(b *bucket, name string) []*storage.Object {
	var all []*storage.Object
	if l.versions {
		for _, o := range b.old[name] {
			all = append(all, o.meta)
		}
	}
	if o := b.live[name]; o != nil {
		all = append(all, o.meta)
	}
	return all
}

// pageSize is maxResults; the service gives at most 1,000 a page.
func (c *call) pageSize() (int, *apiError) {
	text := c.q.Get("maxResults")
	if text == "" {
		return 1000, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, invalid("Invalid value for maxResults: %q", text)
	}
	if n == 0 || n > 1000 {
		n = 1000
	}
	return n, nil
}

func token(last string) string { return base64.RawURLEncoding.EncodeToString([]byte(last)) }

func parseToken(t string) (string, *apiError) {
	name, err := base64.RawURLEncoding.DecodeString(t)
	if err != nil {
		return "", invalid("Invalid page token")
	}
	return string(name), nil
}

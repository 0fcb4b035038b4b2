package udl

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/fault"
)

const scheme = "dataos://"

var (
	depotName      = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)
	collectionName = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
	segmentName    = regexp.MustCompile(`^[A-Za-z0-9_.\-=]+$`)
)

// Parse reads an address. What is wrong is said with the part that is wrong;
// the hint points at it and says what was meant, as far as that can be told.
func Parse(s string) (Address, error) {
	rest, ok := strings.CutPrefix(s, scheme)
	if !ok {
		return Address{}, bad(s, common(s), "write dataos://depot:collection/dataset", "does not begin with dataos://")
	}
	rest, query, hasQuery := strings.Cut(rest, "?")
	if strings.HasPrefix(rest, "/") {
		fixed := scheme + strings.TrimLeft(s[len(scheme):], "/")
		return Address{}, bad(s, len(scheme), "write "+fixed, "has too many slashes after dataos:")
	}
	depot, path, hasPath := strings.Cut(rest, ":")
	if slash := strings.IndexByte(depot, '/'); slash >= 0 {
		fixed := s[:len(scheme)+slash] + ":" + s[len(scheme)+slash+1:]
		return Address{}, bad(s, len(scheme)+slash, "write "+fixed, "has no colon between depot and collection")
	}
	a := Address{Depot: depot}
	if !depotName.MatchString(depot) {
		return Address{}, bad(s, len(scheme), "", "the depot %q is not a letter followed by letters, digits and hyphens", depot)
	}
	if hasPath {
		at := len(scheme) + len(depot) + 1
		collection, dataset, hasDataset := strings.Cut(path, "/")
		if !collectionName.MatchString(collection) {
			return Address{}, bad(s, at, "a depot without collections is addressed with none: "+scheme+depot+":none/…",
				"the collection %q is not letters, digits and underscores", collection)
		}
		a.Collection = collection
		if hasDataset {
			if err := checkDataset(s, dataset, at+len(collection)+1); err != nil {
				return Address{}, err
			}
			a.Dataset = dataset
		}
	}
	if hasQuery {
		at := len(s) - len(query)
		params, err := url.ParseQuery(query)
		if err != nil {
			return Address{}, bad(s, at, "", "the parameters %q cannot be read: %v", query, err)
		}
		if acl := params.Get("acl"); params.Has("acl") && acl != "r" && acl != "rw" {
			return Address{}, bad(s, at+max(0, strings.Index(query, "acl")), "write acl=r or acl=rw", "acl is %q", acl)
		}
		a.Params = params
	}
	return a, nil
}

// checkDataset checks the dataset of s, which begins at an offset.
func checkDataset(s, dataset string, at int) error {
	for segment := range strings.SplitSeq(strings.TrimSuffix(dataset, "/"), "/") {
		switch {
		case segment == "":
			return bad(s, at, "", "the dataset %q has an empty part", dataset)
		case segment == "." || segment == "..":
			return bad(s, at, "", "the dataset %q leaves its depot", dataset)
		case strings.ContainsAny(segment, "*?[{"):
			e := bad(s, at+strings.IndexAny(segment, "*?[{"), "name the directory: every file below it is read", "patterns are not supported yet")
			e.Kind = fault.Refused
			return e
		case !segmentName.MatchString(segment):
			return bad(s, at, "", "the dataset's part %q has a character that is not a letter, a digit or one of _ . - =", segment)
		}
		at += len(segment) + 1
	}
	return nil
}

// common is how much of s is as an address begins.
func common(s string) int {
	n := 0
	for n < len(s) && n < len(scheme) && s[n] == scheme[n] {
		n++
	}
	return n
}

// longest is how much of an address fits above a caret.
const longest = 120

// bad is the mistake at an offset of s.
func bad(s string, at int, fix, format string, args ...any) *fault.Error {
	e := fault.Errorf(fault.Invalid, "address %q: %s", s, fmt.Sprintf(format, args...))
	var hint []string
	if fix != "" {
		hint = append(hint, fix)
	}
	if len(s) <= longest && !strings.ContainsFunc(s, unicode.IsControl) {
		hint = append(hint, s, strings.Repeat(" ", utf8.RuneCountInString(s[:at]))+"^")
	}
	if len(hint) == 0 {
		return e
	}
	return e.WithHint("%s", strings.Join(hint, "\n"))
}

// String prints a as Parse reads it; what is named without a depot, as a place.
func (a Address) String() string {
	if a.Direct {
		return a.place()
	}
	var b strings.Builder
	b.WriteString(scheme + a.Depot)
	if a.Collection != "" {
		b.WriteString(":" + a.Collection)
		if a.Dataset != "" {
			b.WriteString("/" + a.Dataset)
		}
	}
	if len(a.Params) > 0 {
		b.WriteString("?" + a.Params.Encode())
	}
	return b.String()
}

func (a Address) place() string {
	if uri := a.Params.Get("uri"); uri != "" {
		return uri
	}
	var parts []string
	for _, s := range []string{a.Params.Get("project"), a.Collection, a.Dataset} {
		if s != "" && s != "none" {
			parts = append(parts, s)
		}
	}
	return a.Depot + "://" + strings.Join(parts, "/")
}

// Writable reports whether a asks for the depot's credential for writing. What
// is named without a depot has one credential.
func (a Address) Writable() bool { return a.Direct || a.Params.Get("acl") == "rw" }

// Same reports whether a and b name the same data: parameters, such as the
// credential asked for, do not count.
func (a Address) Same(b Address) bool {
	return a.Direct == b.Direct && a.Params.Get("project") == b.Params.Get("project") && strings.EqualFold(a.Depot, b.Depot) && a.Collection == b.Collection &&
		strings.TrimSuffix(a.Dataset, "/") == strings.TrimSuffix(b.Dataset, "/")
}

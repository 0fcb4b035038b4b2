package udl

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

const scheme = "dataos://"

var (
	depotName      = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)
	collectionName = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
	segmentName    = regexp.MustCompile(`^[A-Za-z0-9_.\-=]+$`)
)

// Parse reads an address. What is wrong is said with the part that is wrong
// and what was meant, as far as that can be told.
func Parse(s string) (Address, error) {
	rest, ok := strings.CutPrefix(s, scheme)
	if !ok {
		return Address{}, bad(s, "does not begin with dataos://").WithHint("write dataos://depot:collection/dataset")
	}
	rest, query, hasQuery := strings.Cut(rest, "?")
	if strings.HasPrefix(rest, "/") {
		return Address{}, bad(s, "has too many slashes after dataos:").WithHint("write %s", scheme+strings.TrimLeft(rest, "/"))
	}
	depot, path, hasPath := strings.Cut(rest, ":")
	if !hasPath && strings.Contains(depot, "/") {
		head, tail, _ := strings.Cut(depot, "/")
		return Address{}, bad(s, "has no colon between depot and collection").WithHint("write %s%s:%s", scheme, head, tail)
	}
	a := Address{Depot: depot}
	if !depotName.MatchString(depot) {
		return Address{}, bad(s, "the depot %q is not a letter followed by letters, digits and hyphens", depot)
	}
	if hasPath {
		collection, dataset, hasDataset := strings.Cut(path, "/")
		if !collectionName.MatchString(collection) {
			return Address{}, bad(s, "the collection %q is not letters, digits and underscores", collection).
				WithHint("a depot without collections is addressed with none: %s%s:none/…", scheme, depot)
		}
		a.Collection = collection
		if hasDataset {
			if err := checkDataset(s, dataset); err != nil {
				return Address{}, err
			}
			a.Dataset = dataset
		}
	}
	if hasQuery {
		params, err := url.ParseQuery(query)
		if err != nil {
			return Address{}, bad(s, "the parameters %q cannot be read: %v", query, err)
		}
		if acl := params.Get("acl"); acl != "" && acl != "r" && acl != "rw" {
			return Address{}, bad(s, "acl is %q", acl).WithHint("write acl=r or acl=rw")
		}
		a.Params = params
	}
	return a, nil
}

func checkDataset(s, dataset string) error {
	for segment := range strings.SplitSeq(strings.TrimSuffix(dataset, "/"), "/") {
		switch {
		case segment == "":
			return bad(s, "the dataset %q has an empty part", dataset)
		case segment == "." || segment == "..":
			return bad(s, "the dataset %q leaves its depot", dataset)
		case strings.ContainsAny(segment, "*?[{"):
			return fault.Errorf(fault.Refused, "address %q: patterns are not supported yet", s).
				WithHint("name the directory: every file below it is read")
		case !segmentName.MatchString(segment):
			return bad(s, "the dataset's part %q has a character that is not a letter, a digit or one of _ . - =", segment)
		}
	}
	return nil
}

func bad(s, format string, args ...any) *fault.Error {
	e := fault.Errorf(fault.Invalid, format, args...)
	e.Err = fault.Errorf(fault.Invalid, "address %q: %w", s, e.Err).Err
	return e
}

// String prints a as Parse reads it.
func (a Address) String() string {
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

// Writable reports whether a asks for the depot's credential for writing.
func (a Address) Writable() bool { return a.Params.Get("acl") == "rw" }

// Same reports whether a and b name the same data: parameters, such as the
// credential asked for, do not count.
func (a Address) Same(b Address) bool {
	return strings.EqualFold(a.Depot, b.Depot) && a.Collection == b.Collection &&
		strings.TrimSuffix(a.Dataset, "/") == strings.TrimSuffix(b.Dataset, "/")
}

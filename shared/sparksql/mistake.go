package sparksql

import (
	"errors"
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

// A mistake is what is wrong at an offset of the text; it becomes a fault when
// the place of the offset is known.
type mistake struct {
	kind   fault.Kind
	at     int
	reason string
	hint   string

	unknown bool // nothing is wrong but that columns are not known
}

// ErrUnknown is wrapped by the mistake of a query that reads a relation whose
// columns are not known, which a scope says with nil columns. What else is wrong
// with the query is found as far as it does not depend on them.
var ErrUnknown = errors.New("the columns are not known")

type unknown string

func (u unknown) Error() string        { return string(u) }
func (u unknown) Is(target error) bool { return target == ErrUnknown }

func (m *mistake) Error() string { return m.reason }

func (m *mistake) fault(at func(int) fault.Pos) error {
	e := fault.Errorf(m.kind, "%s", m.reason).At(at(m.at))
	if m.unknown {
		e.Err = unknown(m.reason)
	}
	if m.hint != "" {
		e = e.WithHint("%s", m.hint)
	}
	return e
}

func invalid(at int, format string, args ...any) *mistake {
	return &mistake{kind: fault.Invalid, at: at, reason: fmt.Sprintf(format, args...)}
}

func refused(at int, format string, args ...any) *mistake {
	return &mistake{kind: fault.Refused, at: at, reason: fmt.Sprintf(format, args...) + " is not supported"}
}

func (m *mistake) because(format string, args ...any) *mistake {
	m.hint = fmt.Sprintf(format, args...)
	return m
}

// note keeps m and gives a node that stands for what could not be resolved.
// Mistakes that only follow from another are never noted: a bad node spreads in silence.
func (r *resolver) note(m *mistake) node {
	r.mistakes = append(r.mistakes, m)
	return &bad{typed{at: m.at}}
}

func (r *resolver) joined(at func(int) fault.Pos) error {
	var all []error
	seen := map[mistake]bool{}
	for _, m := range r.mistakes {
		if !seen[*m] {
			seen[*m] = true
			all = append(all, m.fault(at))
		}
	}
	return errors.Join(all...)
}

// nearest returns the candidate that name was probably meant to be, or "".
func nearest(name string, candidates []string) string {
	best, bound := "", max(1, len(name)/3)+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(c), bound); d < bound {
			best, bound = c, d
		}
	}
	return best
}

// distance counts the edits from a to b, or gives bound when there are no fewer.
func distance(a, b string, bound int) int {
	if len(a)-len(b) >= bound || len(b)-len(a) >= bound {
		return bound
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

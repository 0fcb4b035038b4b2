package sparkfn

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A NumberFormat is how to_number reads and to_char writes numbers: digits as 0
// and 9, one point, commas between digits, and signs around them.
type NumberFormat struct {
	Precision, Scale int

	marks []mark
}

// A mark is one of `<S-$#.>`: # stands for digits, which runs says, - for MI.
type mark struct {
	kind byte
	runs []run
}

// A run is n digits that stand together, or a comma if n is 0.
type run struct {
	n     int
	exact bool // a number has all of them, as it begins with 0
}

// ParseNumberFormat reads a format. Letters of any case are the same.
func ParseNumberFormat(s string) (*NumberFormat, error) {
	f := &NumberFormat{}
	s = strings.ToUpper(s)
	if err := f.read(s); err != nil {
		return nil, err
	}
	order := []string{"<", "-S", "$", "#", ".", "#", "$", "-S>"}
	at := 0
	for _, may := range order {
		if at < len(f.marks) && strings.IndexByte(may, f.marks[at].kind) >= 0 {
			at++
		}
	}
	kinds := f.kinds()
	first, point, money := strings.IndexByte(kinds, '#'), strings.IndexByte(kinds, '.'), strings.IndexByte(kinds, '$')
	switch {
	case first < 0:
		return nil, fmt.Errorf("the format %q has no digit", s)
	case money > first || point >= 0 && money > point:
		return nil, fmt.Errorf("the format %q has $ after a digit or the point", s)
	case at < len(f.marks):
		return nil, fmt.Errorf("the format %q has a sign where none can stand", s)
	}
	for _, c := range ".S-$>" {
		if strings.Count(kinds, string(c)) > 1 {
			return nil, fmt.Errorf("the format %q has a sign twice", s)
		}
	}
	return f, f.measure(s, point)
}

// read cuts the format into marks.
func (f *NumberFormat) read(s string) error {
	pointed := false
	digits := func(r run) {
		if n := len(f.marks); n == 0 || f.marks[n-1].kind != '#' {
			f.marks = append(f.marks, mark{kind: '#'})
		}
		m := &f.marks[len(f.marks)-1]
		m.runs = append(m.runs, r)
	}
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '0' || c == '9':
			n := 0
			for i+n < len(s) && (s[i+n] == '0' || s[i+n] == '9') {
				n++
			}
			digits(run{n: n, exact: c == '0' && !pointed})
			i += n
		case c == ',' || c == 'G':
			digits(run{})
			i++
		case c == '.' || c == 'D':
			pointed = true
			f.marks = append(f.marks, mark{kind: '.'})
			i++
		case c == '$' || c == 'S':
			f.marks = append(f.marks, mark{kind: c})
			i++
		case strings.HasPrefix(s[i:], "MI"):
			f.marks = append(f.marks, mark{kind: '-'})
			i += 2
		case strings.HasPrefix(s[i:], "PR"):
			f.marks = append(slices.Insert(f.marks, 0, mark{kind: '<'}), mark{kind: '>'})
			i += 2
		default:
			return fmt.Errorf("the format %q has %q, which is none of 0 9 . D , G $ S MI PR", s, c)
		}
	}
	return nil
}

func (f *NumberFormat) kinds() string {
	var b strings.Builder
	for _, m := range f.marks {
		b.WriteByte(m.kind)
	}
	return b.String()
}

// measure counts digits, and looks at the commas.
func (f *NumberFormat) measure(s string, point int) error {
	for i, m := range f.marks {
		for j, r := range m.runs {
			if f.Precision += r.n; point >= 0 && i > point {
				f.Scale += r.n
			}
			if r.n > 0 {
				continue
			}
			if point >= 0 && i > point || j == 0 || j == len(m.runs)-1 || m.runs[j-1].n == 0 {
				return fmt.Errorf("the format %q has a comma that is not between digits before the point", s)
			}
		}
	}
	if f.Precision > 38 {
		return fmt.Errorf("the format %q has more than 38 digits", s)
	}
	return nil
}

// Read gives the number as text, or false if s is not of the format. The text is
// empty where nothing is wrong but that s has no digits.
func (f *NumberFormat) Read(s string) (string, bool) {
	in := []rune(s)
	at, negative, open, closed, pointed := 0, false, false, false, false
	var whole, part strings.Builder
	for _, m := range f.marks {
		var c rune
		if at < len(in) {
			c = in[at]
		}
		switch {
		case m.kind == '#':
			n, ok := m.take(in[at:], &whole, &part, pointed)
			if !ok {
				return "", false
			}
			at += n
		case m.kind == '.' && c == '.':
			pointed = true
			at++
		case m.kind == '$' && c == '$', m.kind == 'S' && c == '+':
			at++
		case m.kind == '$' && at < len(in):
			return "", false
		case (m.kind == 'S' || m.kind == '-') && c == '-':
			negative = !negative
			at++
		case m.kind == '<' && c == '<':
			open = true
			at++
		case m.kind == '>' && c == '>':
			if !open {
				return "", false
			}
			closed, negative = true, !negative
			at++
		}
	}
	if at < len(in) || open != closed {
		return "", false
	}
	if whole.Len()+part.Len() == 0 {
		return "", true
	}
	text := "0" + whole.String() + "." + part.String() + strings.Repeat("0", f.Scale-part.Len())
	if negative {
		text = "-" + text
	}
	return strings.TrimSuffix(text, "."), true
}

// take reads digits and the commas between them. Groups are compared from the
// last on, so that the first ones may be missing.
func (m mark) take(in []rune, whole, part *strings.Builder, pointed bool) (int, bool) {
	var sizes []int
	n, size := 0, 0
	for ; n < len(in); n++ {
		c := in[n]
		if c >= '0' && c <= '9' {
			size++
			if pointed {
				part.WriteRune(c)
			} else {
				whole.WriteRune(c)
			}
		} else if c == ',' {
			sizes = append(sizes, size)
			size = 0
		} else if !unicode.IsSpace(c) || c == '\u00a0' || c == '\u0085' {
			break
		}
	}
	sizes = append(sizes, size)
	groups := slices.DeleteFunc(slices.Clone(m.runs), func(r run) bool { return r.n == 0 })
	if len(sizes) > len(groups) {
		return 0, false
	}
	for i := range groups {
		want, have := groups[len(groups)-1-i], 0
		if i < len(sizes) {
			have = sizes[len(sizes)-1-i]
		}
		if have > want.n || want.exact && have != want.n {
			return 0, false
		}
	}
	return n, true
}

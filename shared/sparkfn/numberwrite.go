package sparkfn

import (
	"fmt"
	"slices"
	"strings"
)

func init() {
	register(
		&Func{Name: "spark_to_number", Args: list(String, String, Bool), Result: String, Call: func(a []any) (any, error) {
			f, err := ParseNumberFormat(a[1].(string))
			if err != nil {
				return nil, err
			}
			s, ok := f.Read(a[0].(string))
			if !ok && a[2].(bool) {
				return nil, nil
			} else if !ok || s == "" { // of a text without digits Spark makes no NULL
				return nil, fmt.Errorf("to_number: %q is not of the format %q", a[0], a[1])
			}
			return s, nil
		}},
		&Func{Name: "spark_to_char", Args: list(String, String), Result: String, Call: func(a []any) (any, error) {
			f, err := ParseNumberFormat(a[1].(string))
			if err != nil {
				return nil, err
			}
			return f.Write(a[0].(string)), nil
		}},
	)
}

// Write gives number, written as digits with a point, in the format. Where it
// has too many digits there are # in place of all of them.
func (f *NumberFormat) Write(number string) string {
	whole, part := f.split(number)
	zero := strings.Trim(number, "-0.") == ""
	negative := number[0] == '-' && !zero
	var out []byte
	pointed := false
	for _, m := range f.marks {
		switch m.kind {
		case '#':
			for _, r := range m.runs {
				if pointed {
					out, part = append(out, part[:r.n]...), part[r.n:]
					continue
				}
				out = r.write(out, whole[:r.n])
				whole = whole[r.n:]
			}
		case '.':
			if n := len(out); n > 0 && out[n-1] == ' ' {
				out[n-1] = '0'
			}
			out, pointed = append(out, '.'), true
		case '$':
			out = append(out, '$')
		case 'S':
			sign := byte('+')
			if negative {
				sign = '-'
			}
			out = beforeBlanks(withoutLonePoint(out), sign)
		case '-':
			if negative {
				out = beforeBlanks(withoutLonePoint(out), '-')
			} else {
				out = append(out, ' ')
			}
		case '<':
			if negative {
				out = append(out, '<')
			}
		case '>':
			if out = withoutLonePoint(out); negative {
				out = beforeBlanks(out, '>')
			} else {
				out = append(out, "  "...)
			}
		}
	}
	s := string(withoutLonePoint(out))
	if s == "" || s == "+" || s == "-" {
		return "0"
	}
	return s
}

// split gives the digits before and after the point, as many as the format has.
func (f *NumberFormat) split(number string) (whole, part string) {
	whole, part, _ = strings.Cut(strings.TrimPrefix(number, "-"), ".")
	whole, part = strings.TrimLeft(whole, "0"), strings.TrimRight(part, "0")
	before := f.Precision - f.Scale
	if len(whole) > before || len(part) > f.Scale {
		return strings.Repeat("#", before), strings.Repeat("#", f.Scale)
	}
	return strings.Repeat(" ", before-len(whole)) + whole, part + strings.Repeat("0", f.Scale-len(part))
}

// write adds digits, of which the first may be blanks; or a comma.
func (r run) write(out []byte, digits string) []byte {
	if n := len(out); r.n == 0 && n > 0 && out[n-1] >= '0' && out[n-1] <= '9' {
		return append(out, ',')
	} else if r.n == 0 {
		return blankBeforeSign(out)
	}
	for _, c := range []byte(digits) {
		switch {
		case c == ' ' && r.exact:
			out = append(out, '0')
		case c == ' ':
			out = blankBeforeSign(out)
		default:
			out = append(out, c)
		}
	}
	return out
}

// beforeBlanks adds a sign, before the blanks that end the text.
func beforeBlanks(out []byte, sign byte) []byte {
	i := len(out)
	for i > 0 && out[i-1] == ' ' {
		i--
	}
	return slices.Insert(out, i, sign)
}

// blankBeforeSign adds a blank, before the signs that end the text.
func blankBeforeSign(out []byte) []byte {
	i := len(out)
	for i > 0 && strings.IndexByte("+-<", out[i-1]) >= 0 {
		i--
	}
	return slices.Insert(out, i, ' ')
}

// withoutLonePoint makes a blank of a point after which nothing is.
func withoutLonePoint(out []byte) []byte {
	if i := slices.Index(out, '.'); i >= 0 && (i == len(out)-1 || out[i+1] == ' ') {
		out[i] = ' '
	}
	return out
}

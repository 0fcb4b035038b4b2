package sparkfn

import (
	"errors"
	"fmt"
	"strings"
)

// javaClasses are the names in \p{…} that Java has of its own, all ASCII.
var javaClasses = map[string]string{
	"Lower": "a-z", "Upper": "A-Z", "ASCII": `\x00-\x7F`, "Alpha": "a-zA-Z", "Digit": "0-9", "Alnum": "a-zA-Z0-9",
	"Punct": `!-/:-@\[-\x60{-~`, "Graph": `!-~`, "Print": ` -~`, "Blank": ` \t`, "Cntrl": `\x00-\x1F\x7F`, "XDigit": "0-9a-fA-F", "Space": ` \t\n\x0B\f\r`,
	"javaLowerCase": `\p{Ll}`, "javaUpperCase": `\p{Lu}`, "IsAlphabetic": `\p{L}\p{Nl}`, "IsLetter": `\p{L}`, "IsDigit": `\p{Nd}`, "IsLowercase": `\p{Ll}`, "IsUppercase": `\p{Lu}`,
}

// end is the last character that there is.
const end = "\U0010FFFF"

// javaEscapes are Java's shorthands as what stands in a class.
var javaEscapes = map[byte]string{
	'd': "0-9", 'D': `\x00-/:-` + end,
	'w': "a-zA-Z_0-9", 'W': `\x00-/:-@\[-^\x60{-` + end,
	's': ` \t\n\x0B\f\r`, 'S': `\x00-\x08\x0E-\x1F!-` + end,
	'h': ` \t\xA0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000`, 'v': `\n\x0B\f\r\x85\u2028\u2029`,
}

const (
	lineEnds  = `\n\r\x85\u2028\u2029`
	lastBreak = `(?=(?:\r\n|(?<!\r)\n|[\r\x85\u2028\u2029])?\z)`
)

// FromJava writes a pattern of java.util.regex for regexp2, or says what of it
// has no equal there.
func FromJava(p string) (string, error) {
	j := javaPattern{p: p}
	err := j.all()
	return j.out.String(), err
}

type javaPattern struct {
	p    string
	i    int
	out  strings.Builder
	dots bool // (?s) is on
	last int  // where in out the last atom began
}

func (j *javaPattern) all() error {
	for j.i < len(j.p) {
		c := j.p[j.i]
		if !strings.ContainsRune("*+?{", rune(c)) {
			j.last = j.out.Len()
		}
		switch c {
		case '\\':
			if err := j.escape(); err != nil {
				return err
			}
			continue
		case '[':
			if err := j.class(); err != nil {
				return err
			}
			continue
		case '.':
			if j.dots {
				j.out.WriteString(`[\s\S]`)
			} else {
				j.out.WriteString("[^" + lineEnds + "]")
			}
		case '$':
			j.out.WriteString(lastBreak)
		case '(':
			if err := j.group(); err != nil {
				return err
			}
			continue
		case '*', '+', '?', '}':
			j.out.WriteByte(c)
			if j.i+1 < len(j.p) && j.p[j.i+1] == '+' {
				return errors.New("possessive quantifiers are not supported; write an atomic group (?>…)")
			}
		default:
			j.out.WriteByte(c)
		}
		j.i++
	}
	return nil
}

// group takes what a group begins with.
func (j *javaPattern) group() error {
	rest := j.p[j.i:]
	if !strings.HasPrefix(rest, "(?") {
		j.out.WriteByte('(')
		j.i++
		return nil
	}
	for _, plain := range []string{"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"} {
		if strings.HasPrefix(rest, plain) {
			j.out.WriteString(plain)
			j.i += len(plain)
			return nil
		}
	}
	if strings.HasPrefix(rest, "(?<") {
		j.out.WriteString("(?<")
		j.i += 3
		return nil
	}
	end := strings.IndexAny(rest, ":)")
	if end < 0 {
		return errors.New("a group does not end")
	}
	flags := rest[2:end]
	for _, f := range flags {
		if !strings.ContainsRune("isu-", f) {
			return fmt.Errorf("the flag (?%c) is not supported", f)
		}
	}
	on, off, _ := strings.Cut(flags, "-")
	if rest[end] == ':' && (strings.Contains(flags, "s")) {
		return errors.New("(?s:…) is not supported; write (?s) at the beginning")
	}
	j.dots = (j.dots || strings.Contains(on, "s")) && !strings.Contains(off, "s")
	keep := strings.NewReplacer("s", "", "u", "").Replace(on)
	if o := strings.NewReplacer("s", "", "u", "").Replace(off); o != "" {
		keep += "-" + o
	}
	switch {
	case rest[end] == ':':
		j.out.WriteString("(?" + keep + ":")
	case keep != "":
		j.out.WriteString("(?" + keep + ")")
	}
	j.i += end + 1
	return nil
}

// escape takes what begins with a backslash, outside of a class.
func (j *javaPattern) escape() error {
	if j.i+1 == len(j.p) {
		return errors.New("it ends with a backslash")
	}
	c := j.p[j.i+1]
	if set, ok := javaEscapes[c]; ok {
		j.out.WriteString("[" + set + "]")
		j.i += 2
		return nil
	}
	switch c {
	case 'Q':
		end := strings.Index(j.p[j.i+2:], `\E`)
		text := j.p[j.i+2:]
		j.i = len(j.p)
		if end >= 0 {
			j.i, text = len(j.p)-len(text)+end+2, text[:end]
		}
		for _, r := range text {
			if strings.ContainsRune(`\.[]{}()*+-?^$|#/`, r) {
				j.out.WriteByte('\\')
			}
			j.out.WriteRune(r)
		}
		return nil
	case 'Z':
		j.out.WriteString(lastBreak)
	case 'R':
		j.out.WriteString(`(?:\r\n|[\n\x0B\f\r\x85\u2028\u2029])`)
	case 'p', 'P':
		set, n, err := javaProperty(j.p[j.i:])
		if err != nil {
			return err
		}
		if c == 'P' {
			set = "^" + set
		}
		j.out.WriteString("[" + set + "]")
		j.i += n
		return nil
	case 'x', 'u':
		text, n, err := codePoint(j.p[j.i:])
		if err != nil {
			return err
		}
		j.out.WriteString(text)
		j.i += n
		return nil
	case 'X', 'N', 'G', 'c', '0':
		return fmt.Errorf(`\%c is not supported`, c)
	case 'e':
		j.out.WriteString(`\x1B`)
	default:
		if c >= 0x80 || c == '_' {
			j.i++
			return nil
		}
		if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') && !strings.ContainsRune("bBAzatnfrk", rune(c)) {
			return fmt.Errorf(`\%c means nothing`, c)
		}
		j.out.WriteString(j.p[j.i : j.i+2])
	}
	j.i += 2
	return nil
}

// class takes a class in brackets.
func (j *javaPattern) class() error {
	start := j.i
	j.out.WriteByte('[')
	j.i++
	if j.i < len(j.p) && j.p[j.i] == '^' {
		j.out.WriteByte('^')
		j.i++
	}
	first := true
	for ; j.i < len(j.p); first = false {
		switch c := j.p[j.i]; {
		case c == ']' && !first:
			j.out.WriteByte(']')
			j.i++
			return nil
		case c == '[':
			return errors.New("a class within a class is not supported")
		case c == '&' && strings.HasPrefix(j.p[j.i:], "&&"):
			return errors.New("an intersection of classes is not supported")
		case c == '\\':
			if err := j.inClass(); err != nil {
				return err
			}
			continue
		case c == ']':
			j.out.WriteString(`\]`)
			j.i++
		default:
			j.out.WriteByte(c)
			j.i++
		}
	}
	return fmt.Errorf("the class that begins at %d does not end", start)
}

func (j *javaPattern) inClass() error {
	if j.i+1 == len(j.p) {
		return errors.New("it ends with a backslash")
	}
	c := j.p[j.i+1]
	if set, ok := javaEscapes[c]; ok {
		j.out.WriteString(set)
		j.i += 2
		return nil
	}
	switch {
	case c == 'p':
		set, n, err := javaProperty(j.p[j.i:])
		if err != nil {
			return err
		}
		j.out.WriteString(set)
		j.i += n
		return nil
	case c == 'x' || c == 'u':
		text, n, err := codePoint(j.p[j.i:])
		if err != nil {
			return err
		}
		j.out.WriteString(text)
		j.i += n
		return nil
	case c >= 0x80:
		j.i++
		return nil
	case (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') && !strings.ContainsRune("tnfra", rune(c)):
		return fmt.Errorf(`\%c in a class is not supported`, c)
	}
	j.out.WriteString(j.p[j.i : j.i+2])
	j.i += 2
	return nil
}

// javaProperty is \p{Name} or \pL as what stands in a class.
func javaProperty(s string) (set string, n int, err error) {
	name := ""
	if strings.HasPrefix(s[2:], "{") {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return "", 0, errors.New(`\p{ does not end`)
		}
		name, n = s[3:end], end+1
	} else if len(s) > 2 {
		name, n = s[2:3], 3
	}
	if set, ok := javaClasses[name]; ok {
		return set, n, nil
	}
	plain := strings.TrimPrefix(name, "Is")
	if len(plain) <= 2 && plain != "" {
		return `\p{` + plain + `}`, n, nil
	}
	return "", 0, fmt.Errorf(`\p{%s} is not supported`, name)
}

// codePoint is \xhh, \x{h…} or \uhhhh.
func codePoint(s string) (text string, n int, err error) {
	switch {
	case strings.HasPrefix(s, `\x{`):
		end := strings.IndexByte(s, '}')
		if end < 0 || end > 7 {
			return "", 0, errors.New(`\x{…} is not supported beyond four digits`)
		}
		return fmt.Sprintf(`\u%04s`, s[3:end]), end + 1, nil
	case s[1] == 'x' && len(s) >= 4:
		return s[:4], 4, nil
	case s[1] == 'u' && len(s) >= 6:
		return s[:6], 6, nil
	}
	return "", 0, errors.New("a code point is cut off")
}

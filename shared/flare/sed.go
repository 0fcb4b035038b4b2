package flare

import (
	"regexp"
	"strings"
)

// A sed is s/pattern/replacement/flags; any character may stand for the slash.
type sed struct {
	pattern, replacement string
	global, fold         bool
}

// sedOf reads an argument that is a sed expression, or notes what is wrong.
func (f *frame) sedOf(arg string) (s sed, ok bool) {
	v := f.args[arg]
	given := strings.TrimSpace(f.args.Text(arg))
	if len(given) < 4 || given[0] != 's' {
		f.wrong(v.Pos, "write s/pattern/replacement/g", "%q is no sed expression", given)
		return s, false
	}
	var parts []string
	delimiter, part := given[1], strings.Builder{}
	for i := 2; i < len(given); i++ {
		switch {
		case given[i] == '\\' && i+1 < len(given) && given[i+1] == delimiter:
			i++
			part.WriteByte(delimiter)
		case given[i] == '\\' && i+1 < len(given):
			part.WriteString(given[i : i+2])
			i++
		case given[i] == delimiter && len(parts) < 2:
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(given[i])
		}
	}
	if len(parts) != 2 {
		f.wrong(v.Pos, "write s/pattern/replacement/g", "the sed expression %q has no end", given)
		return s, false
	}
	s.pattern, s.replacement = parts[0], replacementOf(parts[1])
	for _, flag := range part.String() {
		switch flag {
		case 'g':
			s.global = true
		case 'i', 'I':
			s.fold = true
		default:
			f.wrong(v.Pos, "the flags are g and i", "unknown flag %q of the sed expression", flag)
			return s, false
		}
	}
	if s.fold {
		s.pattern = "(?i)" + s.pattern
	}
	return s, true
}

var backReference = regexp.MustCompile(`\\([0-9])`)

// replacementOf writes sed's back references \1 as Java's $1.
func replacementOf(s string) string { return backReference.ReplaceAllString(s, `$$$1`) }

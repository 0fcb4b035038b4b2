package sparksql

import (
	"regexp"
	"strings"
)

// regexDiffers says what in a pattern could mean one thing to Java, which Spark
// uses, and another to RE2, which DuckDB uses; "" is nothing. It knows a common
// subset and refuses the rest.
func regexDiffers(p string) string {
	if _, err := regexp.Compile(p); err != nil {
		return "what RE2 does not take (" + strings.TrimPrefix(err.Error(), "error parsing regexp: ") + ")"
	}
	class := false
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c >= 0x80:
			// A character beyond ASCII means itself to both.
		case c == '\\':
			i++
			// \s differs by the vertical tab; \b, \w and \d agree on ASCII.
			if i == len(p) || !strings.ContainsRune(`.\+*?()[]{}|^$/-dDwW`, rune(p[i])) {
				return "the escape \\" + p[min(i, len(p)-1):min(i+1, len(p))]
			}
		case class && c == '[':
			return "a class in a class"
		case class && c == '&' && strings.HasPrefix(p[i:], "&&"):
			return "an intersection of classes"
		case c == '[':
			class = true
			if strings.HasPrefix(p[i+1:], "]") || strings.HasPrefix(p[i+1:], "^]") {
				return "a class that begins with ]"
			}
		case c == ']':
			class = false
		case c == '(' && !class && strings.HasPrefix(p[i:], "(?") && !strings.HasPrefix(p[i:], "(?:"):
			return "a group that begins with (?"
		case c == '$' && !class:
			// Java's $ also matches before a last line break, RE2's does not.
			return "$"
		case c == '.' && !class:
			// Java's . leaves out four line breaks more than RE2's.
			return "." + " (write [^\\n] or a class)"
		}
	}
	return ""
}

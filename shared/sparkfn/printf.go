package sparkfn

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	// The kinds of the values, a letter each: s text, d a whole number, n a decimal (which Spark prints as text only), f a double, g a float, b a boolean.
	register(&Func{Name: "spark_format_string", Args: list(String, String, relation.ArrayOf(String)), Result: String, Call: formatString})
}

// A conversion of java.util.Formatter: %[n$][flags][width][.precision]verb.
var conversion = regexp.MustCompile(`%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])`)

func formatString(a []any) (any, error) {
	format, kinds, values := a[0].(string), a[1].(string), a[2].([]any)
	var b strings.Builder
	next, at := 0, 0
	for _, m := range conversion.FindAllStringSubmatchIndex(format, -1) {
		if i := strings.IndexByte(format[at:m[0]], '%'); i >= 0 {
			return nil, fmt.Errorf("format_string: %q has a %% that begins no conversion", format)
		}
		b.WriteString(format[at:m[0]])
		at = m[1]
		get := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return format[m[2*i]:m[2*i+1]]
		}
		verb := get(5)
		if (verb == "%" || verb == "n") && m[0]+2 != m[1] {
			return nil, fmt.Errorf("format_string: %s is not supported", format[m[0]:m[1]])
		} else if verb == "%" || verb == "n" {
			b.WriteString(map[string]string{"%": "%", "n": "\n"}[verb])
			continue
		}
		k := next
		if n, err := strconv.Atoi(get(1)); err == nil {
			k = n - 1
		} else {
			next++
		}
		if k < 0 || k >= len(values) {
			return nil, fmt.Errorf("format_string: %q has no value for %s", format, format[m[0]:m[1]])
		}
		width, _ := strconv.Atoi(get(3))
		if err := checkFlags(verb, get(2), get(3), get(4)); err != nil {
			return nil, fmt.Errorf("format_string: %s: %w", format[m[0]:m[1]], err)
		}
		s, err := formatOne(values[k], kinds[k], verb, get(2), get(4), width)
		if err != nil {
			return nil, fmt.Errorf("format_string: %s: %w", format[m[0]:m[1]], err)
		}
		if fill := width - utf8.RuneCountInString(s); fill > 0 && strings.Contains(get(2), "-") {
			s += strings.Repeat(" ", fill)
		} else if fill > 0 {
			s = strings.Repeat(" ", fill) + s
		}
		b.WriteString(s)
	}
	if strings.IndexByte(format[at:], '%') >= 0 {
		return nil, fmt.Errorf("format_string: %q has a %% that begins no conversion", format)
	}
	return b.String() + format[at:], nil
}

// checkFlags finds what Java throws at.
func checkFlags(verb, flags, width, precision string) error {
	may := ""
	switch verb {
	case "d", "f":
		may = "-+ 0,("
	case "x", "X", "o":
		may = "-0"
	default:
		may = "-"
	}
	both := func(two string) bool { return strings.Contains(flags, two[:1]) && strings.Contains(flags, two[1:]) }
	switch {
	case strings.Trim(flags, may) != "":
		return fmt.Errorf("its flags are not supported")
	case width == "" && strings.ContainsAny(flags, "-0"), both("-0"), both("+ "):
		return fmt.Errorf("its flags do not go together")
	case precision != "" && strings.Contains("dxXoc", verb):
		return fmt.Errorf("it can have no precision")
	}
	return nil
}

// atMost is the text's first characters, as many as the precision allows.
func atMost(text, precision string) string {
	if n, err := strconv.Atoi(precision); err == nil && n < utf8.RuneCountInString(text) {
		return string([]rune(text)[:n])
	}
	return text
}

func formatOne(v any, kind byte, verb, flags, precision string, width int) (string, error) {
	text, ok := v.(string)
	upper := func(s string) string {
		if verb == strings.ToUpper(verb) {
			return strings.ToUpper(s)
		}
		return s
	}
	switch strings.ToLower(verb) {
	case "s":
		if !ok {
			text = "null"
		}
		return upper(atMost(text, precision)), nil
	case "b":
		if kind != 'b' && ok {
			text = "true"
		} else if !ok {
			text = "false"
		}
		return upper(atMost(text, precision)), nil
	}
	if !ok {
		return upper(atMost("null", precision)), nil // of %.2f, which is text then, Java shows nu
	}
	switch verb {
	case "d":
		if kind != 'd' {
			return "", fmt.Errorf("the value is no whole number")
		}
		return signedNumber(text, "", flags, width), nil
	case "x", "X", "o":
		n, err := strconv.ParseInt(text, 10, 64)
		if kind != 'd' || err != nil {
			return "", fmt.Errorf("the value is no whole number")
		}
		base := map[string]int{"x": 16, "X": 16, "o": 8}[verb]
		s := strconv.FormatUint(uint64(n), base)
		if n < 0 && n >= math.MinInt32 {
			return "", fmt.Errorf("a negative number is not supported")
		}
		if fill := width - len(s); fill > 0 && strings.Contains(flags, "0") {
			s = strings.Repeat("0", fill) + s
		}
		return upper(s), nil
	case "c":
		n, err := strconv.Atoi(text)
		if kind != 'd' || err != nil {
			return "", fmt.Errorf("the value is no character")
		}
		return string(rune(n)), nil
	case "f":
		if kind == 'g' { // Java makes a double of it
			if x, err := strconv.ParseFloat(text, 32); err == nil && !math.IsInf(x, 0) && !math.IsNaN(x) {
				text = strconv.FormatFloat(x, 'g', -1, 64)
			}
		} else if kind != 'f' {
			return "", fmt.Errorf("the value is no double: cast it") // Spark's own decimals fail here
		}
		places := 6
		if precision != "" {
			places, _ = strconv.Atoi(precision)
		}
		r, ok := new(big.Rat).SetString(text)
		if !ok { // NaN and the infinities
			if strings.Trim(flags, "-") != "" {
				return "", fmt.Errorf("flags of %s are not supported", text)
			}
			return text, nil
		}
		digits := r.FloatString(places) // half up, as Java rounds the printed digits
		if strings.HasPrefix(text, "-") && !strings.HasPrefix(digits, "-") {
			digits = "-" + digits
		}
		whole, fraction, _ := strings.Cut(digits, ".")
		return signedNumber(whole, fraction, flags, width), nil
	}
	return "", fmt.Errorf("%%%s is not supported", verb)
}

// signedNumber puts sign, commas and zeros to digits.
func signedNumber(whole, fraction, flags string, width int) string {
	negative := strings.HasPrefix(whole, "-")
	whole = strings.TrimPrefix(whole, "-")
	if strings.Contains(flags, ",") {
		var b strings.Builder
		for i, c := range whole {
			if i > 0 && (len(whole)-i)%3 == 0 {
				b.WriteByte(',')
			}
			b.WriteRune(c)
		}
		whole = b.String()
	}
	s := whole
	if fraction != "" {
		s += "." + fraction
	}
	sign, end := "", ""
	switch {
	case negative && strings.Contains(flags, "("):
		sign, end = "(", ")"
	case negative:
		sign = "-"
	case strings.Contains(flags, "+"):
		sign = "+"
	case strings.Contains(flags, " "):
		sign = " "
	}
	if fill := width - len(sign) - len(s) - len(end); fill > 0 && strings.Contains(flags, "0") {
		s = strings.Repeat("0", fill) + s
	}
	return sign + s + end
}

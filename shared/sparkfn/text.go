package sparkfn

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	register(
		&Func{Name: "spark_array_join", Args: list(relation.ArrayOf(String), String), Result: String, Call: func(a []any) (any, error) {
			var parts []string
			for _, v := range a[0].([]any) {
				if s, ok := v.(string); ok {
					parts = append(parts, s)
				}
			}
			return strings.Join(parts, a[1].(string)), nil
		}},
		&Func{Name: "spark_initcap", Args: list(String), Result: String, Call: func(a []any) (any, error) { return initcap(a[0].(string)), nil }},
		&Func{Name: "spark_base64", Args: list(Binary), Result: String, Call: func(a []any) (any, error) { return mime(a[0].([]byte)), nil }},
		&Func{Name: "spark_unbase64", Args: list(String), Result: Binary, Call: func(a []any) (any, error) { return unmime(a[0].(string)) }},
		&Func{Name: "spark_locate", Args: list(String, String, Int), Result: Int, Call: func(a []any) (any, error) {
			return locate(a[0].(string), a[1].(string), int(a[2].(int32))), nil
		}},
		&Func{Name: "spark_substring_index", Args: list(String, String, Int), Result: String, Call: func(a []any) (any, error) {
			return substringIndex(a[0].(string), a[1].(string), int(a[2].(int32))), nil
		}},
		&Func{Name: "spark_split_part", Args: list(String, String, Int), Result: String, Call: splitPart},
		&Func{Name: "spark_pad", Args: list(String, Int, String, Bool), Result: String, Call: func(a []any) (any, error) {
			return pad(a[0].(string), int(a[1].(int32)), a[2].(string), a[3].(bool)), nil
		}},
		&Func{Name: "spark_translate", Args: list(String, String, String), Result: String, Call: func(a []any) (any, error) {
			return translate(a[0].(string), a[1].(string), a[2].(string)), nil
		}},
		&Func{Name: "spark_reverse", Args: list(String), Result: String, Call: func(a []any) (any, error) {
			r := []rune(a[0].(string))
			for i, k := 0, len(r)-1; i < k; i, k = i+1, k-1 {
				r[i], r[k] = r[k], r[i]
			}
			return string(r), nil
		}},
		&Func{Name: "spark_format_number", Args: list(String, Int), Result: String, Call: func(a []any) (any, error) {
			return formatNumber(a[0].(string), nil, int(a[1].(int32)))
		}},
		&Func{Name: "spark_format_double", Args: list(Double, Int), Result: String, Call: func(a []any) (any, error) {
			return formatNumber(FormatDouble(a[0].(float64)), new(big.Rat).SetFloat64(a[0].(float64)), int(a[1].(int32)))
		}},
		&Func{Name: "spark_sha224", Args: list(Binary), Result: String, Call: func(a []any) (any, error) {
			sum := sha256.Sum224(a[0].([]byte))
			return hex.EncodeToString(sum[:]), nil
		}},
		&Func{Name: "spark_crc32", Args: list(Binary), Result: Long, Call: func(a []any) (any, error) { return int64(crc32.ChecksumIEEE(a[0].([]byte))), nil }},
		&Func{Name: "spark_levenshtein", Args: list(String, String, Int), Result: Int, Call: func(a []any) (any, error) {
			d := levenshtein([]rune(a[0].(string)), []rune(a[1].(string)))
			if most := int(a[2].(int32)); most >= 0 && d > most {
				d = -1
			}
			return int32(d), nil
		}},
		&Func{Name: "spark_soundex", Args: list(String), Result: String, Call: func(a []any) (any, error) { return soundex(a[0].(string)), nil }},
		&Func{Name: "spark_find_in_set", Args: list(String, String), Result: Int, Call: func(a []any) (any, error) {
			if strings.Contains(a[0].(string), ",") {
				return int32(0), nil
			}
			for i, s := range strings.Split(a[1].(string), ",") {
				if s == a[0] {
					return int32(i) + 1, nil
				}
			}
			return int32(0), nil
		}},
		&Func{Name: "spark_overlay", Args: list(String, String, Int, Int), Result: String, Call: func(a []any) (any, error) {
			return overlay(a[0].(string), a[1].(string), int(a[2].(int32)), int(a[3].(int32))), nil
		}},
		&Func{Name: "spark_upper", Args: list(String), Result: String, Call: func(a []any) (any, error) { return javaUpper(a[0].(string)), nil }},
		&Func{Name: "spark_lower", Args: list(String), Result: String, Call: func(a []any) (any, error) { return javaLower(a[0].(string)), nil }},
		&Func{Name: "spark_luhn_check", Args: list(String), Result: Bool, Call: func(a []any) (any, error) { return luhn(a[0].(string)), nil }},
		&Func{Name: "spark_mask", Args: list(String, String, String, String, String), Result: String, Nulls: true, Call: mask},
		&Func{Name: "spark_chr", Args: list(Long), Result: String, Call: func(a []any) (any, error) {
			n := a[0].(int64)
			if n < 0 {
				return "", nil
			}
			return string(rune(n & 0xff)), nil
		}},
	)
}

// initcap writes each word, as blanks cut them, with a capital.
func initcap(s string) string {
	var b strings.Builder
	start := true
	for _, r := range javaLower(s) {
		if start {
			r = unicode.ToTitle(r)
		}
		b.WriteRune(r)
		start = r == ' '
	}
	return b.String()
}

// mime is base64 in lines of 76 characters, as Java's MIME encoder makes them.
func mime(b []byte) string {
	s := base64.StdEncoding.EncodeToString(b)
	var out strings.Builder
	for len(s) > 76 {
		out.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	return out.String() + s
}

// unmime passes over what is no digit of base64, as Java's MIME decoder does.
func unmime(s string) (any, error) {
	digits := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '/' {
			return r
		}
		if r == '=' {
			return r
		}
		return -1
	}, s)
	if i := strings.IndexByte(digits, '='); i >= 0 {
		digits = digits[:i]
	}
	if len(digits)%4 == 1 {
		return nil, fmt.Errorf("unbase64: the text has one digit too many")
	}
	return base64.RawStdEncoding.DecodeString(digits)
}

func locate(sub, s string, from int) int32 {
	if from < 1 {
		return 0
	}
	if sub == "" {
		return 1 // wherever it begins
	}
	runes := []rune(s)
	if from > len(runes) {
		return 0
	}
	i := strings.Index(string(runes[from-1:]), sub)
	if i < 0 {
		return 0
	}
	return int32(from + utf8.RuneCountInString(string(runes[from-1:])[:i]))
}

func substringIndex(s, delimiter string, count int) string {
	if delimiter == "" || count == 0 {
		return ""
	}
	if count > 0 {
		at := -1
		for range count {
			from := at + 1 // Spark looks on from the next byte, not after the delimiter
			i := strings.Index(s[min(from, len(s)):], delimiter)
			if i < 0 {
				return s
			}
			at = from + i
		}
		return s[:at]
	}
	at := len(s) - len(delimiter) + 1
	for range -count {
		if at > 0 {
			at = strings.LastIndex(s[:min(at-1+len(delimiter), len(s))], delimiter)
		} else {
			at = -1
		}
		if at < 0 {
			return s
		}
	}
	return s[at+len(delimiter):]
}

func splitPart(a []any) (any, error) {
	s, delimiter, n := a[0].(string), a[1].(string), int(a[2].(int32))
	if n == 0 {
		return nil, fmt.Errorf("split_part: the part is 0, and parts count from 1")
	}
	parts := []string{s}
	if delimiter != "" {
		parts = strings.Split(s, delimiter)
	}
	if n < 0 {
		n += len(parts) + 1
	}
	if n < 1 || n > len(parts) {
		return "", nil
	}
	return parts[n-1], nil
}

func pad(s string, n int, with string, left bool) string {
	runes, fill := []rune(s), []rune(with)
	if n <= 0 {
		return ""
	}
	if n <= len(runes) || len(fill) == 0 {
		return string(runes[:min(n, len(runes))])
	}
	more := make([]rune, n-len(runes))
	for i := range more {
		more[i] = fill[i%len(fill)]
	}
	if left {
		return string(more) + s
	}
	return s + string(more)
}

func translate(s, from, to string) string {
	target := []rune(to)
	table := map[rune]int{}
	for i, r := range []rune(from) {
		if _, there := table[r]; !there {
			table[r] = i
		}
	}
	return strings.Map(func(r rune) rune {
		i, there := table[r]
		switch {
		case !there:
			return r
		case i < len(target):
			return target[i]
		}
		return -1
	}, s)
}

// formatNumber writes a number that is given by its digits with places after the
// point, rounded half to even, and commas between thousands.
func formatNumber(digits string, exact *big.Rat, places int) (any, error) {
	if places < 0 {
		return nil, nil
	}
	switch digits {
	case "NaN":
		return "NaN", nil
	case "Infinity":
		return "∞", nil
	case "-Infinity":
		return "-∞", nil
	}
	r, ok := new(big.Rat).SetString(digits)
	if !ok {
		return nil, fmt.Errorf("format_number: %q is no number", digits)
	}
	negative := strings.HasPrefix(digits, "-")
	scaled := new(big.Rat).Mul(new(big.Rat).Abs(r), new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)))
	n, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	c := new(big.Int).Lsh(rest, 1).Cmp(scaled.Denom())
	if c == 0 && exact != nil { // the digits are halfway, and the double may not be
		c = new(big.Rat).Abs(exact).Cmp(new(big.Rat).Abs(r))
	}
	if c > 0 || c == 0 && n.Bit(0) == 1 {
		n.Add(n, big.NewInt(1))
	}
	s := n.String()
	for len(s) <= places {
		s = "0" + s
	}
	whole, fraction := s[:len(s)-places], s[len(s)-places:]
	var b strings.Builder
	if negative {
		b.WriteByte('-')
	}
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if places > 0 {
		b.WriteString("." + fraction)
	}
	return b.String(), nil
}

func levenshtein(a, b []rune) int {
	row := make([]int, len(b)+1)
	for i := range row {
		row[i] = i
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for k := range b {
			change := diagonal
			if a[i] != b[k] {
				change++
			}
			diagonal = row[k+1]
			row[k+1] = min(change, row[k]+1, row[k+1]+1)
		}
	}
	return row[len(b)]
}

// soundexCodes are the digits of the letters; 7 is passed over like a vowel that
// does not part equal digits.
const soundexCodes = "01230127022455012623017202"

func soundex(s string) string {
	if s == "" || !(s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z') {
		return s
	}
	code := func(c byte) byte {
		if c >= 'a' && c <= 'z' {
			c -= 32
		}
		if c < 'A' || c > 'Z' {
			return 0
		}
		return soundexCodes[c-'A']
	}
	out := []byte{strings.ToUpper(s[:1])[0], '0', '0', '0'}
	last, n := code(s[0]), 1
	for i := 1; i < len(s) && n < 4; i++ {
		c := code(s[i])
		switch {
		case c == 0 || s[i] >= 0x80:
			last = '0'
		case c == '7':
		default:
			if c != '0' && c != last {
				out[n] = c
				n++
			}
			last = c
		}
	}
	return string(out)
}

func overlay(s, with string, at, length int) string {
	runes := []rune(s)
	if length < 0 {
		length = utf8.RuneCountInString(with)
	}
	return substringSQL(runes, 1, at-1) + with + substringSQL(runes, at+length, 1<<30)
}

// substringSQL is Spark's substring, whose positions before the first count.
func substringSQL(s []rune, at, length int) string {
	if length <= 0 {
		return ""
	}
	start := 0
	if at > 0 {
		start = at - 1
	} else if at < 0 {
		start = len(s) + at
	}
	end := min(start+length, len(s))
	start = max(start, 0)
	if start >= end {
		return ""
	}
	return string(s[start:end])
}

// javaUpper and javaLower map letters as Java does in the root locale: some to
// several, sigma by its place.
func javaUpper(s string) string {
	s = strings.Map(unicode.ToUpper, strings.NewReplacer("ß", "SS", "ŉ", "ʼN", "ǰ", "J̌", "ΐ", "Ϊ́", "ΰ", "Ϋ́", "և", "ԵՒ", "ẖ", "H̱", "ẗ", "T̈", "ẘ", "W̊", "ẙ", "Y̊", "ẚ", "Aʾ",
		"ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST", "ﬆ", "ST").Replace(s))
	return s
}

func javaLower(s string) string {
	if !strings.ContainsAny(s, "İΣ") {
		return strings.Map(unicode.ToLower, s)
	}
	runes := []rune(s)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case r == 'İ':
			b.WriteString("i̇")
		case r == 'Σ' && i > 0 && unicode.IsLetter(runes[i-1]) && (i+1 == len(runes) || !unicode.IsLetter(runes[i+1])):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func luhn(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		d := int(s[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return s != "" && sum%10 == 0
}

// mask replaces letters and digits; a replacement that is NULL leaves its kind.
func mask(a []any) (any, error) {
	s, ok := a[0].(string)
	if !ok {
		return nil, nil
	}
	with := func(i int, r rune) rune {
		if m, ok := a[i].(string); ok && m != "" {
			c, _ := utf8.DecodeRuneInString(m)
			return c
		}
		return r
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsUpper(r):
			return with(1, r)
		case unicode.IsLower(r):
			return with(2, r)
		case unicode.IsDigit(r):
			return with(3, r)
		}
		return with(4, r)
	}, s), nil
}

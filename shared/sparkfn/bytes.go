package sparkfn

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
)

func init() {
	register(
		&Func{Name: "spark_to_binary", Args: list(String, String, Bool), Result: Binary, Call: func(a []any) (any, error) {
			b, err := toBinary(a[0].(string), strings.ToLower(a[1].(string)))
			if err != nil && a[2].(bool) {
				return nil, nil
			}
			return b, err
		}},
		&Func{Name: "spark_substring_binary", Args: list(Binary, Int, Int), Result: Binary, Call: func(a []any) (any, error) {
			return substringBinary(a[0].([]byte), int64(a[1].(int32)), int64(a[2].(int32))), nil
		}},
		&Func{Name: "spark_overlay_binary", Args: list(Binary, Binary, Int, Int), Result: Binary, Call: func(a []any) (any, error) {
			b, with, at, n := a[0].([]byte), a[1].([]byte), int64(a[2].(int32)), int64(a[3].(int32))
			if n < 0 {
				n = int64(len(with))
			}
			head, rest := substringBinary(b, 1, at-1), substringBinary(b, at+n, math.MaxInt32)
			return slices.Concat(head, with, rest), nil
		}},
		&Func{Name: "spark_contains_binary", Args: list(Binary, Binary), Result: Bool, Call: func(a []any) (any, error) {
			return bytes.Contains(a[0].([]byte), a[1].([]byte)), nil
		}},
		&Func{Name: "spark_pad_binary", Args: list(Binary, Int, Binary, Bool), Result: Binary, Call: func(a []any) (any, error) {
			return padBinary(a[0].([]byte), int(a[1].(int32)), a[2].([]byte), a[3].(bool)), nil
		}},
	)
}

// blanks are what base64 may be interrupted by, before its padding.
const blanks = " \t\r\n\v\f"

// toBinary reads bytes that are written as hex digits, in base64, or are a text's own.
func toBinary(s, format string) (any, error) {
	switch format {
	case "hex":
		if len(s)%2 == 1 {
			s = "0" + s
		}
		b, err := hex.DecodeString(s)
		if err != nil {
			return nil, fmt.Errorf("to_binary: %q is no hexadecimal text", s)
		}
		return b, nil
	case "utf-8", "utf8":
		return []byte(s), nil
	case "base64":
		if i := strings.IndexByte(s, '='); i >= 0 && strings.ContainsAny(s[i:], blanks) {
			return nil, fmt.Errorf("to_binary: %q is no base64", s)
		}
		plain := strings.Map(func(r rune) rune {
			if strings.ContainsRune(blanks, r) {
				return -1
			}
			return r
		}, s)
		b, err := base64.StdEncoding.DecodeString(plain)
		if err != nil {
			if b, err = base64.RawStdEncoding.DecodeString(plain); err != nil || strings.Contains(plain, "=") {
				return nil, fmt.Errorf("to_binary: %q is no base64", s)
			}
		}
		return b, nil
	}
	return nil, fmt.Errorf("to_binary: the format %q is none of hex, utf-8 and base64", format)
}

func padBinary(b []byte, n int, with []byte, left bool) []byte {
	if n <= 0 {
		return []byte{}
	}
	if n <= len(b) || len(with) == 0 {
		return append([]byte{}, b[:min(n, len(b))]...)
	}
	more := make([]byte, n-len(b))
	for i := range more {
		more[i] = with[i%len(with)]
	}
	if left {
		return append(more, b...)
	}
	return append(append([]byte{}, b...), more...)
}

// substringBinary counts from 1, or from the end where at is negative; 0 is 1.
func substringBinary(b []byte, at, n int64) []byte {
	size := int64(len(b))
	start := int64(0)
	switch {
	case at > 0:
		start = at - 1
	case at < 0:
		start = size + at
	}
	end := start + n
	if int64(int32(size)-int32(start)) < n { // as Java subtracts: it may come round
		end = size
	}
	start = max(start, 0)
	if start >= end {
		return []byte{}
	}
	return slices.Clone(b[start:end])
}

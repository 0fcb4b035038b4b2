package sparkfn

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

func init() {
	register(
		&Func{Name: "spark_encode", Args: list(String, String), Result: Binary, Call: func(a []any) (any, error) {
			return encode(a[0].(string), a[1].(string))
		}},
		&Func{Name: "spark_decode", Args: list(Binary, String), Result: String, Call: func(a []any) (any, error) {
			return decode(a[0].([]byte), a[1].(string))
		}},
	)
}

// HasCharset reports whether encode and decode know a charset.
func HasCharset(name string) bool {
	switch strings.ToUpper(name) {
	case "US-ASCII", "ISO-8859-1", "UTF-8", "UTF-16BE", "UTF-16LE", "UTF-16":
		return true
	}
	return false
}

// encode writes ? for what a charset has not, as Java does.
func encode(s, charset string) (any, error) {
	switch charset = strings.ToUpper(charset); charset {
	case "UTF-8":
		return []byte(s), nil
	case "US-ASCII", "ISO-8859-1":
		last := rune(0xff)
		if charset == "US-ASCII" {
			last = 0x7f
		}
		b := []byte{}
		for _, r := range s {
			if r > last {
				r = '?'
			}
			b = append(b, byte(r))
		}
		return b, nil
	case "UTF-16BE":
		return utf16Bytes(s, binary.BigEndian), nil
	case "UTF-16LE":
		return utf16Bytes(s, binary.LittleEndian), nil
	case "UTF-16": // begins with a mark of its order, if there is anything
		if s == "" {
			return []byte{}, nil
		}
		return utf16Bytes("\uFEFF"+s, binary.BigEndian), nil
	}
	return nil, fmt.Errorf("encode: the charset %s is not known", charset)
}

func utf16Bytes(s string, order binary.AppendByteOrder) []byte {
	b := []byte{}
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

// decode fails where the bytes are none of the charset.
func decode(b []byte, charset string) (any, error) {
	var order binary.ByteOrder = binary.BigEndian
	switch charset = strings.ToUpper(charset); charset {
	case "UTF-8":
		if !utf8.Valid(b) {
			return nil, fmt.Errorf("decode: the bytes are not of the charset %s", charset)
		}
		return string(b), nil
	case "US-ASCII", "ISO-8859-1":
		var s strings.Builder
		for _, c := range b {
			if c > 0x7f && charset == "US-ASCII" {
				s.WriteRune(utf8.RuneError)
				continue
			}
			s.WriteRune(rune(c))
		}
		return s.String(), nil
	case "UTF-16":
		if len(b) > 1 && b[0] == 0xff && b[1] == 0xfe {
			order, b = binary.LittleEndian, b[2:]
		} else if len(b) > 1 && b[0] == 0xfe && b[1] == 0xff {
			b = b[2:]
		}
	case "UTF-16LE":
		order = binary.LittleEndian
	}
	var units []uint16
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, order.Uint16(b[i:]))
	}
	runes := utf16.Decode(units)
	for _, r := range runes {
		if len(b)%2 == 1 || r == utf8.RuneError {
			return nil, fmt.Errorf("decode: the bytes are not of the charset %s", charset)
		}
	}
	if len(b) == 1 {
		return nil, fmt.Errorf("decode: the bytes are not of the charset %s", charset)
	}
	return string(runes), nil
}

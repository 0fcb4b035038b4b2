package sparkcsv

import (
	"io"
	"unicode/utf8"
)

// replaced returns s with what is no UTF-8 replaced as Java does it: one U+FFFD
// for each longest beginning of a character, one for each surrogate.
func replaced(dst, s []byte) []byte {
	for len(s) > 0 {
		r, size := utf8.DecodeRune(s)
		if r == utf8.RuneError && size == 1 {
			size = malformed(s)
		}
		if r == utf8.RuneError {
			dst = append(dst, "\uFFFD"...)
		} else {
			dst = append(dst, s[:size]...)
		}
		s = s[size:]
	}
	return dst
}

// malformed returns how many bytes of s, which does not begin with a
// character, Java's decoder replaces by one.
func malformed(s []byte) int {
	cont := func(i int, lo, hi byte) bool { return i < len(s) && s[i] >= lo && s[i] <= hi }
	switch c := s[0]; {
	case c >= 0xE0 && c <= 0xEF:
		lo := byte(0x80)
		if c == 0xE0 {
			lo = 0xA0
		}
		if !cont(1, lo, 0xBF) {
			return 1
		}
		if c == 0xED && s[1] >= 0xA0 && cont(2, 0x80, 0xBF) {
			return 3 // a surrogate, whole
		}
		return 2
	case c >= 0xF0 && c <= 0xF4:
		lo, hi := byte(0x80), byte(0xBF)
		if c == 0xF0 {
			lo = 0x90
		} else if c == 0xF4 {
			hi = 0x8F
		}
		if !cont(1, lo, hi) {
			return 1
		}
		if !cont(2, 0x80, 0xBF) {
			return 2
		}
		return 3
	}
	return 1
}

// A widening reader makes UTF-8 of a text with one byte a character.
type widening struct {
	r     io.Reader
	ascii bool // bytes beyond ASCII mean nothing, rather than Latin 1
	buf   [16 << 10]byte
}

func (w *widening) Read(p []byte) (int, error) {
	if len(p) < 3 {
		return 0, io.ErrShortBuffer
	}
	n, err := w.r.Read(w.buf[:min(len(w.buf), len(p)/3)])
	out := p[:0]
	for _, c := range w.buf[:n] {
		switch {
		case c < utf8.RuneSelf:
			out = append(out, c)
		case w.ascii:
			out = append(out, "\uFFFD"...)
		default:
			out = utf8.AppendRune(out, rune(c))
		}
	}
	return len(out), err
}

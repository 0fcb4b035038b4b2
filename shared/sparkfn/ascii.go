package sparkfn

import "unicode"

// asciiDigits replaces the digits of other scripts by ASCII's, as Java reads them.
func asciiDigits(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			out := []rune(s)
			for j, r := range out {
				if r >= 0x80 && unicode.Is(unicode.Nd, r) {
					out[j] = '0' + digitValue(r)
				}
			}
			return string(out)
		}
	}
	return s
}

// digitValue: the decimal digits of every script stand in runs of ten.
func digitValue(r rune) rune {
	n := rune(0)
	for unicode.Is(unicode.Nd, r-n-1) {
		n++
	}
	return n % 10
}

package sparkfn

import (
	"math/big"
	"strings"
)

// twosComplement is a decimal's unscaled value as Java's BigInteger.toByteArray
// gives it: big-endian, as short as the sign allows.
func twosComplement(digits string) []byte {
	n, _ := new(big.Int).SetString(strings.Replace(digits, ".", "", 1), 10)
	if n == nil {
		return nil
	}
	if n.Sign() >= 0 {
		b := n.Bytes()
		if len(b) == 0 || b[0] >= 0x80 {
			b = append([]byte{0}, b...)
		}
		return b
	}
	length := len(new(big.Int).Not(n).Bytes())
	if length == 0 {
		length = 1
	}
	if top := new(big.Int).Not(n).Bytes(); len(top) > 0 && top[0] >= 0x80 {
		length++
	}
	m := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), uint(8*length)), n)
	b := m.Bytes()
	for len(b) < length {
		b = append([]byte{0xff}, b...)
	}
	return b
}

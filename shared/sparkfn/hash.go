package sparkfn

import (
	"crypto/sha512"
	"encoding/hex"
)

func init() {
	register(
		&Func{Name: "spark_sha384", Args: list(Binary), Result: String, Call: func(a []any) (any, error) {
			sum := sha512.Sum384(a[0].([]byte))
			return hex.EncodeToString(sum[:]), nil
		}},
		&Func{Name: "spark_sha512", Args: list(Binary), Result: String, Call: func(a []any) (any, error) {
			sum := sha512.Sum512(a[0].([]byte))
			return hex.EncodeToString(sum[:]), nil
		}},
	)
}

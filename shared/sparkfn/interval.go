package sparkfn

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

var errSpan = errors.New("an interval beyond its range")

func init() {
	register(
		&Func{Name: "spark_interval_text", Args: list(Long, String), Result: String, Call: func(a []any) (any, error) {
			return sparktime.IntervalText(a[0].(int64), IntervalType(a[1].(string))), nil
		}},
		&Func{Name: "spark_to_interval", Args: list(String, String), Result: Long, Call: func(a []any) (any, error) {
			n, ok := sparktime.ParseInterval(a[0].(string), IntervalType(a[1].(string)))
			if !ok {
				return nil, fmt.Errorf("%q is no %s", a[0], a[1])
			}
			return n, nil
		}},
		&Func{Name: "spark_span_scale", Args: list(Long, Double, Bool), Result: Long, Call: func(a []any) (any, error) {
			return rounded(float64(a[0].(int64))*a[1].(float64), a[2].(bool))
		}},
		&Func{Name: "spark_span_split", Args: list(Long, Double, Bool), Result: Long, Call: func(a []any) (any, error) {
			if a[1].(float64) == 0 {
				return nil, errors.New("an interval divided by zero")
			}
			return rounded(float64(a[0].(int64))/a[1].(float64), a[2].(bool))
		}},
		&Func{Name: "spark_span_times", Args: list(Long, String, Bool), Result: Long, Call: func(a []any) (any, error) {
			x, ok := new(big.Rat).SetString(a[1].(string))
			if !ok {
				return nil, errSpan
			}
			return spanHalfUp(x.Mul(x, new(big.Rat).SetInt64(a[0].(int64))), a[2].(bool))
		}},
		&Func{Name: "spark_span_over", Args: list(Long, String, Bool), Result: Long, Call: func(a []any) (any, error) {
			x, ok := new(big.Rat).SetString(a[1].(string))
			if !ok || x.Sign() == 0 {
				return nil, errors.New("an interval divided by zero")
			}
			return spanHalfUp(x.Quo(new(big.Rat).SetInt64(a[0].(int64)), x), a[2].(bool))
		}},
	)
}

// IntervalType is the type that simpleString calls so: interval day to second.
func IntervalType(name string) relation.Type {
	units := map[string]relation.Unit{}
	for u := relation.Year; u <= relation.Second; u++ {
		units[u.String()] = u
	}
	words := strings.Fields(name)
	return relation.IntervalOf(units[words[1]], units[words[len(words)-1]])
}

// rounded is x as the count of an interval, halves rounded away from zero.
func rounded(x float64, months bool) (any, error) {
	low, high := float64(math.MinInt64), float64(1<<63)
	if months {
		low, high = math.MinInt32, 1<<31
	}
	x = math.Round(x)
	if math.IsNaN(x) || x < low || x >= high {
		return nil, errSpan
	}
	return int64(x), nil
}

// spanHalfUp is x as the count of an interval, halves rounded away from zero.
func spanHalfUp(x *big.Rat, months bool) (any, error) {
	n := new(big.Int).Mul(new(big.Int).Abs(x.Num()), big.NewInt(2))
	n.Add(n, x.Denom())
	n.Quo(n, new(big.Int).Mul(x.Denom(), big.NewInt(2)))
	if x.Sign() < 0 {
		n.Neg(n)
	}
	if !n.IsInt64() || months && (n.Int64() < math.MinInt32 || n.Int64() > math.MaxInt32) {
		return nil, errSpan
	}
	return n.Int64(), nil
}

package sparkfn

import (
	"math"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	doubles := relation.ArrayOf(Double)
	register(
		&Func{Name: "spark_moment", Args: list(String, doubles), Result: Double, Nulls: true, Call: higherMoment},
		&Func{Name: "spark_pair", Args: list(String, doubles, doubles), Result: Double, Nulls: true, Call: pair},
	)
}

// higherMoment is a variance, skewness or kurtosis of the values in their order:
// moments are updated by each, as the last digits of Spark's come about.
func higherMoment(args []any) (any, error) {
	values, _ := args[1].([]any)
	var n, mean, m2, m3, m4 float64
	for _, v := range values {
		x := v.(float64)
		n++
		delta := x - mean
		part := delta / n
		mean += part
		square, partSquare := delta*delta, part*part
		new2 := m2 + delta*(delta-part)
		new3 := m3 - 3*part*new2 + delta*(square-partSquare)
		m4 = m4 - 4*part*new3 - 6*partSquare*new2 + delta*(delta*square-part*partSquare)
		m2, m3 = new2, new3
	}
	if n == 0 {
		return nil, nil
	}
	switch args[0] {
	case "var_pop":
		return m2 / n, nil
	case "var_samp":
		return ratio(m2, n-1), nil
	case "stddev_pop":
		return math.Sqrt(m2 / n), nil
	case "stddev_samp":
		if n == 1 {
			return nil, nil
		}
		return math.Sqrt(m2 / (n - 1)), nil
	}
	switch {
	case m2 == 0:
		return nil, nil
	case args[0] == "skewness":
		return math.Sqrt(n) * m3 / math.Sqrt(m2*m2*m2), nil
	}
	return n*m4/(m2*m2) - 3, nil
}

// pair is a statistic of two columns, y and x.
func pair(args []any) (any, error) {
	ys, _ := args[1].([]any)
	xs, _ := args[2].([]any)
	var n, meanX, meanY, both, squareX, squareY float64
	for i := range ys {
		y, x := ys[i].(float64), xs[i].(float64)
		n++
		dx, dy := x-meanX, y-meanY
		meanX += dx / n
		meanY += dy / n
		both += dx * (y - meanY)
		squareX += dx * (x - meanX)
		squareY += dy * (y - meanY)
	}
	if n == 0 {
		return nil, nil
	}
	switch name := args[0].(string); name {
	case "covar_pop":
		return both / n, nil
	case "covar_samp":
		return ratio(both, n-1), nil
	case "corr":
		if n == 1 {
			return nil, nil
		}
		return ratio(both, math.Sqrt(squareX*squareY)), nil
	case "regr_sxx":
		return squareX, nil
	case "regr_syy":
		return squareY, nil
	case "regr_sxy":
		return both, nil
	case "regr_slope":
		return ratio(both, squareX), nil
	case "regr_intercept":
		if squareX == 0 {
			return nil, nil
		}
		return meanY - both/squareX*meanX, nil
	}
	// regr_r2
	if squareY == 0 {
		return nil, nil
	}
	if squareX == 0 {
		return 1.0, nil
	}
	c := both / math.Sqrt(squareX*squareY)
	return c * c, nil
}

// ratio is a quotient, and NULL where the divisor is zero.
func ratio(a, b float64) any {
	if b == 0 {
		return nil
	}
	return a / b
}

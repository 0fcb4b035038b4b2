//go:build !windows

package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// table prints the figures in a form that Markdown takes as it is, and reports
// the bounds that do not hold.
func table(w io.Writer, figures []Figure) error {
	width := 0
	for _, f := range figures {
		width = max(width, utf8.RuneCountInString(f.Name))
	}
	fmt.Fprintf(w, "| %-*s | %10s | %6s |\n|%s|%s:|%s:|\n", width, "", "measured", "bound", strings.Repeat("-", width+2), strings.Repeat("-", 11), strings.Repeat("-", 7))
	var broken []string
	for _, f := range figures {
		bound := ""
		if f.Bound > 0 {
			bound = fmt.Sprintf("%g", f.Bound)
			if f.Value > f.Bound {
				broken = append(broken, f.Name)
			}
		}
		fmt.Fprintf(w, "| %-*s | %10s | %6s |\n", width, f.Name, strings.TrimSpace(number(f.Value)+" "+f.Unit), bound)
	}
	if broken != nil {
		return fmt.Errorf("over its bound: %s", strings.Join(broken, "; "))
	}
	return nil
}

// number has three digits or more that mean something.
func number(x float64) string {
	switch {
	case x == float64(int64(x)), x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

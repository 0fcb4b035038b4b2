package sparksql

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStatements(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []Statement
	}{
		{"", nil},
		{"-- nothing;\n /* nor ; here /* nor */ ; */ ;;", nil},
		{"SELECT 1;\n-- two\nSELECT 2", []Statement{{"SELECT 1", 0}, {"SELECT 2", 17}}},
		{"SELECT ';' ; x", []Statement{{"SELECT ';'", 0}, {"x", 13}}},
		{`SELECT 'a\';b', "c;""d", ` + "`e;``f`" + ` -- ;` + "\n, 1;y", []Statement{{`SELECT 'a\';b', "c;""d", ` + "`e;``f`" + ` -- ;` + "\n, 1", 0}, {"y", 42}}},
		{`SELECT r'\';'x`, []Statement{{`SELECT r'\'`, 0}, {"'x", 12}}},
		{`SELECT 'open;`, []Statement{{`SELECT 'open;`, 0}}},
	} {
		got := Statements(c.in)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("Statements(%q) (-want +got):\n%s", c.in, diff)
		}
	}
}

package udl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/udl"
)

func TestParse(t *testing.T) {
	for _, in := range []string{
		"dataos://thirdparty01:none/city",
		"dataos://lake:sales/orders?acl=rw",
		"dataos://land:none/dir/sub/orders.csv",
		"dataos://land:none/dir/",
		"dataos://lake:sales?acl=rw",
		"dataos://lake",
	} {
		a, err := udl.Parse(in)
		if err != nil {
			t.Errorf("Parse(%q): %v", in, err)
		} else if a.String() != in {
			t.Errorf("Parse(%q).String() = %q", in, a)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"/data/x", "does not begin with dataos://"},
		{"dataos:////land:none/x", "too many slashes"},
		{"dataos://land/none/x", "no colon"},
		{"dataos://1land:none/x", "the depot"},
		{"dataos://land:no-ne/x", "the collection"},
		{"dataos://land:none/../x", "leaves its depot"},
		{"dataos://land:none//x", "empty part"},
		{"dataos://land:none/*.csv", "patterns"},
		{"dataos://land:none/a b", "has a character"},
		{"dataos://land:none/x?acl=w", "acl is"},
		{"dataos://land:none/x?acl=", "acl is"},
		{"dataos://land:none/x?acl=%zz", "cannot be read"},
		{"dataos://land:none/", "empty part"},
		{"dataos://:none/x", "the depot"},
		{"dataos://land:", "the collection"},
		{"dataos://", "the depot"},
		{"", "does not begin"},
	} {
		_, err := udl.Parse(c.in)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.in) {
			t.Errorf("Parse(%q) = %v, want %q", c.in, err, c.want)
		}
		if !errors.Is(err, fault.Invalid) && !errors.Is(err, fault.Refused) {
			t.Errorf("Parse(%q) has kind %v", c.in, fault.KindOf(err))
		}
	}
}

// TestParsePoints: the hint shows where in the address the mistake is.
func TestParsePoints(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"dataos:////land:none/x", "write dataos://land:none/x\ndataos:////land:none/x\n         ^"},
		{"dataos://land/none/x?acl=rw", "write dataos://land:none/x?acl=rw\ndataos://land/none/x?acl=rw\n             ^"},
		{"dataos://land:none/a/b c", "dataos://land:none/a/b c\n                     ^"},
		{"dataos://land:none/a/*.csv", "name the directory: every file below it is read\ndataos://land:none/a/*.csv\n                     ^"},
		{"dataos://land:none/x?v=1&acl=w", "write acl=r or acl=rw\ndataos://land:none/x?v=1&acl=w\n                         ^"},
		{"datos://land:none/x", "write dataos://depot:collection/dataset\ndatos://land:none/x\n   ^"},
		{"dataos://land/a:b", "write dataos://land:a:b\ndataos://land/a:b\n             ^"},
		{"dataos://" + strings.Repeat("a", 200) + "/b", "write dataos://" + strings.Repeat("a", 200) + ":b"},
		{"", "write dataos://depot:collection/dataset\n\n^"},
	} {
		_, err := udl.Parse(c.in)
		if got := strings.Join(fault.Hints(err), "\n"); got != c.want {
			t.Errorf("Parse(%q) hints\n%s\nwant\n%s", c.in, got, c.want)
		}
	}
}

func TestSame(t *testing.T) {
	a, _ := udl.Parse("dataos://land:none/x?acl=rw")
	b, _ := udl.Parse("dataos://LAND:none/x/")
	if !a.Writable() || b.Writable() || !a.Same(b) {
		t.Errorf("%v and %v: writable %v %v, same %v", a, b, a.Writable(), b.Writable(), a.Same(b))
	}
}

func FuzzParse(f *testing.F) {
	f.Add("dataos://lake:sales/orders?acl=rw")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := udl.Parse(s)
		if err != nil {
			return
		}
		b, err := udl.Parse(a.String())
		if err != nil || b.String() != a.String() {
			t.Errorf("Parse(%q) prints %q, which reads as %v, %v", s, a, b, err)
		}
	})
}

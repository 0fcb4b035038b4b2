package relation_test

import (
	"testing"

	"github.com/glint-data/glint/shared/relation"
)

func TestTypeString(t *testing.T) {
	nested := relation.StructOf(
		relation.Column{Name: "a", Type: relation.ArrayOf(relation.Of(relation.String))},
		relation.Column{Name: "m", Type: relation.MapOf(relation.Of(relation.Int), relation.DecimalOf(10, 2))},
	)
	for _, c := range []struct {
		in   relation.Type
		want string
	}{
		{relation.Type{}, "void"},
		{relation.Of(relation.Long), "bigint"},
		{relation.Of(relation.TimestampNTZ), "timestamp_ntz"},
		{nested, "struct<a:array<string>,m:map<int,decimal(10,2)>>"},
	} {
		if got := c.in.String(); got != c.want {
			t.Errorf("String() = %q, want %q", got, c.want)
		}
		if !c.in.Equal(c.in) {
			t.Errorf("%v is not equal to itself", c.in)
		}
	}
	if relation.DecimalOf(10, 2).Equal(relation.DecimalOf(10, 3)) || nested.Equal(relation.StructOf(nested.Fields[0])) {
		t.Error("different types are equal")
	}
}

func TestFind(t *testing.T) {
	cols := []relation.Column{{Name: "Id"}, {Name: "name"}}
	if relation.Find(cols, "ID") != 0 || relation.Find(cols, "x") != -1 {
		t.Error("names are compared without case")
	}
}

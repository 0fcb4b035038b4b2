package sparksql

import (
	"testing"

	"github.com/glint-data/glint/shared/relation"
)

var city = Scopes{"city_connect": {
	{Name: "id", Type: relation.Of(relation.Int), Nullable: true},
	{Name: "Name", Type: relation.Of(relation.String), Nullable: true},
}}

func TestResolve(t *testing.T) {
	q, err := Resolve("SELECT * FROM city_connect LIMIT 10", nil, city)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(q.DuckDB(nil), q.Limit, q.Reads)
}

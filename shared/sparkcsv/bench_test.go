package sparkcsv

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/relation"
)

// twelve is the table of the benchmarks: one column of each usual type.
var twelve = []relation.Column{
	{Name: "id", Type: relation.Of(relation.Long)}, {Name: "name", Type: relation.Of(relation.String)}, {Name: "country", Type: relation.Of(relation.String)},
	{Name: "population", Type: relation.Of(relation.Int)}, {Name: "area", Type: relation.Of(relation.Double)}, {Name: "budget", Type: relation.DecimalOf(18, 2)},
	{Name: "capital", Type: relation.Of(relation.Boolean)}, {Name: "founded", Type: relation.Of(relation.Date)}, {Name: "updated", Type: relation.Of(relation.Timestamp)},
	{Name: "rank", Type: relation.Of(relation.Short)}, {Name: "note", Type: relation.Of(relation.String)}, {Name: "ratio", Type: relation.Of(relation.Double)},
}

// table is about size bytes of CSV for twelve; each style spells the same
// values another way.
func table(size int, style string) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString("id,name,country,population,area,budget,capital,founded,updated,rank,note,ratio\n")
	for id := 0; b.Len() < size; id++ {
		name := []string{"Aachen", "Île-de-France", "Springfield", "San Juan Bautista", "Ub"}[r.IntN(5)]
		note := "no remarks on this one"
		boolean, date, stamp, plus, end := []string{"true", "false"}[r.IntN(2)], fmt.Sprintf("%04d-%02d-%02d", 1900+r.IntN(120), 1+r.IntN(12), 1+r.IntN(28)), fmt.Sprintf("2024-%02d-%02d %02d:%02d:%02d", 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60)), "", "\n"
		switch style {
		case "quoted":
			name, note = `"`+name+`"`, `"`+note+`, really"`
		case "crlf":
			end = "\r\n"
		case "iso":
			stamp = strings.Replace(stamp, " ", "T", 1) + ".000Z"
		case "rewritten": // every typed field
			boolean, plus, stamp = strings.ToUpper(boolean), "+", strings.Replace(stamp, " ", "T", 1)+"+01:00"
			date += "T00:00"
		}
		fmt.Fprintf(&b, "%s%d,%s,DE,%s%d,%s%.4f,%s%.2f,%s,%s,%s,%s%d,%s,%s%.6f%s", plus, id*1000003, name, plus, r.IntN(20000000), plus, r.Float64()*10000, plus, r.Float64()*1e9, boolean, date, stamp, plus, r.IntN(32000), note, plus, r.Float64(), end)
	}
	return b.Bytes()
}

func BenchmarkFile(b *testing.B) {
	for _, style := range []string{"plain", "quoted", "crlf", "iso", "rewritten"} {
		b.Run(style, func(b *testing.B) {
			body := table(32<<20, style)
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				n, err := New(twelve, relation.SparkCSV())
				if err != nil {
					b.Fatal(err)
				}
				if err := n.File("f.csv", io.Discard, bytes.NewReader(body)); err != nil {
					b.Fatal(err)
				}
				if n.Stats().First != "" {
					b.Fatal(n.Stats().First)
				}
			}
		})
	}
}

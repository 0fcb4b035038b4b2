package manifest

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/udl"
)

// catalogued is a table as Trino names it: depot.collection.dataset.
var catalogued = regexp.MustCompile(`(?i)\b(?:from|join)\s+((?:"[^"]+"|[a-z]\w*)\.(?:"[^"]+"|\w+)\.(?:"[^"]+"|\w+))`)

// ask makes inputs and a step of each input that is a query: one input for each
// table that the query names, and a step that is called as the input was.
func (d *decoder) ask(j *Job) {
	var inputs []Input
	var steps []Step
	for _, in := range j.Inputs {
		q := in.query
		if q.Value == "" || in.Dataset.Depot != "" {
			inputs = append(inputs, in)
			continue
		}
		found := catalogued.FindAllStringSubmatchIndex(q.Value, -1)
		if len(found) == 0 {
			d.refused(in.Pos, "name the dataset, and say the query in a step's sql", "input %s: the query reads no table that is named depot.collection.dataset", in.Name)
			inputs = append(inputs, in)
			continue
		}
		sql, at := Text{}, 0
		names := map[string]string{}
		for _, m := range found {
			table := q.Value[m[2]:m[3]]
			view, ok := names[strings.ToLower(table)]
			if !ok {
				view = fmt.Sprintf("%s__%d", in.Name, len(names)+1)
				names[strings.ToLower(table)] = view
				one := in
				one.Name, one.query, one.Options = view, Text{}, plug.Raw{} // options are of the cluster
				parts := strings.Split(strings.ReplaceAll(table, `"`, ""), ".")
				one.Dataset = udl.Address{Depot: parts[0], Collection: parts[1], Dataset: strings.Join(parts[2:], "."), Name: in.Name}
				one.DatasetPos = q.At(m[2])
				inputs = append(inputs, one)
			}
			sql = Join(sql, q.Part(at, m[2]), Placed(view, q.At(m[2])))
			at = m[3]
		}
		d.note(in.Pos, "", "input %s: the query runs here, as Spark SQL, and not in a cluster of Minerva", in.Name)
		steps = append(steps, Step{Name: in.Name, SQL: Join(sql, q.Part(at, len(q.Value))), Pos: in.Pos})
	}
	j.Inputs, j.Steps = inputs, append(steps, j.Steps...)
}

package manifest

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// commands reads what people ask Spark's cache for. To persist is to compute a
// step once and keep its rows; what is kept goes when the run ends.
func (d *decoder) commands(s *Step, r plug.Raw) {
	d.items("commands", r, func(it plug.Raw) {
		var name, step, mode string
		d.attributes("command", it, []attribute{
			{name: "name", read: d.intoEnum("command.name", &name, "persist", "unpersist")},
			{name: "sequenceName", read: d.into("command.sequenceName", &step)},
			{name: "mode", read: d.into("command.mode", &mode)},
		})
		if it.Shape != plug.Mapping {
			return
		}
		switch name {
		case "persist":
			s.keeps = append(s.keeps, Kept{Step: step, Pos: it.Pos})
		case "unpersist":
			d.note(it.Pos, "", "unpersist has no effect: what is kept goes when the run ends")
		}
	})
}

// A Kept names a step whose rows are computed once and kept.
type Kept struct {
	Step string
	Pos  fault.Pos
}

// keep gathers what steps ask to be kept. Steps that do nothing else have no
// rows, and go.
func (d *decoder) keep(j *Job) {
	steps := j.Steps[:0:0]
	for _, s := range j.Steps {
		for _, k := range s.keeps {
			if k.Step == "" {
				k.Step = s.Name
			}
			if !slices.ContainsFunc(j.Keeps, func(o Kept) bool { return strings.EqualFold(o.Step, k.Step) }) {
				j.Keeps = append(j.Keeps, k)
			}
		}
		if !s.bare {
			steps = append(steps, s)
		}
	}
	j.Steps = steps
}

var cache = regexp.MustCompile("(?is)^\\s*(un)?cache\\s+(?:lazy\\s+)?table\\s+(?:if\\s+exists\\s+)?`?([a-z_][a-z0-9_]*)`?" +
	`(?:\s+options\s*\([^)]*\))?(?:\s+(?:as\s+)?((?:select|with|values|from)\b.*))?\s*;?\s*$`)

// cached makes of CACHE TABLE what it means here: the rows of a step are kept;
// with AS, the step is the query, under the name that it gives.
func (d *decoder) cached(s *Step) {
	m := cache.FindStringSubmatchIndex(s.SQL.Value)
	if m == nil {
		return
	}
	text := s.SQL
	name := text.Value[m[4]:m[5]]
	s.SQL, s.bare = Text{}, true
	if m[2] >= 0 {
		d.note(s.Pos, "", "UNCACHE TABLE has no effect: what is kept goes when the run ends")
		return
	}
	s.keeps = append(s.keeps, Kept{Step: name, Pos: text.At(m[4])})
	if m[6] >= 0 {
		s.SQL, s.Name, s.bare = text.Part(m[6], m[7]), name, false
	}
}

const joiner = "io.dataos.flare.step.codes.Joiner"

// joins are the words that Spark has for its joins, without case and underscores.
var joins = map[string]string{
	"inner": "INNER", "cross": "CROSS", "outer": "FULL", "full": "FULL", "fullouter": "FULL", "left": "LEFT", "leftouter": "LEFT",
	"right": "RIGHT", "rightouter": "RIGHT", "semi": "LEFT SEMI", "leftsemi": "LEFT SEMI", "anti": "LEFT ANTI", "leftanti": "LEFT ANTI",
}

// A joining is what Joiner is told.
type joining struct {
	kind, inputs string
	on           Text
	pos          fault.Pos
}

func (d *decoder) params(p *joining, r plug.Raw) {
	p.pos = r.Pos
	d.attributes("params", r, []attribute{
		{name: "join", aliases: []string{"joinType"}, read: d.into("params.join", &p.kind)},
		{name: "inputs", read: func(v plug.Raw) {
			var list []string
			d.intoList("params.inputs", &list)(v)
			p.inputs = strings.Join(list, ",")
		}},
		{name: "joinExpr", read: func(v plug.Raw) { p.on = d.text("params.joinExpr", v) }},
	})
}

// classpath makes a query of the one class that is known.
func (d *decoder) classpath(s *Step, class plug.Raw, p joining) {
	if class.Shape != plug.Scalar {
		return
	}
	if strings.TrimSpace(class.Text) != joiner {
		d.refused(class.Pos, "say it in sql: classes of the JVM cannot run here", "step %s: the class %s is not supported", s.Name, class.Text)
		return
	}
	if s.SQL.Value != "" {
		d.invalid(class.Pos, "leave one of them out", "step %s has both sql and classpath", s.Name)
		return
	}
	if p.pos.IsZero() {
		p.pos = class.Pos
	}
	word := joins[strings.ToLower(strings.NewReplacer("_", "", " ", "").Replace(cmp.Or(p.kind, "inner")))]
	sides := strings.FieldsFunc(p.inputs, func(r rune) bool { return r == ',' || r == ' ' })
	switch {
	case word == "":
		d.invalid(p.pos, "one of inner, cross, full, left, right, left_semi, left_anti", "step %s: there is no join %q", s.Name, p.kind)
	case len(sides) != 2 || !viewName.MatchString(sides[0]) || !viewName.MatchString(sides[1]):
		d.invalid(p.pos, `write inputs: "left, right"`, "step %s: Joiner joins two steps or inputs, not %q", s.Name, p.inputs)
	case p.on.Value == "" && word != "CROSS":
		d.invalid(p.pos, "write joinExpr: "+sides[0]+".id = "+sides[1]+".id", "step %s: Joiner has no joinExpr", s.Name)
	default:
		s.SQL = Placed("SELECT * FROM "+sides[0]+" "+word+" JOIN "+sides[1], p.pos)
		if p.on.Value != "" {
			s.SQL = Join(s.SQL, Placed(" ON ", p.pos), p.on)
		}
	}
}

// checkKeeps checks that what is kept is there. An input that is read twice is
// kept by itself.
func (d *decoder) checkKeeps(j *Job, views []string) {
	for _, k := range j.Keeps {
		if slices.ContainsFunc(views, func(v string) bool { return strings.EqualFold(v, k.Step) }) {
			continue
		}
		hint := "known: " + strings.Join(views, ", ")
		if near := plug.Nearest(k.Step, views); near != "" {
			hint = "did you mean " + near + "?"
		}
		d.invalid(k.Pos, hint, "there is no step %s to keep", k.Step)
	}
}

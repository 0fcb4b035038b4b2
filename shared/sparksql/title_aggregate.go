package sparksql

import "strings"

// aggregateTitle is how Spark shows an aggregate or a window function.
func aggregateTitle(fn *function, e *call, args []string) (string, bool) {
	if fn.untitled {
		return "", false
	}
	shown := strings.ToLower(e.name)
	switch {
	case fn.shown != "":
		shown = fn.shown
	case e.ignore && fn.edge && shown != "any_value":
		shown = fn.name // its other name gets lost
	}
	if e.columns != nil {
		args = e.columns
	}
	if n := len(args) - fn.min; fn.defaults != nil && n < len(fn.defaults) {
		args = append(args, fn.defaults[n:]...)
	}
	if fn.shows > 0 {
		args = args[:min(fn.shows, len(args))]
	}
	if fn.name == "count" && len(args) == 1 && args[0] == "*" && !e.distinct {
		args[0] = "1"
	}
	s := strings.Join(args, ", ")
	if e.distinct {
		s = "DISTINCT " + s
	}
	s = shown + "(" + s + ")"
	ok := true
	if e.within != nil {
		key, known := titleOf(e.within[0].e)
		if ok = known; e.within[0].desc {
			key += " DESC"
		}
		s += " WITHIN GROUP (ORDER BY " + key + ")"
	}
	if e.ignore && fn.name == "nth_value" {
		s += " ignore nulls"
	}
	if e.filter != nil {
		cond, known := titleOf(e.filter)
		s, ok = s+" FILTER (WHERE "+cond+")", ok && known
	}
	if e.over != nil {
		over, known := overTitle(e.over)
		s, ok = s+" OVER ("+over+")", ok && known
	}
	return s, ok
}

func overTitle(w *window) (string, bool) {
	rows := w.spanTitle
	if w.definition == nil {
		return "", false
	}
	w = w.definition
	var parts []string
	all := true
	if len(w.partition) > 0 {
		list, ok := titles(w.partition)
		parts, all = append(parts, "PARTITION BY "+strings.Join(list, ", ")), ok
	}
	if len(w.order) > 0 {
		list := make([]string, len(w.order))
		for i, s := range w.order {
			t, ok := titleOf(s.e)
			direction, nulls := " ASC", " NULLS LAST"
			if s.desc {
				direction = " DESC"
			}
			if s.nullsFirst {
				nulls = " NULLS FIRST"
			}
			list[i], all = t+direction+nulls, all && ok
		}
		parts = append(parts, "ORDER BY "+strings.Join(list, ", "))
	}
	return strings.Join(append(parts, rows), " "), all
}

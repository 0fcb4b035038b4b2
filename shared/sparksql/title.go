package sparksql

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
	"github.com/glint-data/glint/shared/sparktime"
)

// title is the name that Spark gives to an output column without an alias:
// the column's own, or the expression as Spark prints it.
func (r *resolver) title(e expr) string {
	if c, ok := e.(*cast); ok {
		if n, ok := c.arg.(*name); ok {
			return last(n.parts)
		}
	}
	if n, ok := e.(*name); ok && (n.outer != "" || n.column > 0) {
		return last(n.parts)
	}
	s, ok := titleOf(e)
	if !ok && !r.failed() {
		r.note(refused(e.pos(), "a column without a name, of this expression,").because("give it a name with AS"))
	}
	return s
}

func last(list []string) string { return list[len(list)-1] }

func titleOf(e expr) (string, bool) {
	switch e := e.(type) {
	case *name:
		if e.bound {
			return strings.Join(append([]string{"namedlambdavariable()"}, e.parts[1:]...), "."), true
		}
		if e.outer != "" {
			return "outer(" + e.outer + ")", true
		}
		if e.lateral {
			return "lateralAliasReference(" + strings.Join(e.parts, ".") + ")", true
		}
		if e.column > 0 {
			return strings.Join(e.parts[e.column-1:], "."), true
		}
		return last(e.parts), true
	case *element:
		return elementTitle(e)
	case *fieldOf:
		s, ok := titleOf(e.of)
		return s + "." + e.field, ok
	case *aliasedExpr:
		s, ok := titleOf(e.expr)
		return s + " AS " + e.alias, ok
	case *lambda:
		body, ok := titleOf(e.body)
		return "lambdafunction(" + body + strings.Repeat(", namedlambdavariable()", len(e.params)) + ")", ok
	case *subquery:
		shown := "scalarsubquery("
		if e.exists {
			shown = "exists("
		}
		return shown + strings.Join(e.correlated, ", ") + ")", true
	case *literal:
		return literalTitle(e)
	case *star:
		return "*", true
	case *cast:
		return castTitle(e)
	case *choice:
		return choiceTitle(e)
	case *inside:
		s, ok := titleOf(e.arg)
		list, all := titles(e.list)
		if e.from != nil {
			list, all = []string{"listquery(" + strings.Join(e.correlated, ", ") + ")"}, true
		}
		s = fmt.Sprintf("(%s IN (%s))", s, strings.Join(list, ", "))
		if e.not {
			s = "(NOT " + s + ")"
		}
		return s, ok && all
	case *call:
		if e.bare != nil {
			return last(e.bare.parts), true
		}
		args, ok := titles(e.args)
		fn := lookup(e.name)
		if fn != nil && fn.to != nil && len(args) == 1 {
			return args[0], ok // such a cast does not show
		}
		if ok && fn != nil && fn.kind != scalar {
			return aggregateTitle(fn, e, args)
		}
		if ok && fn != nil && len(args) == 2 {
			if side := trimmedSides[fn.name]; side != "" && (e.special || fn.name != "btrim") {
				chars, of := args[0], args[1]
				if fn.name == "btrim" {
					chars, of = args[1], args[0]
				}
				return "TRIM(" + side + " " + chars + " FROM " + of + ")", true
			}
		}
		if e.special && len(args) == 1 && fn != nil && trimmedSides[fn.name] != "" {
			return strings.TrimPrefix(fn.name, "b") + "(" + args[0] + ")", ok
		}
		if !ok || fn == nil || fn.untitled || e.special {
			return "", false
		}
		if fn.name == "assert_true" && len(args) == 1 {
			return "", false // Spark shows the number that it gave to the column
		}
		if e.shown != "" {
			return fill(e.shown, args), true
		}
		if e.operator {
			return operatorTitle(e.name, args), true
		}
		return callTitle(fn, e, args), true
	}
	return "", false
}

func titles(list []expr) ([]string, bool) {
	out, all := make([]string, len(list)), true
	for i, e := range list {
		s, ok := titleOf(e)
		out[i], all = s, all && ok
	}
	return out, all
}

func literalTitle(l *literal) (string, bool) {
	if l.shown != "" {
		return l.shown, true
	}
	switch l.t.Kind {
	case relation.Null:
		return "NULL", true
	case relation.Date:
		return "DATE '" + l.text + "'", true
	case relation.Timestamp:
		return "TIMESTAMP '" + l.text + "'", true
	case relation.TimestampNTZ:
		return "TIMESTAMP_NTZ '" + l.text + "'", true
	case relation.DayTimeInterval, relation.YearMonthInterval:
		n, _ := wholeNumber(l.text)
		return sparktime.IntervalText(n, l.t), true
	case relation.Float:
		v, err := strconv.ParseFloat(l.text, 32)
		return sparkfn.FormatFloat(float32(v)), err == nil
	case relation.Double:
		v, err := strconv.ParseFloat(l.text, 64)
		return sparkfn.FormatDouble(v), err == nil
	case relation.Decimal:
		v, ok := new(big.Int).SetString(strings.Replace(l.text, ".", "", 1), 10)
		return sparkfn.FormatDecimal(v, l.t.Scale), ok
	case relation.Binary:
		return fmt.Sprintf("X'%X'", l.text), true
	}
	return l.text, true
}

func castTitle(e *cast) (string, bool) {
	s, ok := titleOf(e.arg)
	if isNested(e.to) {
		return s, ok
	}
	fn := "CAST"
	if e.try {
		fn = "TRY_CAST"
	}
	return fmt.Sprintf("%s(%s AS %s)", fn, s, strings.ToUpper(e.to.String())), ok
}

// elementTitle is a[i]; a field that is a string in brackets shows as a path.
func elementTitle(e *element) (string, bool) {
	of, ok := titleOf(e.of)
	index, ok2 := titleOf(e.index)
	if l, isLiteral := e.index.(*literal); isLiteral && e.field && isString(l.t) {
		return of + "." + index, ok
	}
	return of + "[" + index + "]", ok && ok2
}

func choiceTitle(c *choice) (string, bool) {
	s, all := "CASE", true
	add := func(word string, e expr) {
		t, ok := titleOf(e)
		s, all = s+" "+word+" "+t, all && ok
	}
	for _, w := range c.whens {
		cond := w.cond
		if c.operand != nil {
			cond = operation(w.cond.pos(), "=", c.operand, w.cond)
		}
		add("WHEN", cond)
		add("THEN", w.then)
	}
	if c.otherwise != nil {
		add("ELSE", c.otherwise)
	}
	return s + " END", all
}

func operatorTitle(op string, a []string) string {
	switch op {
	case "AND", "OR":
		return balanced(op, a)
	case "NOT":
		return "(NOT " + a[0] + ")"
	case "IS NULL", "IS NOT NULL":
		return "(" + a[0] + " " + op + ")"
	case "BETWEEN":
		return fmt.Sprintf("((%s >= %s) AND (%s <= %s))", a[0], a[1], a[0], a[2])
	case "LIKE":
		return a[0] + " LIKE " + a[1]
	case "ILIKE":
		return "ilike(" + a[0] + ", " + a[1] + ")"
	case "RLIKE":
		return "RLIKE(" + a[0] + ", " + a[1] + ")"
	case "||":
		s := a[0]
		for _, b := range a[1:] {
			s = "concat(" + s + ", " + b + ")"
		}
		return s
	case "<>":
		return "(NOT (" + a[0] + " = " + a[1] + "))"
	case "~":
		return "~" + a[0]
	case "NEGATIVE":
		return "(- " + a[0] + ")"
	case "POSITIVE":
		return "(+ " + a[0] + ")"
	case "DIV":
		op = "div"
	}
	return "(" + a[0] + " " + op + " " + a[1] + ")"
}

// balanced is how Spark's parser nests a chain of AND or OR.
func balanced(op string, a []string) string {
	if len(a) == 1 {
		return a[0]
	}
	middle := (len(a)-1)/2 + 1
	return "(" + balanced(op, a[:middle]) + " " + op + " " + balanced(op, a[middle:]) + ")"
}

func callTitle(fn *function, c *call, args []string) string {
	shown := strings.ToLower(c.name)
	if fn.shown != "" {
		shown = fn.shown
	}
	if fn.full != "" && len(args) == fn.max {
		shown = fn.full
	}
	switch {
	case fn.layout != "":
		return fill(fn.layout, args)
	case fn.name == "count" && len(args) == 1 && args[0] == "*":
		args = []string{"1"}
	case fn.name == "DIV":
		return "(" + args[0] + " div " + args[1] + ")"
	case fn.name == "LIKE":
		return args[0] + " LIKE " + args[1]
	case fn.firstOnly && !writtenOut(c.args[1:]):
		return likeEach(fn.name, args)
	case fn.firstOnly:
		args = args[:1]
	case fn.name == "from_json" && strings.HasPrefix(strings.ToLower(args[1]), "map<"):
		return "entries" // so it is in Spark
	case fn.name == "from_json":
		args = args[:1]
	case fn.name == "if":
		return "(IF(" + strings.Join(args, ", ") + "))"
	case fn.name == "log" && len(args) == 1:
		args = []string{"E()", args[0]}
	case fn.name == "POSITIVE":
		return "(+ " + args[0] + ")"
	case fn.name == "isnull" && len(args) == 1:
		return "(" + args[0] + " IS NULL)"
	case fn.name == "isnotnull" && len(args) == 1:
		return "(" + args[0] + " IS NOT NULL)"
	case len(args) < fn.max && fn.defaults != nil:
		args = append(args, fn.defaults[max(0, len(fn.defaults)-(fn.max-len(args))):]...)
	case c.distinct:
		return shown + "(DISTINCT " + strings.Join(args, ", ") + ")"
	}
	return shown + "(" + strings.Join(args, ", ") + ")"
}

// writtenOut reports whether all are strings.
func writtenOut(list []expr) bool {
	for _, e := range list {
		if l, ok := e.(*literal); !ok || !isString(l.t) {
			return false
		}
	}
	return true
}

// likeEach is how LIKE ANY or ALL shows where a pattern is computed.
func likeEach(name string, args []string) string {
	all := make([]string, len(args)-1)
	for i, p := range args[1:] {
		if all[i] = args[0] + " LIKE " + p; strings.HasPrefix(name, "not") {
			all[i] = "(NOT " + all[i] + ")"
		}
	}
	op := "OR"
	if strings.HasSuffix(name, "all") {
		op = "AND"
	}
	return balanced(op, all)
}

// trimmedSides are the words by which Spark shows the functions that trim.
var trimmedSides = map[string]string{"ltrim": "LEADING", "rtrim": "TRAILING", "btrim": "BOTH"}

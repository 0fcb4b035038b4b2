package shell

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// configure honours a setting, passes over one that changes no result, and
// refuses a value that would give other results. What comes after such a value
// is refused too, for it was written to be understood with it.
func (s *Shell) configure(key, value string) error {
	name := strings.ToLower(strings.TrimSpace(key))
	value = strings.TrimSpace(value)
	_, err := s.set.Set(key, value)
	delete(s.unmet, name)
	if err == nil {
		s.settings[key] = value
	} else if fault.KindOf(err) == fault.Refused {
		s.unmet[name] = key + " = " + value
	}
	return err
}

// met says whether every setting that was asked for is in force.
func (s *Shell) met(at func(int) fault.Pos) error {
	for _, name := range slices.Sorted(maps.Keys(s.unmet)) {
		return fault.Errorf(fault.Refused, "%s, which was set before, is not supported", s.unmet[name]).At(place(at, 0)).WithHint("RESET %s", name)
	}
	return nil
}

// setting is SET key = value, SET key, or SET.
func (s *Shell) setting(_ context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	text := strings.TrimSpace(h.text[h.words[0].end:])
	str := relation.Of(relation.String)
	r := Result{Columns: []relation.Column{{Name: "key", Type: str}, {Name: "value", Type: str}}}
	if text == "" || text == "-v" {
		for _, k := range slices.Sorted(maps.Keys(s.settings)) {
			r.Rows = append(r.Rows, []any{k, s.settings[k]})
		}
		return r, nil
	}
	key, value, assigned := strings.Cut(text, "=")
	key, value = strings.Trim(strings.TrimSpace(key), "`"), strings.TrimSpace(value)
	if !assigned {
		value = "<undefined>"
		if v, ok := s.settings[key]; ok {
			value = v
		}
	} else if err := s.configure(key, value); err != nil {
		return Result{}, at0(err, at)
	}
	r.Rows = [][]any{{key, value}}
	return r, nil
}

func (s *Shell) setZone(_ context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	if len(h.words) != 4 || !h.words[3].quoted {
		if !h.is(3, "LOCAL") {
			return Result{}, fault.Errorf(fault.Refused, "SET TIME ZONE by an interval is not supported").At(place(at, 0)).WithHint("SET TIME ZONE '+01:00'")
		}
		return Result{}, at0(s.configure("spark.sql.session.timeZone", "UTC"), at)
	}
	zone := h.word(3)
	r, str := Result{}, relation.Of(relation.String)
	r.Columns = []relation.Column{{Name: "key", Type: str}, {Name: "value", Type: str}}
	r.Rows = [][]any{{"spark.sql.session.timeZone", zone}}
	return r, at0(s.configure("spark.sql.session.timeZone", zone), at)
}

func (s *Shell) reset(_ context.Context, h *header, _ func(int) fault.Pos) (Result, error) {
	keep, unmet := s.settings, s.unmet
	s.set, s.settings, s.unmet = sparksql.Settings{}, map[string]string{}, map[string]string{}
	only := strings.TrimSpace(h.text[h.words[0].end:])
	if only == "" {
		return Result{}, nil
	}
	s.unmet = unmet
	delete(s.unmet, strings.ToLower(only))
	for k, v := range keep {
		if !strings.EqualFold(k, only) {
			if err := s.configure(k, v); err != nil {
				return Result{}, err
			}
		}
	}
	return Result{}, nil
}

// at0 gives an error without a place the statement's own.
func at0(err error, at func(int) fault.Pos) error {
	if e, ok := err.(*fault.Error); ok && e.Pos.IsZero() {
		return e.At(place(at, 0))
	}
	return err
}

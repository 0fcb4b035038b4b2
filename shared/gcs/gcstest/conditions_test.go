package gcstest_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/glint-data/glint/shared/gcs/gcstest"
)

// TestConditions tries every precondition on every verb, with the object there
// and without (request-preconditions).
func TestConditions(t *testing.T) {
	for verb, do := range verbs {
		t.Run(verb, func(t *testing.T) {
			for _, c := range []struct {
				query string // G is the object's generation
				holds bool
			}{
				{"", true},
				{"ifGenerationMatch=G", true}, {"ifGenerationMatch=1", false}, {"ifGenerationMatch=0", false},
				{"ifGenerationNotMatch=G", false}, {"ifGenerationNotMatch=1", true}, {"ifGenerationNotMatch=0", true},
				{"ifMetagenerationMatch=1", true}, {"ifMetagenerationMatch=2", false},
				{"ifMetagenerationNotMatch=1", false}, {"ifMetagenerationNotMatch=2", true},
				{"ifGenerationMatch=G&ifMetagenerationMatch=2", false},
			} {
				cl, s := serve(t, gcstest.Options{})
				s.Put("b", "src", []byte("src"))
				gen := cl.generation("k")
				a := do(cl, strings.ReplaceAll(c.query, "=G", "="+gen))
				want := 412
				switch {
				case c.holds && verb == "delete":
					want = 204
				case c.holds:
					want = 200
				case reads(verb) && strings.Contains(c.query, "NotMatch"):
					want = 304
				}
				if a.code != want {
					t.Errorf("%s: %d %s, want %d", c.query, a.code, a.body, want)
				}
				if data, ok := s.Get("b", "k"); !c.holds && (!ok || string(data) != "0123456789") {
					t.Errorf("%s: did not hold, but the object is now %q", c.query, data)
				}
			}
		})
	}
}

func TestConditionsAbsent(t *testing.T) {
	for verb, do := range verbs {
		for query, ok := range map[string]bool{
			"": true, "ifGenerationMatch=0": true, "ifGenerationMatch=5": false, "ifGenerationNotMatch=0": false, "ifMetagenerationMatch=1": false,
		} {
			cl, s := serve(t, gcstest.Options{})
			s.Put("b", "src", []byte("src"))
			cl.want(204, cl.do("DELETE", "/storage/v1/b/b/o/k", ""))
			want := 404 // what is not there is said first
			if creates(verb) {
				want = map[bool]int{true: 200, false: 412}[ok]
			}
			if a := do(cl, query); a.code != want {
				t.Errorf("%s of nothing with %q: %d %s, want %d", verb, query, a.code, a.body, want)
			}
		}
	}
}

func TestSourceConditions(t *testing.T) {
	cl, s := serve(t, gcstest.Options{})
	s.Put("b", "src", []byte("src"))
	gen := cl.generation("src")
	for _, verb := range []string{"copy", "rewrite"} {
		for query, want := range map[string]int{
			"ifSourceGenerationMatch=" + gen: 200, "ifSourceGenerationMatch=1": 412,
			"ifSourceGenerationNotMatch=" + gen: 412, "ifSourceMetagenerationMatch=1": 200, "ifSourceMetagenerationMatch=2": 412,
			"ifSourceMetagenerationNotMatch=1": 412, "sourceGeneration=" + gen: 200, "sourceGeneration=1": 404,
		} {
			if a := verbs[verb](cl, query); a.code != want {
				t.Errorf("%s with %s: %d %s, want %d", verb, query, a.code, a.body, want)
			}
		}
	}
	body := fmt.Sprintf(`{"sourceObjects":[{"name":"src","objectPreconditions":{"ifGenerationMatch":"%s"}}]}`, gen)
	cl.want(200, cl.do("POST", "/storage/v1/b/b/o/joined/compose", body))
	body = strings.Replace(body, gen, "1", 1)
	cl.want(412, cl.do("POST", "/storage/v1/b/b/o/joined/compose", body))
}

// TestConditionsAtOnce races every writing verb against itself under one condition.
func TestConditionsAtOnce(t *testing.T) {
	for verb, do := range verbs {
		if reads(verb) {
			continue
		}
		t.Run(verb, func(t *testing.T) {
			cl, s := serve(t, gcstest.Options{})
			s.Put("b", "src", []byte("src"))
			query := "ifMetagenerationMatch=1&ifGenerationMatch=" + cl.generation("k")
			var won atomic.Int32
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					if a := do(cl, query); a.code/100 == 2 {
						won.Add(1)
					} else if a.code != 412 && a.code != 404 {
						t.Errorf("%d %s", a.code, a.body)
					}
				})
			}
			wg.Wait()
			if won.Load() != 1 {
				t.Errorf("%d of 20 won, want 1", won.Load())
			}
		})
	}
}

func TestVersioning(t *testing.T) {
	cl, _ := serve(t, gcstest.Options{})
	cl.want(200, cl.do("PATCH", "/storage/v1/b/b", `{"versioning":{"enabled":true}}`))
	first := cl.generation("k")
	verbs["insert media"](cl, "")
	second := cl.generation("k")
	if first >= second {
		t.Errorf("generation %s, then %s", first, second)
	}
	if a := cl.want(200, cl.do("GET", "/storage/v1/b/b/o/k?alt=media&generation="+first, "")); a.body != "0123456789" {
		t.Errorf("the old version holds %q", a.body)
	}
	cl.want(204, cl.do("DELETE", "/storage/v1/b/b/o/k", ""))
	cl.want(404, cl.do("GET", "/storage/v1/b/b/o/k", ""))
	cl.want(200, cl.do("GET", "/storage/v1/b/b/o/k?generation="+second, ""))
	list := cl.want(200, cl.do("GET", "/storage/v1/b/b/o?versions=true", ""))
	if strings.Count(list.body, `"timeDeleted"`) != 2 {
		t.Errorf("versions: %s", list.body)
	}
	cl.want(409, cl.do("DELETE", "/storage/v1/b/b", ""))
	for _, g := range []string{first, second} {
		cl.want(204, cl.do("DELETE", "/storage/v1/b/b/o/k?generation="+g, ""))
	}
	cl.want(404, cl.do("GET", "/storage/v1/b/b/o/k?generation="+second, ""))
	cl.want(204, cl.do("DELETE", "/storage/v1/b/b", ""))
}

func TestRate(t *testing.T) {
	cl, _ := serve(t, gcstest.Options{MutationsPerSecond: 1, Burst: 1})
	cl.want(200, verbs["insert media"](cl, ""))
	for _, verb := range []string{"insert media", "insert multipart", "patch", "delete"} {
		if a := verbs[verb](cl, ""); a.code != 429 {
			t.Errorf("%s at once after an insert: %d, want 429", verb, a.code)
		}
	}
	cl.want(200, cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=media&name=other", "x"))
	cl.want(200, verbs["get"](cl, ""))
}

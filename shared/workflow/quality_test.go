package workflow_test

import (
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
)

// TestAssertions: what does not hold ends the run before anything is published,
// for good; what was measured is in its record.
func TestAssertions(t *testing.T) {
	for _, measured := range []string{"3", "4"} {
		c := newCloud(t)
		c.replace(cityURI, "                  saveMode: overwrite\n", `                  saveMode: overwrite
                assertions:
                  - {column: name, tests: [distinct_count = 3]}
`)
		c.engine.answer = func(string) any { return measured }
		if err := c.deliver(1); err != nil {
			t.Fatal(err)
		}
		o := c.outcome()
		if len(o.Assertions) != 1 || o.Assertions[0].Value != measured || o.Assertions[0].Passed != (measured == "3") {
			t.Errorf("recorded %+v", o.Assertions)
		}
		if measured == "3" {
			c.wantPublished()
			continue
		}
		if o.Status != ledger.Failed || o.Kind != fault.Invalid.String() || len(c.sink.Landed(table)) != 0 || len(c.dead) != 1 || c.engine.exports != 0 {
			t.Errorf("outcome %+v, %d published, %v put aside", o, len(c.sink.Landed(table)), c.dead)
		}
		for _, want := range []string{"output final: 1 of 1 assertions failed, and nothing is published", "column name: distinct_count = 3 does not hold: it is 4"} {
			if !strings.Contains(o.Error, want) {
				t.Errorf("no %q in %s", want, o.Error)
			}
		}
		if line := c.line("assertions"); !strings.Contains(get(line, "results"), "distinct_count = 3") {
			t.Errorf("log %v", line)
		}
		c.wantTidy()
	}
}

// TestQualityJob: a job without outputs asserts and profiles, once.
func TestQualityJob(t *testing.T) {
	for _, holds := range []bool{true, false} {
		c := newCloud(t)
		text := manifestText[:strings.Index(manifestText, "            outputs:\n")] + `            assertions:
              - {column: name, tests: [missing_count >= 0]}
            profile: {level: basic}
`
		c.put(cityURI, text)
		c.engine.answer = func(string) any {
			if holds {
				return "3"
			}
			return nil
		}
		for n := range 2 {
			if err := c.deliver(1 + n); err != nil {
				t.Fatal(err)
			}
		}
		o := c.outcome()
		if !holds {
			if o.Status != ledger.Failed || o.Profile != nil || !strings.Contains(o.Error, "there is nothing to measure") {
				t.Errorf("outcome %+v", o)
			}
			continue
		}
		if o.Status != ledger.Succeeded || o.Attempt != 1 || len(o.Assertions) != 1 || o.Profile == nil || o.Profile.Rows != 3 || len(o.Profile.Columns) != 2 {
			t.Errorf("outcome %+v", o)
		}
		if line := c.line("profile"); get(line, "result", "rows") != "3" {
			t.Errorf("log %v", line)
		}
		c.wantTidy()
	}
}

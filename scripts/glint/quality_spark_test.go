//go:build !windows

package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/glint-data/glint/shared/assertion"
	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/duckdb"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/job"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/profile"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/spark"
)

// TestSparkMeasures: Spark measures what Glint does, of every metric and every
// level of a profile, over the part that incremental SQL reads.
func TestSparkMeasures(t *testing.T) {
	if os.Getenv("GLINT_SPARK") != "required" {
		t.Skip("SKIPPED: it starts Spark; GLINT_SPARK=required runs it")
	}
	const metrics = `avg > 0, min > 0, max > 0, sum > 0, avg_length > 0, min_length > 0, max_length > 0, distinct_count > 0, duplicate_count > 0,
                     missing_count > 0, missing_percentage > 0, invalid_count > 0, invalid_percentage > 0, null_count > 0, null_percentage > 0,
                     regex_match > 0, variance > 0, stddev > 0, skewness > 0, kurtosis > 0`
	text := strings.Replace(profiled, "LEVEL", "advanced", 1)
	text = strings.Replace(text, "            profile:", `                incremental:
                  context: whole
                  sql: SELECT * FROM whole WHERE id >= $|lo| AND day IS DISTINCT FROM DATE '$|day|'
                  keys: [{name: lo, sql: SELECT min(id) FROM whole}, {name: day, sql: "SELECT date_add(max(day), 7) FROM whole"}]
            steps:
              - sequence:
                  - {name: final, sql: "SELECT *, CAST(id AS DOUBLE) / 7 AS f FROM orders"}
            assertions:
              - {column: id, tests: [distinct_count > 0]}
            outputs:
              - name: final
                dataset: dataos://bq:gold/final?acl=rw
                assertions:
                  - {column: id, validFormat: {regex: '[13]'}, tests: [`+metrics+`]}
                  - {column: amount, filter: id < 100 -- the others
                    , validFormat: {regex: '^\d+\.0'}, tests: [`+metrics+`]}
                  - {column: f, validFormat: {regex: "\\d'"}, tests: [`+metrics+`]}
                  - {column: brand, filter: brand RLIKE '^\\w', validFormat: {regex: Urb}, tests: [`+metrics+`]}
                  - {column: day, validFormat: {regex: '-01$'}, tests: [distinct_count > 0, missing_count > 0, max_length > 0, invalid_count > 0]}
                  - {sql: "WITH x AS (SELECT * FROM source) SELECT count(*) AS n, avg(x.amount) AS a FROM x JOIN products USING (id);", tests: [n > 0, a > 0]}
            profile:`, 1)
	text = strings.Replace(text, "                  - {column: amount, filter: id < 100 -- the others\n                    ,", "                  - {column: amount, filter: 'id < 100 -- the others',", 1)
	dir := unpack(t, text)
	body, err := os.ReadFile(filepath.Join(dir, "m.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := manifest.Parse("m.yaml", body, nil)
	if err != nil {
		t.Fatal(err)
	}
	asserts, profiles := m.Jobs[0], m.Jobs[0] // for a profile is only made where all assertions hold
	asserts.Profile = nil
	profiles.Assertions, profiles.Outputs = nil, nil
	var results [][]assertion.Result
	var found []*profile.Profile
	for _, e := range []engine.Engine{duckdb.Engine{}, spark.Engine{}} {
		r := job.Runner{Engine: e, Sources: source.All, Depots: &depot.Catalog{Folders: []string{filepath.Join(dir, "depots")}},
			Log: slog.New(slog.DiscardHandler), Now: time.Now, Budget: func(deadline time.Time) (host.Budget, func(), error) {
				return host.Share(host.Limits{Disk: true}, "", deadline)
			}}
		done, err := r.Rehearse(t.Context(), &asserts, nil)
		if len(done.Assertions) != 87 {
			t.Fatalf("%d measured: %v", len(done.Assertions), err)
		}
		results = append(results, done.Assertions)
		if done, err = r.Rehearse(t.Context(), &profiles, nil); err != nil {
			t.Fatal(err)
		}
		found = append(found, done.Profile)
	}
	t.Log("\n" + assertion.Results(results[0]).String())
	if diff := cmp.Diff(results[1], results[0], cmpopts.IgnoreUnexported(assertion.Result{})); diff != "" {
		t.Errorf("assertions (-Spark +Glint)\n%s", diff)
	}
	if diff := cmp.Diff(found[1], found[0]); diff != "" {
		t.Errorf("profiles (-Spark +Glint)\n%s", diff)
	}
}

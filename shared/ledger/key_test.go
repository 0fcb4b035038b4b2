package ledger

import (
	"errors"
	"regexp"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// The job IDs of a run must be the same for every revision of this program that
// shares a ledger: a change here publishes twice what one revision had
// published, and the other takes up. Do not update these; make a new form.
func TestPublicationIsGolden(t *testing.T) {
	slot := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		ledger string
		key    Key
		output string
		want   string
	}{
		{"glint", Key{Workflow: "bq-write-01", Job: "city-write-bq-01", Slot: slot}, "finalDf", "glint_bq-write-01_20261123T020000_src7csgmxh3v65p6sa2tvtuv"},
		{"glint", Key{Workflow: "bq-write-01", Job: "city-write-bq-01", Slot: slot.In(time.FixedZone("CET", 3600))}, "finalDf", "glint_bq-write-01_20261123T020000_src7csgmxh3v65p6sa2tvtuv"},
		{"glint", Key{Workflow: "bq-write-01", Job: "city-write-bq-01", Slot: slot, Ordinal: 1}, "finalDf", "glint_bq-write-01_20261123T020000_ce64ralwo2xq5vm7fytkyqg4"},
		{"glint", Key{Workflow: "bq-write-01", Job: "other", Slot: slot}, "finalDf", "glint_bq-write-01_20261123T020000_66g3ohjxdwetpley42oqdskt"},
		{"other", Key{Workflow: "bq-write-01", Job: "city-write-bq-01", Slot: slot}, "finalDf", "other_bq-write-01_20261123T020000_a3ill6mqafyl4ze6xaoxnif7"},
		{"glint", Key{Workflow: "Grüße.1", Job: "j", Slot: slot.Add(time.Millisecond)}, "finalDf", "glint_gr--e-1_20261123T020000_hpyacth42w3krweiv3bxwa3o"},
	} {
		got := publication(c.ledger, c.key, c.output)
		if got != c.want {
			t.Errorf("publication(%s, %s, %s) = %q, want %q", c.ledger, c.key, c.output, got, c.want)
		}
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,200}$`).MatchString(got) {
			t.Errorf("%q is no legal job ID", got)
		}
	}
}

func TestKeyRoundTrip(t *testing.T) {
	slot := time.Date(2026, 11, 23, 2, 0, 0, 7e6, time.UTC)
	for _, k := range []Key{
		{Workflow: "w", Slot: slot},
		{Workflow: "w", Slot: slot, Ordinal: 12},
		{Workflow: "bq-write-01", Slot: slot, Job: "city-write-bq-01"},
		{Workflow: "w", Slot: slot, Job: "item/job"},
	} {
		got, err := ParseKey(k.String())
		if err != nil || got != k {
			t.Errorf("ParseKey(%q) = %+v, %v", k, got, err)
		}
	}
	if got := (Key{Workflow: "w", Slot: slot, Ordinal: 1, Job: "j"}).String(); got != "w/20261123T020000.007Z.1/j" {
		t.Errorf("String = %q", got)
	}
	for _, s := range []string{
		"", "w", "w/", "w/20261123T020000.007Z", "w/20261123T020000.007Z.", "w/20261123T020000.007Z.-1",
		"w/20261123T020000.007Z.x", "w/2026-11-23.0", "w/20261123T020000.007Z.0/j//k",
		"/20261123T020000.007Z.0", "w/20261123T020000.007Z.0/", "w/20261123T020000Z.0", "w/20261123T020000.007Z.+1",
	} {
		if k, err := ParseKey(s); !errors.Is(err, fault.Invalid) || len(fault.Hints(err)) == 0 {
			t.Errorf("ParseKey(%q) = %+v, %v, want an Invalid with a hint", s, k, err)
		}
	}
}

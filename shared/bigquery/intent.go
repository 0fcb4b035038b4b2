package bigquery

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/sink"
)

// Labels by which a job is recognised. The service returns labels as they were
// given, while it completes and rewrites other parts of a configuration.
const (
	digestLabel = "glint_intent" // of a load: the digest of its whole configuration
	burnedLabel = "glint_burned" // of the query that used up an ID
)

// detail is an intent's own part: enough to run the job, and to compare it.
type detail struct {
	Reference     *bq.JobReference     `json:"jobReference"`
	Configuration *bq.JobConfiguration `json:"configuration"`
	Patch         *bq.Table            `json:"patch,omitempty"` // what a load cannot set; nil if the table has it all
}

// seal labels the configuration with its own digest and returns all of it.
func (d *detail) seal() (json.RawMessage, error) {
	plain, err := json.Marshal(d)
	if err != nil {
		return nil, fault.Errorf(fault.Internal, "BigQuery: %w", err)
	}
	sum := sha256.Sum256(plain)
	d.Configuration.Labels[digestLabel] = hex.EncodeToString(sum[:20])
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, fault.Errorf(fault.Internal, "BigQuery: %w", err)
	}
	return raw, nil
}

func detailOf(i sink.Intent) (detail, error) {
	var d detail
	if err := json.Unmarshal(i.Detail, &d); err != nil || d.Reference == nil || d.Configuration == nil || d.Configuration.Load == nil {
		return d, fault.Errorf(fault.Internal, "BigQuery: intent %s does not hold a load job (%v)", i.ID, err)
	}
	return d, nil
}

// check says whether a job found under the intent's ID is the intent's.
func (d detail) check(j *bq.Job) error {
	c := j.Configuration
	switch {
	case c != nil && c.Labels[burnedLabel] != "":
		return fault.Errorf(fault.Conflict, "intent %s was given up by another attempt, which used up its job ID", d.Reference.JobId).
			WithHint("nothing was loaded under it; the next attempt takes a new ID")
	case c == nil || c.Load == nil,
		c.Labels[digestLabel] != d.Configuration.Labels[digestLabel],
		c.Load.DestinationTable == nil || address(c.Load.DestinationTable) != address(d.Configuration.Load.DestinationTable),
		c.Load.WriteDisposition != d.Configuration.Load.WriteDisposition,
		!slices.Equal(c.Load.SourceUris, d.Configuration.Load.SourceUris):
		return fault.Errorf(fault.Internal, "job %s exists and is not the one that was intended: its ID is taken by something else", d.Reference.JobId).
			WithHint("look at it: bq show --format=prettyjson --location=%s -j %s:%s", d.Reference.Location, d.Reference.ProjectId, d.Reference.JobId)
	}
	return nil
}

// jobLabels are the labels of the job, by which a bill or an audit log leads back to the run.
func jobLabels(o sink.Output) map[string]string {
	l := legalLabels(o.Labels)
	l["glint_run"] = label(o.Run)
	l["glint_output"] = label(o.Name)
	return l
}

func legalLabels(in map[string]string) map[string]string {
	out := map[string]string{}
	for _, k := range slices.Sorted(maps.Keys(in)) {
		key := label(k)
		if key == "" || key[0] < 'a' || key[0] > 'z' {
			key = label("l" + key)
		}
		out[key] = label(in[k])
	}
	return out
}

// label makes s legal as a label's key or value: lower case letters, digits, _ and -, at most 63.
// https://cloud.google.com/bigquery/docs/labels-intro#requirements
func label(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, s)
	return s[:min(len(s), 63)]
}

// patch is what the manifest says of the table and a load cannot set, as far
// as the live table does not have it. Labels of others are left alone.
func patch(o sink.Output, live *bq.Table) *bq.Table {
	if live == nil {
		live = &bq.Table{}
	}
	p, some := &bq.Table{}, false
	if o.Title != "" && o.Title != live.FriendlyName {
		p.FriendlyName, some = o.Title, true
	}
	if o.Description != "" && o.Description != live.Description {
		p.Description, some = o.Description, true
	}
	for k, v := range legalLabels(o.Labels) {
		if live.Labels[k] != v {
			if p.Labels == nil {
				p.Labels = map[string]string{}
			}
			p.Labels[k], some = v, true
		}
	}
	if !some {
		return nil
	}
	return p
}

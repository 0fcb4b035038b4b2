package manifest

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// streaming reads a block that people leave in batch jobs. It only matters if
// it says that the job is a stream.
func (d *decoder) streaming(r plug.Raw) {
	const what = "a batch job writes its outputs once"
	var trigger string
	at := r.Pos
	d.attributes("streaming", r, []attribute{
		{name: "triggerMode", read: func(v plug.Raw) { at = v.Pos; d.into("streaming.triggerMode", &trigger)(v) }},
		{name: "triggerDuration", accept: what},
		{name: "outputMode", accept: what},
		{name: "checkpointLocation", accept: what},
		{name: "forEachBatchMode", accept: what},
		{name: "batchMode", accept: what},
		{name: "extraOptions", accept: what},
	})
	switch strings.ToLower(strings.TrimSpace(trigger)) {
	case "":
	case "once", "onetime", "availablenow":
		d.refused(at, "leave streaming out to read all that there is, each time", "streaming.triggerMode %s is not supported: it reads what no run has read before", trigger)
	default:
		d.refused(at, "Glint recomputes datasets in full; run streams on DataOS", "streaming.triggerMode %s: streams are not supported", trigger)
	}
}

package sparkfn

import (
	"testing"

	"github.com/glint-data/glint/shared/sparktime"
)

// TestZones compares with Spark in the session time zone America/New_York,
// around the two nights in which its clocks change.
func TestZones(t *testing.T) {
	const zone = "America/New_York"
	for _, c := range []struct {
		fn   string
		at   string // an instant
		args []any
		want string // an instant
	}{
		{"spark_add_days", "2024-03-09 07:30:00Z", []any{sparktime.Day, zone}, "2024-03-10 07:30:00Z"},
		{"spark_add_days", "2024-11-03 05:30:00Z", []any{sparktime.Day, zone}, "2024-11-04 06:30:00Z"},
		{"spark_add_days", "2024-11-03 06:30:00Z", []any{sparktime.Hour, zone}, "2024-11-03 07:30:00Z"},
		{"spark_add_days", "2024-11-04 06:30:00Z", []any{-sparktime.Day, zone}, "2024-11-03 06:30:00Z"},
		{"spark_add_months", "2024-10-03 05:30:00Z", []any{int32(1), zone}, "2024-11-03 05:30:00Z"},
		{"spark_add_months", "2024-01-31 05:30:00Z", []any{int32(1), zone}, "2024-02-29 05:30:00Z"},
		{"spark_trunc", "2024-11-03 06:45:00Z", []any{"hour", zone}, "2024-11-03 06:00:00Z"},
		{"spark_trunc", "2024-11-03 06:45:00Z", []any{"DAY", zone}, "2024-11-03 04:00:00Z"},
		{"spark_trunc", "2024-07-04 03:00:00Z", []any{"week", zone}, "2024-07-01 04:00:00Z"},
		{"spark_instant", "2024-03-10 02:30:00Z", []any{zone}, "2024-03-10 07:30:00Z"},
		{"spark_instant", "2024-11-03 01:30:00Z", []any{zone}, "2024-11-03 05:30:00Z"},
		{"spark_local", "2024-11-03 06:30:00Z", []any{zone}, "2024-11-03 01:30:00Z"},
	} {
		got, err := byName[c.fn].Call(append([]any{instant(t, c.at)}, c.args...))
		if err != nil || got != instant(t, c.want) {
			t.Errorf("%s(%s, %v) = %v, %v, want %s", c.fn, c.at, c.args, got, err, c.want)
		}
	}
	got, err := byName["spark_months_between"].Call([]any{instant(t, "2024-03-10 07:30:00Z"), instant(t, "2024-01-01 05:00:00Z"), true, zone})
	if got != 2.2936828 || err != nil {
		t.Errorf("spark_months_between = %v, %v", got, err)
	}
}

func instant(t *testing.T, s string) any {
	t.Helper()
	us, err := byName["spark_to_stamp"].Call([]any{s, "UTC", int64(0)})
	if us == nil || err != nil {
		t.Fatalf("%s is no instant: %v", s, err)
	}
	return us
}

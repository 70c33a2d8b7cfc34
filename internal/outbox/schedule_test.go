package outbox

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDefaultScheduleIsThatOfStandardWebhooks(t *testing.T) {
	want := []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
	if diff := cmp.Diff(want, withDefaults(nil).Schedule); diff != "" {
		t.Errorf("schedule (-want +got):\n%s", diff)
	}
}

func TestBackoffIsTheScheduleAndUpToATenth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		schedule := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) time.Duration {
			return time.Duration(rapid.Int64Range(-1, int64(100*time.Hour)).Draw(rt, "d"))
		}), 1, 5).Draw(rt, "schedule")
		try := rapid.IntRange(0, 10).Draw(rt, "try")
		want := schedule[len(schedule)-1] // the last repeats
		if try <= len(schedule) {
			want = schedule[max(try, 1)-1]
		}
		want = max(want, 0)
		if got := backoff(schedule, try); got < want || got > want+want/10 {
			rt.Fatalf("backoff(%v, %d) = %v, want %v and up to a tenth more", schedule, try, got, want)
		}
	})
}

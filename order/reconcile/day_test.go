package reconcile

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Business days follow each other without a gap, every moment has one, and
// clocks that are set make a day an hour longer or shorter.
func TestBusinessDays(t *testing.T) {
	var zones []*time.Location
	for _, name := range []string{"UTC", "Asia/Shanghai", "America/New_York", "Africa/Cairo", "Pacific/Apia", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Skip(err)
		}
		zones = append(zones, zone)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := Calendar{Zone: rapid.SampledFrom(zones).Draw(t, "zone"), CutOff: time.Duration(rapid.IntRange(0, 24*60-1).Draw(t, "minutes")) * time.Minute}
		at := time.UnixMicro(rapid.Int64Range(1e15, 4e15).Draw(t, "at")).UTC()
		d := c.DateOf(at)
		p, err := c.Day(d)
		if err != nil || !p.Contains(at) {
			t.Fatalf("%v is on %s, which is %v, %v", at, d, p, err)
		}
		next, err := c.Day(d.Next())
		if err != nil || next.From != p.Until {
			t.Fatalf("%s ends at %v, the next day begins at %v, %v", d, p.Until, next.From, err)
		}
	})
}

func TestCutOffs(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip(err)
	}
	for _, c := range []struct {
		calendar    Calendar
		date        Date
		from, until string
	}{
		{Calendar{}, "2026-11-23", "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"},
		{Calendar{Zone: shanghai()}, "2026-11-23", "2026-11-22T16:00:00Z", "2026-11-23T16:00:00Z"},
		{Calendar{Zone: shanghai(), CutOff: 22 * time.Hour}, "2026-11-24", "2026-11-23T14:00:00Z", "2026-11-24T14:00:00Z"},
		{Calendar{Zone: newYork}, "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"}, // 25 hours
		{Calendar{Zone: newYork}, "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"}, // 23 hours
	} {
		p, err := c.calendar.Day(c.date)
		if from, until := formatTime(p.From), formatTime(p.Until); err != nil || from != c.from || until != c.until {
			t.Errorf("%s is from %s until %s, %v; want %s, %s", c.date, from, until, err, c.from, c.until)
		}
	}
	for _, text := range []string{"", "2026-11-31", "2026-1-1", "23.11.2026", "2026-11-23 ", "0001-01-01"} {
		if d, err := parseDate(text); err == nil {
			t.Errorf("%q is read as %s", text, d)
		}
	}
}

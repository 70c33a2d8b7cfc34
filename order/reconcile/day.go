package reconcile

import (
	"fmt"
	"time"
)

// Date is a business date, such as "2026-11-23".
type Date string

const dateForm = "2006-01-02"

// parseDate reads a date. The error says what a date looks like.
func parseDate(s string) (Date, error) {
	if t, err := time.Parse(dateForm, s); err != nil || t.Format(dateForm) != s || t.Year() < 1970 {
		return "", fmt.Errorf("%.40q is not a date: want one such as 2026-11-23", s)
	}
	return Date(s), nil
}

// Next is the day after.
func (d Date) Next() Date {
	t, err := time.Parse(dateForm, string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(0, 0, 1).Format(dateForm))
}

// Period is a time from From until just before Until.
type Period struct{ From, Until time.Time }

// Contains reports whether the moment lies in the period.
func (p Period) Contains(t time.Time) bool { return !t.Before(p.From) && t.Before(p.Until) }

// Calendar says when business days end. The zero value ends them at midnight UTC.
type Calendar struct {
	// Zone is the time zone of the cut-off. Default: UTC.
	Zone *time.Location
	// CutOff is the time of day, by the clock on the wall, at which a business day
	// ends and the next begins, less than 24 hours: 0 is midnight, and with 22 h the
	// business day of Tuesday is from Monday 22:00 to Tuesday 22:00.
	CutOff time.Duration
}

func (c Calendar) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// Day is the business day of a date. Days follow each other without a gap, also
// where clocks are set: a day has 23 or 25 hours then.
func (c Calendar) Day(d Date) (Period, error) {
	t, err := time.Parse(dateForm, string(d))
	if err != nil {
		return Period{}, fmt.Errorf("reconcile: %.40q is not a date: want one such as 2026-11-23", string(d))
	}
	if c.CutOff > 0 {
		t = t.AddDate(0, 0, -1)
	}
	return Period{c.cut(t), c.cut(t.AddDate(0, 0, 1))}, nil
}

// cut is the cut-off on the date of t.
func (c Calendar) cut(t time.Time) time.Time {
	seconds, rest := int(c.CutOff/time.Second), int(c.CutOff%time.Second)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, seconds, rest, c.zone()).UTC()
}

// DateOf is the business date of a moment.
func (c Calendar) DateOf(at time.Time) Date {
	local := at.In(c.zone())
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	if c.CutOff > 0 {
		day = day.AddDate(0, 0, 1)
	}
	// The clock on the wall may show one time twice or not at all, so the day is
	// looked for among its neighbours.
	for day = day.AddDate(0, 0, 1); ; day = day.AddDate(0, 0, -1) {
		d := Date(day.Format(dateForm))
		if p, err := c.Day(d); err != nil || !at.Before(p.From) {
			return d
		}
	}
}

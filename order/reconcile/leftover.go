package reconcile

import (
	"context"
	"time"
)

// leftovers judges the entries that nobody came for.
func (m *match) leftovers(ctx context.Context) error {
	for key, e := range m.open[sideThere] {
		if err := m.unknown(ctx, key, e); err != nil {
			return err
		}
	}
	for key, e := range m.open[sideHere] {
		b := Break{Kind: MissingThere, Key: key, Here: &e}
		if m.late(e.Booked) {
			m.report.Pending = append(m.report.Pending, b)
			continue
		}
		if err := m.broken(b); err != nil {
			return err
		}
	}
	return nil
}

// late reports a moment so near to the end of the day, or past it, that the other
// side may have it on its next day.
func (m *match) late(t time.Time) bool {
	return !t.Before(m.report.Period.Until.Add(-m.options.Window))
}

// unknown judges an entry there that no own record of the day is about.
func (m *match) unknown(ctx context.Context, key string, there Entry) error {
	here, found, err := m.records.Find(ctx, there)
	if err != nil {
		return err
	}
	if !found {
		return m.broken(Break{Kind: MissingHere, Key: key, There: &there})
	}
	p, before := m.report.Period, m.report.Period.From.Add(-m.options.Window)
	switch day := here.Booked; {
	case day.IsZero() && m.late(there.Booked): // or this side has not heard of it yet
		m.report.Pending = append(m.report.Pending, Break{StateDiffers, key, &here, &there})
		return nil
	case day.IsZero(): // known, and no money came
		return m.pair(key, here, there)
	case m.unheard[key] && day.Before(p.From): // heard of since
		return m.pair(key, here, there)
	case p.Contains(day): // and not open: it has met another
		return m.broken(Break{DuplicateThere, key, &here, &there})
	case !day.Before(p.Until) && day.Before(p.Until.Add(m.options.Window)) && m.late(there.Booked):
		m.report.Pending = append(m.report.Pending, Break{Kind: MissingHere, Key: key, There: &there})
		return nil
	case day.Before(p.From) && !day.Before(before) && m.options.Previous == nil:
		return m.pair(key, here, there) // of a day that nobody has matched
	case day.Before(p.From) && !day.Before(before): // or it would be pending since the day before
		return m.broken(Break{DuplicateThere, key, &here, &there})
	}
	if err := m.broken(Break{DateDiffers, key, &here, &there}); err != nil {
		return err
	}
	breaks, err := compare(key, here, there, m.options.Fee)
	if err != nil {
		return err
	}
	return m.broken(breaks...)
}

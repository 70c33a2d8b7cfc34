package reconcile

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// Records are one side's own records, for [Match]. They are safe for concurrent
// use.
type Records interface {
	// Entries are the records that were booked in the period, in about the order in
	// which they were: the better it is kept, the less a match keeps in memory.
	Entries(ctx context.Context, p Period) iter.Seq2[Entry, error]
	// Find is the own record of what an entry there is about, whenever it was
	// booked and whatever its state; found is false when nothing is known of it.
	Find(ctx context.Context, there Entry) (here Entry, found bool, err error)
	// Key names what an entry is about, the same for an own record and for an
	// entry there.
	Key(e Entry) string
}

// MatchOptions are the settings of [Match]. The zero value of a field, and a nil
// *MatchOptions, stand for the defaults.
type MatchOptions struct {
	// Window is how far apart the two sides may book the same money. What lies that
	// near to a cut-off may stand on the next day there. Default: 10 min.
	Window time.Duration
	// Previous is the report of the day before: what is pending there is looked for
	// today. Default: none; it is the first day.
	Previous *Report
	// Fee is the fee that was agreed for an entry. Default: fees are not compared.
	Fee func(there Entry) (int64, error)
	// MaxOpen is how many entries of one side may wait for the other's, and how many
	// breaks there may be. Default: 100,000.
	MaxOpen int
}

// Report is what came out of a match.
type Report struct {
	Period      Period
	Here, There int     // entries that were read of each side
	Matched     int     // of which both sides say the same
	Breaks      []Break // by the time of the entry, then by its key
	// Pending are entries so near to the cut-off that the other side may have them
	// on its next day, or that are paid there and of which this side may hear yet.
	// They are no breaks yet; each says what it becomes if that day,
	// whose match is given this report, does not have them either.
	Pending []Break
}

// Match compares what stands there, in a file or statement of the period, with the
// own records. Both are read once, side by side, and in memory are only entries
// that have not met their partner, and breaks.
//
// A match that fails has found nothing: the error is that of one of the sides,
// ctx's, or [ErrTooLarge] where the two sides do not belong together.
func Match(ctx context.Context, p Period, there iter.Seq2[Entry, error], here Records, o *MatchOptions) (Report, error) {
	m := newMatch(p, here, o)
	if err := m.read(ctx, there); err != nil {
		return Report{}, err
	}
	if err := m.leftovers(ctx); err != nil {
		return Report{}, err
	}
	sortBreaks(m.report.Breaks)
	sortBreaks(m.report.Pending)
	return m.report, nil
}

// MatchFile is [Match] of a clearing file, of which nothing was read but its
// header. It fails for a file whose signature or totals do not prove it.
func MatchFile(ctx context.Context, r *Reader, here Records, o *MatchOptions) (Report, error) {
	return Match(ctx, r.Header().Period, r.Entries(ctx), here, o)
}

// A side is one of the two.
type side int

const (
	sideHere side = iota
	sideThere
)

type match struct {
	records Records
	options MatchOptions
	report  Report
	open    [2]map[string]Entry // of each side, that have not met their partner
	unheard map[string]bool     // what was open here at the end of the day before, and paid there
}

func newMatch(p Period, here Records, o *MatchOptions) *match {
	m := &match{records: here, report: Report{Period: p}, open: [2]map[string]Entry{{}, {}}, unheard: map[string]bool{}}
	if o != nil {
		m.options = *o
	}
	if m.options.Window == 0 {
		m.options.Window = 10 * time.Minute
	}
	if m.options.MaxOpen == 0 {
		m.options.MaxOpen = 100_000
	}
	if m.options.Previous == nil {
		return m
	}
	for _, b := range m.options.Previous.Pending {
		m.unheard[b.Key] = b.Kind == StateDiffers
		if b.There != nil {
			m.open[sideThere][b.Key] = *b.There
		} else if b.Here != nil {
			m.open[sideHere][b.Key] = *b.Here
		}
	}
	return m
}

// read reads both sides, always the one that is behind.
func (m *match) read(ctx context.Context, there iter.Seq2[Entry, error]) error {
	var next [2]func() (Entry, error, bool)
	for s, entries := range [2]iter.Seq2[Entry, error]{m.records.Entries(ctx, m.report.Period), there} {
		pull, stop := iter.Pull2(entries)
		defer stop()
		next[s] = pull
	}
	var head [2]Entry
	var more [2]bool
	advance := func(s side) (err error) {
		head[s], err, more[s] = next[s]()
		return err
	}
	for _, s := range []side{sideHere, sideThere} {
		if err := advance(s); err != nil {
			return err
		}
	}
	for more[sideHere] || more[sideThere] {
		s := sideThere
		if !more[sideThere] || more[sideHere] && !head[sideHere].Booked.After(head[sideThere].Booked) {
			s = sideHere
		}
		if err := m.take(s, head[s]); err != nil {
			return err
		}
		if err := advance(s); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// take takes the next entry of a side: its partner waits for it, or it waits.
func (m *match) take(s side, e Entry) error {
	if s == sideHere {
		m.report.Here++
	} else {
		m.report.There++
	}
	key := m.records.Key(e)
	if _, twice := m.open[s][key]; twice {
		return m.twice(s, key, e)
	}
	partner, waits := m.open[1-s][key]
	if !waits {
		m.open[s][key] = e
		return m.bounded()
	}
	delete(m.open[1-s], key)
	if s == sideHere {
		return m.pair(key, e, partner)
	}
	return m.pair(key, partner, e)
}

func (m *match) twice(s side, key string, e Entry) error {
	b := Break{Kind: DuplicateThere, Key: key, There: &e}
	if s == sideHere {
		b = Break{Kind: DuplicateHere, Key: key, Here: &e}
	}
	return m.broken(b)
}

// pair compares two entries that met.
func (m *match) pair(key string, here, there Entry) error {
	breaks, err := compare(key, here, there, m.options.Fee)
	if err != nil {
		return err
	}
	if len(breaks) == 0 {
		m.report.Matched++
	}
	return m.broken(breaks...)
}

func (m *match) broken(breaks ...Break) error {
	m.report.Breaks = append(m.report.Breaks, breaks...)
	return m.bounded()
}

func (m *match) bounded() error {
	if n := max(len(m.open[sideHere]), len(m.open[sideThere]), len(m.report.Breaks)); n > m.options.MaxOpen {
		return fmt.Errorf("%w: more than %d entries or breaks without a partner: do the two sides belong together?", ErrTooLarge, m.options.MaxOpen)
	}
	return nil
}

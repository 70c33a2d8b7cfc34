package reconcile

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A town is two days of two sides, and what a match of each day should report.
type town struct {
	days    [2]Period
	own     books
	there   [2][]Entry
	breaks  [2][]string
	pending []string
	matched [2]int
	heard   []int // own records that are heard of between the two days
}

// fates are what may become of the money of one payment, near n seconds after the
// beginning of the first day or, where that matters, near its end.
func fates() map[string]func(*town, Entry) {
	const here, there = 0, 1
	plain := func(change func(own, there *Entry), kinds ...BreakKind) func(*town, Entry) {
		return func(w *town, e Entry) {
			own, other := e, e
			change(&own, &other)
			w.own, w.there[0] = append(w.own, own), append(w.there[0], other)
			w.expect(0, e, kinds...)
		}
	}
	boundary := func(ownDay, thereDay int, pending BreakKind) func(*town, Entry) {
		return func(w *town, e Entry) {
			own, other := e, e
			own.Booked, other.Booked = w.near(ownDay, e), w.near(thereDay, e)
			w.own = append(w.own, own)
			w.there[thereDay] = append(w.there[thereDay], other)
			w.pending = append(w.pending, fmt.Sprint(pending, " ", e.ID()))
			w.matched[1]++
		}
	}
	return map[string]func(*town, Entry){
		"agrees":       plain(func(_, _ *Entry) {}),
		"books later":  plain(func(_, there *Entry) { there.Booked = there.Booked.Add(9 * time.Minute) }),
		"books before": plain(func(own, _ *Entry) { own.Booked = own.Booked.Add(9 * time.Minute) }),
		"amount":       plain(func(_, there *Entry) { there.Gross++ }, AmountDiffers),
		"currency":     plain(func(_, there *Entry) { there.Currency = "EUR" }, AmountDiffers),
		"reference":    plain(func(_, there *Entry) { there.Reference = "another" }, MoneyDiffers),
		"fee":          plain(func(_, there *Entry) { there.Fee++ }, FeeDiffers),
		"not paid":     plain(func(own, _ *Entry) { own.Booked, own.State = time.Time{}, "expired" }, StateDiffers),
		"two things":   plain(func(own, there *Entry) { own.State, there.Gross = "open", 1 }, AmountDiffers, StateDiffers),
		"unknown here": func(w *town, e Entry) {
			w.there[0] = append(w.there[0], e)
			w.expect(0, e, MissingHere)
		},
		"unknown there": func(w *town, e Entry) {
			w.own = append(w.own, e)
			w.expect(0, e, MissingThere)
		},
		"twice there": func(w *town, e Entry) {
			again := e
			again.Booked = e.Booked.Add(time.Minute)
			w.own, w.there[0] = append(w.own, e), append(w.there[0], e, again)
			w.expect(0, e, DuplicateThere)
			w.matched[0]++
		},
		"next day there":     boundary(here, there, MissingThere),
		"previous day there": boundary(there, here, MissingHere),
		"lost at midnight": func(w *town, e Entry) {
			e.Booked = w.near(0, e)
			w.own = append(w.own, e)
			w.pending = append(w.pending, fmt.Sprint(MissingThere, " ", e.ID()))
			w.expect(1, e, MissingThere)
		},
		"in both files": func(w *town, e Entry) {
			again := e
			e.Booked, again.Booked = w.near(0, e), w.near(1, e)
			w.own, w.there[0], w.there[1] = append(w.own, e), append(w.there[0], e), append(w.there[1], again)
			w.matched[0]++
			w.expect(1, e, DuplicateThere)
		},
		"heard after the match": func(w *town, e Entry) {
			w.unheard(e)
			w.heard = append(w.heard, len(w.own)-1)
			w.matched[1]++
		},
		"never heard": func(w *town, e Entry) {
			w.unheard(e)
			w.expect(1, e, StateDiffers)
		},
		"a day late": func(w *town, e Entry) {
			late := e
			late.Booked = e.Booked.AddDate(0, 0, 1)
			w.own, w.there[1] = append(w.own, e), append(w.there[1], late)
			w.expect(0, e, MissingThere)
			w.expect(1, e, DateDiffers)
		},
	}
}

// unheard is money of the first day's last minute of which the own side knows nothing.
func (w *town) unheard(e Entry) {
	e.Booked = w.near(0, e)
	own := e
	own.Booked, own.State = time.Time{}, "open"
	w.own, w.there[0] = append(w.own, own), append(w.there[0], e)
	w.pending = append(w.pending, fmt.Sprint(StateDiffers, " ", e.ID()))
}

// near is a moment next to the cut-off between the two days, on one of them.
func (w *town) near(day int, e Entry) time.Time {
	off := time.Duration(e.Gross%500) * time.Millisecond
	if day == 0 {
		return w.days[0].Until.Add(-time.Millisecond - off)
	}
	return w.days[1].From.Add(off)
}

func (w *town) expect(day int, e Entry, kinds ...BreakKind) {
	for _, kind := range kinds {
		w.breaks[day] = append(w.breaks[day], fmt.Sprint(kind, " ", e.ID()))
	}
	if len(kinds) == 0 {
		w.matched[day]++
	}
}

// Whatever breaks there are, in whatever order the two sides are read, a match
// reports these and nothing else; and what lies at the cut-off is pending until the
// next day.
func TestMatchReportsTheBreaksThatThereAre(t *testing.T) {
	all := fates()
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		w := town{}
		for day, date := range []Date{"2026-11-23", "2026-11-24"} {
			p, err := Calendar{Zone: shanghai()}.Day(date)
			if err != nil {
				t.Fatal(err)
			}
			w.days[day] = p
		}
		for n, name := range rapid.SliceOfN(rapid.SampledFrom(names), 0, 60).Draw(t, "fates") {
			e := testEntry(w.days[0], 4*(n+1)*60) // never a refund in yen
			e.Kind, e.Refund, e.State, e.Gross, e.Fee, e.Currency = Payment, "", StatePaid, int64(n)+2, 6, "CNY"
			all[name](&w, e)
		}
		options := MatchOptions{Fee: func(Entry) (int64, error) { return 6, nil }}
		for day := range w.days {
			there := w.there[day]
			if rapid.Bool().Draw(t, "in order") {
				slices.SortFunc(there, func(a, b Entry) int { return a.Booked.Compare(b.Booked) })
			} else {
				there = rapid.Permutation(there).Draw(t, "there")
			}
			report, err := Match(t.Context(), w.days[day], sequence(there...), w.own, &options)
			if err != nil {
				t.Fatal(err)
			}
			want := Report{Period: w.days[day], There: len(there), Matched: w.matched[day], Here: report.Here}
			got := report
			got.Breaks, got.Pending = nil, nil
			slices.Sort(w.breaks[day])
			if diff := cmp.Diff(want, got) + cmp.Diff(w.breaks[day], lines(report.Breaks)); diff != "" {
				t.Fatalf("day %d (-want +got):\n%s", day, diff)
			}
			if day == 1 {
				w.pending = nil
			}
			slices.Sort(w.pending)
			if diff := cmp.Diff(w.pending, lines(report.Pending)); diff != "" {
				t.Fatalf("pending on day %d (-want +got):\n%s", day, diff)
			}
			options.Previous = &report
			for _, i := range w.heard {
				w.own[i].Booked, w.own[i].State = w.near(0, w.own[i]), StatePaid
			}
		}
	})
}

func lines(all []Break) (text []string) {
	for _, b := range all {
		text = append(text, fmt.Sprint(b.Kind, " ", b.Key))
	}
	slices.Sort(text)
	return text
}

// The order of the report is that of the entries, whatever came first.
func TestReportsAreInOrder(t *testing.T) {
	h := testHeader(t)
	var there []Entry
	for n := range 50 {
		there = append(there, testEntry(h.Period, 50-n))
	}
	report, err := Match(t.Context(), h.Period, sequence(there...), books{}, nil)
	if err != nil || len(report.Breaks) != 50 {
		t.Fatalf("%d breaks, %v", len(report.Breaks), err)
	}
	if !slices.IsSortedFunc(report.Breaks, func(a, b Break) int { return a.There.Booked.Compare(b.There.Booked) }) {
		t.Errorf("%v", report.Breaks)
	}
}

// Two sides in order keep nothing but what they are apart: 100,000 entries are
// matched with room for 10.
func TestMatchKeepsLittleInMemory(t *testing.T) {
	h := testHeader(t)
	report, err := Match(t.Context(), h.Period, day(h.Period, 100_000), &ledger{n: 100_000, period: h.Period}, &MatchOptions{MaxOpen: 10})
	if err != nil || report.Matched != 100_000 || len(report.Breaks) != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if _, err := Match(t.Context(), h.Period, day(h.Period, 50), books{}, &MatchOptions{MaxOpen: 10}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("two sides that do not belong together: %v", err)
	}
}

// A side that fails, and a file that is not proven, find nothing.
func TestMatchFailsWhole(t *testing.T) {
	h := testHeader(t)
	broken := func(yield func(Entry, error) bool) {
		if yield(testEntry(h.Period, 1), nil) {
			yield(Entry{}, errBroken)
		}
	}
	report, err := Match(t.Context(), h.Period, broken, books{}, nil)
	if diff := cmp.Diff(Report{}, report); diff != "" || !errors.Is(err, errBroken) {
		t.Errorf("%v %s", err, diff)
	}
	if report, err = Match(t.Context(), h.Period, sequence(), failing{}, nil); !errors.Is(err, errBroken) {
		t.Errorf("%v %v", report, err)
	}
}

var errBroken = errors.New("broken")

type failing struct{ books }

func (failing) Entries(context.Context, Period) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) { yield(Entry{}, errBroken) }
}

// ledger is a side with many records, made when they are asked for.
type ledger struct {
	n      int
	period Period
}

func (l *ledger) Key(e Entry) string { return e.ID() }
func (l *ledger) Entries(_ context.Context, p Period) iter.Seq2[Entry, error] {
	return day(p, l.n)
}
func (l *ledger) Find(context.Context, Entry) (Entry, bool, error) { return Entry{}, false, nil }

// day is n entries of a day.
func day(p Period, n int) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for i := range n {
			e := testEntry(p, i+1)
			e.Booked = p.From.Add(time.Duration(i) * 800 * time.Millisecond)
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Two own records about the same are told, whichever comes first.
func TestOwnDuplicates(t *testing.T) {
	h := testHeader(t)
	e, again := testEntry(h.Period, 1), testEntry(h.Period, 1)
	again.Booked = e.Booked.Add(time.Minute)
	there := e
	there.Booked = e.Booked.Add(2 * time.Minute)
	report, err := Match(t.Context(), h.Period, sequence(there), books{e, again}, nil)
	if diff := cmp.Diff([]string{"duplicate_here " + e.ID()}, lines(report.Breaks)); err != nil || diff != "" || report.Matched != 1 {
		t.Errorf("%d agree, %v %s", report.Matched, err, diff)
	}
}

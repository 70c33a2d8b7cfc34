package acquirer_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"log"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/reconcile"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/anyscan/anyscan/order/wire"
)

// The server's records of a period are the orders that the gateway decided in it to
// be paid; every other order is found in the state that it has.
func TestRecords(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { keepsRecords(t, open(t, filepath.Join(t.TempDir(), "acquirer.db"))) })
	t.Run("postgres", func(t *testing.T) { keepsRecords(t, pgtest.Start(t).Store(t)) })
}

func keepsRecords(t *testing.T, st *store.Store) {
	s := newServerOn(t, st, &peer{}, nil)
	var want []reconcile.Entry
	for i := range 4 {
		o := status(t, s, confirm(t, s, coffee(t, s, fmt.Sprint("k", i))).Order).Order
		if i == 3 {
			open, found, err := s.Records().Find(t.Context(), reconcile.Entry{Kind: reconcile.Payment, Order: o.ID})
			wantSame(t, "an open order", open, reconcile.Entry{Kind: reconcile.Payment, Order: o.ID, Merchant: "cafe",
				State: "open", Currency: "CNY", Gross: 2500})
			if !found || err != nil {
				t.Error(found, err)
			}
			break
		}
		paid := told(o, order.StatePaid, 2)
		if err := s.Notify(t.Context(), paid); err != nil {
			t.Fatal(err)
		}
		at := paid.Changed.UTC()
		want = append(want, reconcile.Entry{Kind: reconcile.Payment, Order: o.ID, Merchant: "cafe", Attempt: "attempt-1",
			Component: "blue", Reference: "blue-1", State: reconcile.StatePaid, Booked: at, Moved: at, Currency: "CNY", Gross: 2500})
	}
	until := want[2].Booked
	p := reconcile.Period{From: want[0].Booked, Until: until}
	if p.Contains(until) {
		t.Fatal("the end is part of the period")
	}
	wantSame(t, "the period", entriesOf(t, s, p), want[:slices.IndexFunc(want, func(e reconcile.Entry) bool { return !e.Booked.Before(until) })])
	p.Until = until.Add(time.Hour)
	wantSame(t, "the longer period", entriesOf(t, s, p), want)
	here, found, err := s.Records().Find(t.Context(), want[1])
	wantSame(t, "a paid order", here, want[1])
	if !found || err != nil {
		t.Error(found, err)
	}
	for what, e := range map[string]reconcile.Entry{"no order": {Kind: reconcile.Payment, Order: order.NewID(time.Now())},
		"a refund": {Kind: reconcile.Refund, Order: want[1].Order, Refund: "r"}} {
		if _, found, err := s.Records().Find(t.Context(), e); found || err != nil {
			t.Errorf("%s: %v, %v", what, found, err)
		}
	}
}

// What was paid just before the cut-off stands in the file of that day, and agrees
// with an order of which the server heard the day after, also where it heard only
// once it had matched.
func TestPaidAtTheCutOff(t *testing.T) {
	midnight := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	now := midnight.Add(-time.Minute)
	s := newServerOn(t, open(t, filepath.Join(t.TempDir(), "acquirer.db")), &peer{}, &acquirer.Options{Now: func() time.Time { return now }})
	var statuses []order.Status
	var there []reconcile.Entry
	for i, moment := range []time.Duration{-time.Second, -time.Microsecond, 0} {
		paid := told(status(t, s, confirm(t, s, coffee(t, s, fmt.Sprint("k", i))).Order).Order, order.StatePaid, 2)
		paid.Changed = midnight.Add(moment)
		paid.Payment.At = paid.Changed
		statuses = append(statuses, paid)
		there = append(there, reconcile.Entry{Kind: reconcile.Payment, Order: paid.Order.ID, Attempt: "attempt-1", Component: "blue", Reference: "blue-1",
			State: reconcile.StatePaid, Booked: paid.Changed, Moved: paid.Changed, Currency: "CNY", Gross: 2500})
	}
	day, err := reconcile.Calendar{}.Day("2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	var report reconcile.Report
	match := func(p reconcile.Period, o *reconcile.MatchOptions, entries ...reconcile.Entry) (counts [3]int) {
		if report, err = reconcile.Match(t.Context(), p, sequence(entries), s.Records(), o); err != nil {
			t.Fatal(err)
		}
		return [3]int{report.Matched, len(report.Pending), len(report.Breaks)}
	}
	hear := func(n int) {
		if err := s.Notify(t.Context(), statuses[n]); err != nil {
			t.Fatal(err)
		}
	}
	now = midnight.Add(time.Hour)
	hear(0)
	wantSame(t, "one heard of: agree, pending, breaks", match(day, nil, there[:2]...), [3]int{1, 1, 0})
	before := report
	hear(1)
	hear(2)
	wantSame(t, "the day again", match(day, nil, there[:2]...), [3]int{2, 0, 0})
	next := reconcile.Period{From: midnight, Until: midnight.AddDate(0, 0, 1)}
	wantSame(t, "the day after", match(next, &reconcile.MatchOptions{Previous: &before}, there[2]), [3]int{2, 0, 0})
}

func sequence(all []reconcile.Entry) iter.Seq2[reconcile.Entry, error] {
	return func(yield func(reconcile.Entry, error) bool) {
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func entriesOf(t *testing.T, s *acquirer.Server, p reconcile.Period) (all []reconcile.Entry) {
	t.Helper()
	for e, err := range s.Records().Entries(t.Context(), p) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// However many orders are paid in one moment, and refunds succeed in it, each is
// read once.
func TestRecordsAreReadInPages(t *testing.T) {
	const n = 1201
	st := open(t, filepath.Join(t.TempDir(), "acquirer.db"))
	s, err := acquirer.New(t.Context(), st, &peer{}, merchants(), base, nil) // orders without histories: the audit is not asked
	if err != nil {
		t.Fatal(err)
	}
	at := time.UnixMicro(1_700_000_000_000_000).UTC()
	want := map[string]int{}
	err = st.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for i := range n {
			o := order.Order{ID: order.NewID(at), Merchant: "cafe", Total: yuan(100)}
			want[string(o.ID)] = 1
			message, _ := json.Marshal(o)
			payment, _ := json.Marshal(order.Payment{Component: "blue", Amount: o.Total, At: at})
			if _, err := tx.ExecContext(ctx, `INSERT INTO acquirer_orders (order_id, message, state, version, changed, address, payment, seq, booked)
				VALUES ($1, $2, 'paid', 2, $3, '', $4, 1, $3)`, string(o.ID), string(message), at.UnixMicro(), string(payment)); err != nil {
				return err
			}
			refunds := 1
			if i == 0 {
				refunds = n // of one order
			}
			for j := range refunds {
				number := fmt.Sprintf("%s.%d", o.ID, j)
				want[number] = 1
				if _, err := tx.ExecContext(ctx, `INSERT INTO acquirer_refunds
					(order_id, refund_id, position, number, amount, reason, state, failure, reference, created, changed, moved, booked)
					VALUES ($1, $2, 0, $2, 1, '', 'succeeded', '', 'r', $3, $3, $3, $3)`, string(o.ID), number, at.UnixMicro()); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, e := range entriesOf(t, s, reconcile.Period{From: at, Until: at.Add(time.Microsecond)}) {
		got[s.Records().Key(e)]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An acquirer matches the clearing file of a day with its own orders.
func ExampleServer_Records() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "acquirer")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(ctx, filepath.Join(dir, "acquirer.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	server, err := acquirer.New(ctx, db, nowhere{}, merchants(), base, nil)
	if err != nil {
		log.Fatal(err)
	}
	institution := ed25519.NewKeyFromSeed(make([]byte, 32))
	keys, err := wire.NewKeys(institution.Public())
	if err != nil {
		log.Fatal(err)
	}
	file, err := reconcile.NewReader(fileOfTheDay(institution), keys, &reconcile.ReaderOptions{Acquirer: "north"})
	if err != nil {
		log.Fatal(err)
	}
	report, err := reconcile.MatchFile(ctx, file, server.Records(), nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range report.Breaks {
		fmt.Println(b.Kind, b.There.Gross, b.There.Currency, "by", b.There.Component)
	}
	// Output:
	// missing_here 2500 CNY by blue
}

// fileOfTheDay has a payment that the acquirer does not know.
func fileOfTheDay(institution ed25519.PrivateKey) *bytes.Buffer {
	day, err := reconcile.Calendar{}.Day("2026-11-23")
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	w, err := reconcile.NewWriter(&file, reconcile.CSV, reconcile.Header{Institution: "Town Clearing", Acquirer: "north", Date: "2026-11-23",
		Zone: "UTC", Period: day, Sequence: 1, Made: day.Until}, institution)
	if err != nil {
		log.Fatal(err)
	}
	noon := day.From.Add(12 * time.Hour)
	err = w.Write(reconcile.Entry{Kind: reconcile.Payment, Order: order.NewID(noon), Merchant: "cafe", Attempt: "a", Component: "blue",
		Reference: "b", State: reconcile.StatePaid, Booked: noon, Moved: noon, Currency: "CNY", Gross: 2500})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		log.Fatal(err)
	}
	return &file
}

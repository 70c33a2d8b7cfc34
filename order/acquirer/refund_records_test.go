package acquirer_test

import (
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/reconcile"
	"github.com/anyscan/anyscan/order/store"
)

// Refunds stand among the records by when they succeeded, payments and refunds in
// one order; every other refund is found in the state that it has.
func keepsRefundRecords(t *testing.T, open func(testing.TB) *store.Store) {
	d := newDesk()
	now := time.Now().UTC().Truncate(time.Hour)
	options := d.options()
	options.Now = func() time.Time { return now }
	s := newServerOn(t, open(t), d, options)
	var orders []order.Order
	for _, key := range []string{"a", "b"} {
		orders = append(orders, paid(t, s, d, key)) // at 2 s
		for _, fen := range []int64{1000, 700, 300} {
			if _, err := s.Refund(t.Context(), request(orders[len(orders)-1], fen)); err != nil { // at 3, 4 and 5 s
				t.Fatal(err)
			}
		}
		now = now.Add(time.Second)
	}
	for _, o := range orders {
		notify(t, s, d.settle(t, o.ID, 1, order.RefundSucceeded)) // at 6 s
		notify(t, s, d.settle(t, o.ID, 0, order.RefundFailed))
	}
	start := now.Add(-2 * time.Second)
	entry := func(n int, e reconcile.Entry, at int) reconcile.Entry {
		e.Order, e.Merchant, e.Attempt, e.Component, e.Currency = orders[n].ID, "cafe", "attempt-1", "blue", "CNY"
		if at > 0 {
			e.Booked = start.Add(time.Duration(at+n) * time.Second)
			e.Moved = e.Booked
		}
		return e
	}
	payment := reconcile.Entry{Kind: reconcile.Payment, Reference: "blue-1", State: reconcile.StatePaid, Gross: 2500}
	refund := func(n int) reconcile.Entry {
		return entry(n, reconcile.Entry{Kind: reconcile.Refund, Refund: string(orders[n].ID) + ".2", Reference: "blue-r2",
			State: reconcile.StateRefunded, Gross: -700}, 6)
	}
	p := reconcile.Period{From: start, Until: start.Add(time.Minute)}
	wantSame(t, "the records", entriesOf(t, s, p), []reconcile.Entry{entry(0, payment, 2), entry(1, payment, 2), refund(0), refund(1)})
	for _, until := range []int{6, 7} {
		p.Until = start.Add(time.Duration(until) * time.Second)
		wantSame(t, "a shorter period", len(entriesOf(t, s, p)), until-4)
	}
	for number, want := range map[string]reconcile.Entry{
		".2": refund(1),
		".1": entry(1, reconcile.Entry{Kind: reconcile.Refund, State: "failed", Gross: -1000}, 0),
		".3": entry(1, reconcile.Entry{Kind: reconcile.Refund, State: "pending", Gross: -300}, 0),
	} {
		want.Refund = string(orders[1].ID) + number
		here, found, err := s.Records().Find(t.Context(), reconcile.Entry{Kind: reconcile.Refund, Refund: want.Refund})
		wantSame(t, "refund "+number, here, want)
		if !found || err != nil {
			t.Error(found, err)
		}
		wantSame(t, "its key", s.Records().Key(here), want.Refund)
	}
	d.scripts(refusing(order.CodeRefused, "no"), nil)
	_, err := s.Refund(t.Context(), request(orders[0], 1))
	wantCode(t, "a refund without a number", err, order.CodeRefused)
	for _, number := range []string{"", "nobody's"} {
		if here, found, err := s.Records().Find(t.Context(), reconcile.Entry{Kind: reconcile.Refund, Refund: number}); found || err != nil {
			t.Errorf("refund %q: %v, %v", number, here, err)
		}
	}
	wantBreaks(t, s, reconcile.Period{From: start, Until: start.Add(time.Hour)}, entry(0, payment, 2), refund)
}

// wantBreaks matches a file with what differs from the records.
func wantBreaks(t *testing.T, s *acquirer.Server, p reconcile.Period, paid reconcile.Entry, refund func(int) reconcile.Entry) {
	t.Helper()
	first := refund(0)
	pending := refund(1)
	pending.Refund, pending.Gross, pending.Reference = string(pending.Order)+".3", -300, "blue-r3"
	unknown := refund(1)
	unknown.Refund = string(unknown.Order) + ".9"
	r, err := reconcile.Match(t.Context(), p, sequence([]reconcile.Entry{paid, first, pending, unknown}), s.Records(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, b := range r.Breaks {
		kinds = append(kinds, string(b.Kind)+" "+b.Key)
	}
	wantSame(t, "the breaks", kinds, []string{"missing_there " + string(pending.Order), "missing_there " + string(pending.Order) + ".2",
		"state " + pending.Refund, "missing_here " + unknown.Refund})
	wantSame(t, "what agrees", r.Matched, 2)
}

// A clearing institution that says when it decided that an order is paid is
// believed, however late the order's newest version is.
func TestPaymentIsBookedWhenTheGatewaySays(t *testing.T) {
	d := newDesk()
	s := newServer(t, d, d.options())
	id := confirm(t, s, coffee(t, s, "k")).Order
	d.pay(t, id)
	if _, err := d.Refund(t.Context(), order.RefundRequest{ID: order.NewID(time.Now()), Order: id, Amount: yuan(1)}); err != nil {
		t.Fatal(err)
	}
	late := d.settle(t, id, 0, order.RefundFailed)
	notify(t, s, late)
	here, found, err := s.Records().Find(t.Context(), reconcile.Entry{Kind: reconcile.Payment, Order: id})
	if !found || err != nil || !here.Booked.Equal(late.Payment.Booked) || here.Booked.Equal(late.Changed) {
		t.Errorf("booked at %v, want %v, and the version is of %v: %v", here.Booked, late.Payment.Booked, late.Changed, err)
	}
}

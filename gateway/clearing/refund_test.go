package clearing_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// A giver is a wallet whose refunds go as a test says.
type giver struct {
	*gatewaytest.Wallet
	refund func(component.Refund) (component.RefundEvidence, error) // nil for the wallet's own
	asked  []component.Refund
}

func (g *giver) Refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	g.asked = append(g.asked, r)
	if g.refund != nil {
		return g.refund(r)
	}
	return g.Wallet.Refund(ctx, a, r)
}

func newGivingWorld(t testing.TB) (*world, *giver) {
	g := &giver{}
	w := newWorld(t, func(c component.Component) component.Component {
		g.Wallet = c.(*gatewaytest.Wallet)
		return g
	})
	return w, g
}

// pays lets the provider take the money of an attempt, and tell.
func (w *world) pays(a gateway.Attempt) {
	w.Helper()
	w.blue.Decide(a.ID, component.OutcomeSucceeded)
	if _, err := w.server.Receive(w.Context(), "blue", w.blue.Notice(w.blue.Evidence(a.ID))); err != nil {
		w.Fatal(err)
	}
}

// paysTwice pays an order with two attempts, and gives the second one.
func (w *world) paysTwice() (o order.Order, second gateway.Attempt) {
	w.Helper()
	o = w.newOrder()
	address := w.place(o)
	first, second := w.begin(address, "k1"), w.begin(address, "k2", component.ActionForm)
	w.pays(first)
	w.pays(second)
	return o, second
}

func (w *world) reviews() []clearing.Review {
	w.Helper()
	all, err := w.server.Reviews(w.Context(), nil)
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// Of two successes the first one stays, and the money of the other goes back, once,
// although the answer was lost and the server is another one by then.
func TestSecondSuccessIsGivenBack(t *testing.T) {
	w, g := newGivingWorld(t)
	o, second := w.paysTwice()
	w.blue.Deafen(true)
	w.later(time.Second)
	w.restart()
	w.blue.Deafen(false)
	w.later(time.Hour)
	if held := w.blue.Held(second.ID); held != 0 || w.status(o).State != order.StatePaid {
		t.Errorf("the provider holds %d of the second payment, and the order is %s", held, w.status(o).State)
	}
	want := component.Refund{ID: second.ID[:26] + "r01", Amount: o.Total, Reason: "in excess: the order is paid"}
	if slices.ContainsFunc(g.asked, func(r component.Refund) bool { return r != want }) || len(g.asked) < 2 {
		t.Errorf("it was asked for %v, want %v each time", g.asked, want)
	}
	if len(w.reviews()) > 0 {
		t.Errorf("a person is asked: %v", w.reviews())
	}
}

// Money that comes after the order's time is given back.
func TestLateMoneyIsGivenBack(t *testing.T) {
	w := newWorld(t, nil)
	o := w.newOrder()
	a := w.begin(w.place(o), "k1")
	w.blue.Decide(a.ID, component.OutcomeFailed)
	w.later(2 * time.Hour)
	late := w.blue.Evidence(a.ID)
	late.Outcome, late.Amount, late.Reason = component.OutcomeSucceeded, o.Total, ""
	if _, err := w.server.Receive(t.Context(), "blue", w.blue.Notice(late)); err != nil {
		t.Fatal(err)
	}
	w.later(time.Second)
	got, want := auditOf(t, w), a.ID[:26]+"r01 pending>failed the provider says: too_much" // it never had the money
	if last := got[len(got)-2]; last != fmt.Sprintf("%d component:blue %s", len(got)-1, want) {
		t.Errorf("the audit has %q, want %q", last, want)
	}
	if w.status(o).State != order.StateExpired {
		t.Errorf("the order is %s", w.status(o).State)
	}
}

// What a provider says of a refund changes it only if it is about this refund over
// this amount; what it can't or won't give back, a person is asked to.
func TestRefundsFailClosed(t *testing.T) {
	said := func(e component.RefundEvidence) func(component.Refund) (component.RefundEvidence, error) {
		return func(r component.Refund) (component.RefundEvidence, error) {
			if e.Refund == "" {
				e.Refund = r.ID
			}
			return e, nil
		}
	}
	for name, c := range map[string]struct {
		refund func(component.Refund) (component.RefundEvidence, error)
		kind   clearing.ReviewKind // "" for none
		asks   bool                // again
	}{
		"refused":   {said(component.RefundEvidence{Outcome: component.OutcomeFailed, Reason: "window_closed"}), clearing.ReviewRefund, false},
		"undecided": {said(component.RefundEvidence{Outcome: component.OutcomePending}), "", true},
		"not reached": {func(component.Refund) (component.RefundEvidence, error) {
			return component.RefundEvidence{}, errors.New("lost")
		}, "", true},
		"other refund":  {said(component.RefundEvidence{Outcome: component.OutcomeSucceeded, Refund: "other"}), clearing.ReviewEvidence, true},
		"no reference":  {said(component.RefundEvidence{Outcome: component.OutcomeSucceeded, Amount: order.Money{Amount: 500, Currency: "CNY"}}), clearing.ReviewEvidence, true},
		"another sum":   {said(component.RefundEvidence{Outcome: component.OutcomeSucceeded, Reference: "r", Amount: order.Money{Amount: 499, Currency: "CNY"}}), clearing.ReviewEvidence, true},
		"no known word": {said(component.RefundEvidence{Outcome: "done"}), clearing.ReviewEvidence, true},
	} {
		t.Run(name, func(t *testing.T) {
			w, g := newGivingWorld(t)
			g.refund = c.refund
			_, second := w.paysTwice()
			w.later(time.Second)
			w.later(time.Hour)
			if asks := len(g.asked) > 1; asks != c.asks {
				t.Errorf("it was asked %d times", len(g.asked))
			}
			want := []clearing.Review{}
			if c.kind != "" {
				want = []clearing.Review{{ReviewID: clearing.ReviewID{What: second.ID[:26] + "r01", Kind: c.kind}, Acquirer: "north"}}
			}
			ignore := cmpopts.IgnoreFields(clearing.Review{}, "Order", "Detail", "Opened")
			if diff := cmp.Diff(want, w.reviews(), ignore, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("reviews (-want +got):\n%s", diff)
			}
			g.refund = nil
			w.later(24 * time.Hour)
			if held := w.blue.Held(second.ID); (held == 0) != c.asks {
				t.Errorf("in the end the provider holds %d", held)
			}
		})
	}
}

// plain hides what a wallet could do beside paying and telling.
type plain struct {
	component.Component
	component.Receiver
}

// A wallet that cannot refund leaves the money to a person.
func TestWalletWithoutRefunds(t *testing.T) {
	w := newWorld(t, func(c component.Component) component.Component { return plain{c, c.(component.Receiver)} })
	o, second := w.paysTwice()
	w.later(time.Second)
	want := []clearing.Review{{ReviewID: clearing.ReviewID{What: second.ID[:26] + "r01", Kind: clearing.ReviewRefund}, Acquirer: "north", Order: o.ID,
		Detail: "5.00 CNY of attempt " + second.ID + " is owed to the payer, and the refund failed: unsupported", Opened: w.clock()}}
	if diff := cmp.Diff(want, w.reviews()); diff != "" {
		t.Errorf("reviews (-want +got):\n%s", diff)
	}
}

// A review is opened once, closed once, by somebody with a note, and does not open
// again when the provider repeats itself.
func TestReviews(t *testing.T) { onBothStores(t, reviewsOpenAndClose) }

func reviewsOpenAndClose(t *testing.T, st *store.Store) {
	w := newWorld(t, nil)
	w.store = st
	w.server = newServer(t, st, w.keys, w.setup, clearing.Options{})
	a := w.begin(w.place(w.newOrder()), "k1")
	w.pays(a)
	denied := w.blue.Evidence(a.ID)
	denied.Outcome, denied.Reason = component.OutcomeFailed, "charged_back"
	tells := func() {
		if _, err := w.server.Receive(t.Context(), "blue", w.blue.Notice(denied)); err != nil {
			t.Fatal(err)
		}
	}
	tells()
	tells()
	all := w.reviews()
	if len(all) != 1 || all[0].ReviewID != (clearing.ReviewID{What: a.ID, Kind: clearing.ReviewContradiction}) {
		t.Fatalf("reviews: %v", all)
	}
	if next, err := w.server.Reviews(t.Context(), &all[0]); len(next) > 0 || err != nil {
		t.Errorf("after the last one: %v, %v", next, err)
	}
	id := all[0].ReviewID
	for _, c := range []struct {
		id       clearing.ReviewID
		by, note string
		want     order.Code
	}{
		{id, "", "settled by hand", order.CodeInvalid},
		{id, "ada", "two\nlines", order.CodeInvalid},
		{clearing.ReviewID{What: "no", Kind: id.Kind}, "ada", "settled by hand", order.CodeNotFound},
		{clearing.ReviewID{What: id.What, Kind: "other"}, "ada", "settled by hand", order.CodeNotFound},
		{id, "ada", "settled by hand", ""},
		{id, "ada", "settled by hand", order.CodeNotFound},
	} {
		if err := w.server.CloseReview(t.Context(), c.id, c.by, c.note); order.CodeOf(err) != c.want {
			t.Errorf("CloseReview(%v, %q, %q) = %v, want %q", c.id, c.by, c.note, err, c.want)
		}
	}
	tells()
	if len(w.reviews()) > 0 {
		t.Errorf("it is open again: %v", w.reviews())
	}
	entries := auditOf(t, w)
	if got := entries[len(entries)-1]; got != fmt.Sprintf("%d operator:ada %s:contradiction open>closed settled by hand", len(entries), a.ID) {
		t.Errorf("the last entry is %q", got)
	}
}

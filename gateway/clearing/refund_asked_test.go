package clearing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
	"github.com/anyscan/anyscan/order/store"
)

// bought is an order that was paid.
func (w *world) bought() (order.Order, gateway.Attempt) {
	w.Helper()
	o := w.newOrder()
	a := w.begin(w.place(o), "k1")
	w.pays(a)
	return o, a
}

// refund asks for an amount of the order in north's name.
func (w *world) refund(o order.Order, amount int64) (order.RefundRequest, order.Status, error) {
	w.Helper()
	desk, err := w.server.For("north")
	if err != nil {
		w.Fatal(err)
	}
	r := order.RefundRequest{ID: order.NewID(w.clock()), Order: o.ID, Amount: order.Money{Amount: amount, Currency: "CNY"}, Reason: "cold"}
	s, err := desk.Refund(w.Context(), r)
	return r, s, err
}

// A refund that was taken is given, once and under one number, although the answer was
// lost and the server is another one by then; its history says who asked, and what the
// provider said.
func TestRefundOutlivesProcess(t *testing.T) {
	w, g := newGivingWorld(t)
	o, a := w.bought()
	r, _, err := w.refund(o, 200)
	if err != nil {
		t.Fatal(err)
	}
	w.restart()
	w.blue.Deafen(true)
	w.later(time.Second)
	w.restart()
	w.blue.Deafen(false)
	w.later(time.Hour)
	number := a.ID[:26] + "r01"
	want := component.Refund{ID: number, Amount: r.Amount, Reason: "cold"}
	if slices.ContainsFunc(g.asked, func(r component.Refund) bool { return r != want }) || len(g.asked) < 2 || w.blue.Held(a.ID) != 300 {
		t.Errorf("it was asked for %v, want %v each time; the provider holds %d", g.asked, want, w.blue.Held(a.ID))
	}
	var got []string
	for _, line := range auditOf(t, w) {
		if _, rest, _ := strings.Cut(line, " "); strings.Contains(rest, number) {
			got = append(got, rest)
		}
	}
	if diff := cmp.Diff([]string{
		"acquirer:north " + number + " >pending the acquirer asks for 2.00 CNY, as " + string(r.ID),
		"component:blue " + number + " pending>succeeded the provider gave it back",
	}, got); diff != "" {
		t.Errorf("its history (-want +got):\n%s", diff)
	}
}

// An acquirer who asks for what the wallet is not able to do is told so, and nothing
// is kept of it.
func TestRefundOfAWalletWithoutRefunds(t *testing.T) {
	w := newWorld(t, func(c component.Component) component.Component { return plain{c, c.(component.Receiver)} })
	o, _ := w.bought()
	before := w.status(o)
	if _, _, err := w.refund(o, 200); order.CodeOf(err) != order.CodeRefused || !strings.Contains(err.Error(), `"blue" cannot give money back`) {
		t.Errorf("err = %v", err)
	}
	if diff := cmp.Diff(before, w.status(o)); diff != "" {
		t.Errorf("the order changed:\n%s", diff)
	}
}

// What an acquirer asked for and the provider refused is the acquirer's to decide, and
// no review; evidence that does not fit the refund is one, and changes nothing.
func TestRefundsThatWereAskedForFailClosed(t *testing.T) {
	for name, c := range map[string]struct {
		said  component.RefundEvidence
		state order.RefundState
		kinds []clearing.ReviewKind
	}{
		"refused":     {component.RefundEvidence{Outcome: component.OutcomeFailed, Reason: "window_closed"}, order.RefundFailed, nil},
		"undecided":   {component.RefundEvidence{Outcome: component.OutcomePending}, order.RefundPending, nil},
		"another sum": {component.RefundEvidence{Outcome: component.OutcomeSucceeded, Reference: "r", Amount: order.Money{Amount: 201, Currency: "CNY"}}, order.RefundPending, []clearing.ReviewKind{clearing.ReviewEvidence}},
	} {
		t.Run(name, func(t *testing.T) {
			w, g := newGivingWorld(t)
			g.refund = func(r component.Refund) (component.RefundEvidence, error) {
				c.said.Refund = r.ID
				return c.said, nil
			}
			o, _ := w.bought()
			if _, _, err := w.refund(o, 200); err != nil {
				t.Fatal(err)
			}
			w.later(time.Second)
			if got := w.status(o).Refunds[0].State; got != c.state {
				t.Errorf("it is %s, want %s", got, c.state)
			}
			var kinds []clearing.ReviewKind
			for _, r := range w.reviews() {
				kinds = append(kinds, r.Kind)
			}
			if !slices.Equal(kinds, c.kinds) {
				t.Errorf("reviews: %v, want %v", kinds, c.kinds)
			}
		})
	}
}

// Merchants are told of each refund that ends, and of nothing before.
func TestWebhooksOfRefunds(t *testing.T) {
	w, _ := newGivingWorld(t)
	desk, err := w.server.For("north")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.CreateEndpoint(t.Context(), order.EndpointRequest{Address: "https://tea.example/hook", Key: "k"}); err != nil {
		t.Fatal(err)
	}
	o, _ := w.bought()
	events := func() (all []order.EventType) {
		page, err := desk.Deliveries(t.Context(), order.DeliveryQuery{})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Deliveries {
			all = append(all, d.Type)
		}
		slices.Sort(all)
		return all
	}
	for range 2 {
		if _, _, err := w.refund(o, 200); err != nil {
			t.Fatal(err)
		}
	}
	if got := events(); !slices.Equal(got, []order.EventType{order.EventPaid}) {
		t.Errorf("before they end: %v", got)
	}
	w.later(time.Second)
	if got := events(); !slices.Equal(got, []order.EventType{order.EventPaid, order.EventRefunded, order.EventRefunded}) {
		t.Errorf("in the end: %v", got)
	}
}

// A refund stands in the file of the day on which it was given, after and beside the
// payments of that day; what was only asked for, or failed, stands in none.
func TestFilesHaveRefunds(t *testing.T) { onBothStores(t, filesHaveRefunds) }

func filesHaveRefunds(t *testing.T, st *store.Store) {
	w := newOffice(t, st)
	at := func(hour int) time.Time { return time.Date(2026, 11, 23, hour, 0, 0, 0, time.UTC) }
	w.now = at(10)
	first, paid := w.buy("north", 500)
	w.until(at(11))
	w.ask("north", first, 200)
	w.until(at(12))
	w.until(at(13))
	_, second := w.buy("north", 1250)
	w.ask("north", first, 300)
	w.blue.Rule("window_closed")
	w.until(at(14))
	w.blue.Rule("")
	w.until(at(25))
	w.ask("north", first, 300)
	w.until(at(26))
	w.until(at(49))
	key := paid.ID[:26]
	for date, want := range map[reconcile.Date][]string{
		"2026-11-23": {"file 1", paid.ID + " 500 7 blue-" + paid.ID, paid.ID + " -200 0 blue-" + key + "r01", second.ID + " 1250 15 blue-" + second.ID},
		"2026-11-24": {"file 2", paid.ID + " -300 0 blue-" + key + "r03"},
	} {
		for _, f := range []reconcile.Format{reconcile.CSV, reconcile.JSONLines} {
			if _, text := w.file("north", date, f); !slices.Equal(text, want) {
				t.Errorf("%s, %s: %q, want %q", date, f, text, want)
			}
		}
	}
}

// buy is an order of the acquirer that was paid.
func (w *office) buy(acquirer string, amount int64) (order.ID, gateway.Attempt) {
	w.Helper()
	a := w.attempt(w.server(), acquirer, amount, component.OutcomeSucceeded)
	return w.latest, a
}

// ask asks for a refund in the acquirer's name.
func (w *office) ask(acquirer string, of order.ID, amount int64) {
	w.Helper()
	desk, err := w.server().For(acquirer)
	if err != nil {
		w.Fatal(err)
	}
	r := order.RefundRequest{ID: order.NewID(w.clock()), Order: of, Amount: order.Money{Amount: amount, Currency: "CNY"}, Reason: fmt.Sprint(amount, " back")}
	if _, err := desk.Refund(w.Context(), r); err != nil {
		w.Fatal(err)
	}
}

package acquirer_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
)

// A till is one paid order between an acquirer and a gateway whose answers are lost,
// with what must hold of its refunds whatever happens.
type till struct {
	t       *rapid.T
	server  *acquirer.Server
	desk    *desk
	order   order.Order
	asked   []order.RefundRequest
	told    []order.Status // every version of the gateway's, as it may be told late
	failing *bool          // the books
	last    order.Status
}

func refundsHoldWhateverHappens(t *testing.T, open func(testing.TB) *store.Store) {
	d, failing := newDesk(), false
	options := d.options()
	options.OnChange = func(context.Context, *sql.Tx, acquirer.Change) error {
		if failing {
			return errors.New("the books are closed")
		}
		return nil
	}
	s := newServerOn(t, open(t), d, options)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		failing = false
		d.scripts(nil, nil)
		o := paid(t, s, d, fmt.Sprint("k", run))
		w := &till{t: rt, server: s, desk: d, order: o, failing: &failing}
		w.look()
		for range rapid.IntRange(2, 14).Draw(rt, "steps") {
			failing = rapid.IntRange(0, 4).Draw(rt, "books") == 0
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0, 1:
				w.ask()
			case 2:
				w.settle()
			case 3:
				w.notify()
			}
			w.look()
		}
		w.end()
	})
}

// ask asks for a refund, perhaps again, of a gateway that answers, or does not.
func (w *till) ask() {
	q := request(w.order, rapid.Int64Range(1, 1500).Draw(w.t, "amount"))
	if len(w.asked) > 0 && rapid.Bool().Draw(w.t, "again") {
		q = rapid.SampledFrom(w.asked).Draw(w.t, "which")
	} else {
		w.asked = append(w.asked, q)
	}
	fault := rapid.SampledFrom([]string{"", "", "lost before", "lost after", "refuses"}).Draw(w.t, "gateway")
	faults := map[string]script{"": nil, "lost before": lostBefore, "lost after": lostAfter, "refuses": refusing(order.CodeRefused, "no")}
	if fault == "refuses" && w.taken(q) {
		fault = "" // who has taken it does not refuse it
	}
	w.desk.scripts(faults[fault], nil)
	before := w.last
	st, err := w.server.Refund(context.Background(), q)
	if !slices.Contains([]order.Code{"", order.CodeUnavailable, order.CodeRefused}, order.CodeOf(err)) {
		w.t.Fatalf("Refund: %v", err)
	}
	if i := find(st.Refunds, q.ID); err == nil && (i < 0 || st.Refunds[i].State == order.RefundPlacing || !w.taken(q)) {
		w.t.Fatalf("the refund is acknowledged: %+v", st)
	}
	if i := find(before.Refunds, q.ID); order.CodeOf(err) == order.CodeRefused && i >= 0 && before.Refunds[i].Number != "" {
		w.t.Fatalf("a refund that is %s is refused: %v", before.Refunds[i].State, err)
	}
	w.remember()
}

func find(all []order.Refund, id order.ID) int {
	return slices.IndexFunc(all, func(r order.Refund) bool { return r.ID == id })
}

func (w *till) taken(q order.RefundRequest) bool {
	return find(w.now().Refunds, q.ID) >= 0
}

// now is the order at the gateway.
func (w *till) now() order.Status {
	st, err := w.desk.change(w.order.ID, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return st
}

func (w *till) remember() { w.told = append(w.told, w.now()) }

// settle ends one of the refunds that are pending at the gateway.
func (w *till) settle() {
	var open []int
	for i, r := range w.now().Refunds {
		if !r.State.Final() {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return
	}
	w.desk.settle(w.t, w.order.ID, rapid.SampledFrom(open).Draw(w.t, "settled"), rapid.SampledFrom(
		[]order.RefundState{order.RefundSucceeded, order.RefundFailed}).Draw(w.t, "how"))
	w.remember()
}

// notify tells one of the gateway's versions, mostly not the newest.
func (w *till) notify() {
	w.remember()
	st := rapid.SampledFrom(w.told).Draw(w.t, "told")
	err := w.server.Notify(context.Background(), st)
	switch code := order.CodeOf(err); {
	case err != nil && (code != order.CodeUnavailable || !*w.failing):
		w.t.Fatalf("Notify version %d after %d: %v", st.Version, w.last.Version, err)
	case err == nil && w.stands().Version < st.Version:
		w.t.Fatalf("version %d is acknowledged, and %d is known", st.Version, w.stands().Version)
	}
}

// stands is the order at the acquirer.
func (w *till) stands() order.Status {
	st, err := w.server.Order(context.Background(), w.order.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return st
}

// look checks what holds between two moments.
func (w *till) look() {
	was, is := w.last, w.stands()
	if order.Left(w.order.Total, is.Refunds) < 0 {
		w.t.Fatalf("more than %s is refunded: %+v", w.order.Total, is.Refunds)
	}
	if len(is.Refunds) < len(was.Refunds) || is.Version < was.Version {
		w.t.Fatalf("the acquirer forgets: %+v, after %+v", is, was)
	}
	for i, r := range was.Refunds {
		now := is.Refunds[i]
		switch {
		case now.ID != r.ID || now.Amount != r.Amount || !now.Created.Equal(r.Created):
			w.t.Fatalf("refund %+v became %+v", r, now)
		case !r.State.CanBecome(now.State) || r.State.Final() && r != now:
			w.t.Fatalf("refund %+v became %+v", r, now)
		case *w.failing && r.State != now.State:
			w.t.Fatalf("the books refused it, and refund %s went from %s to %s", r.ID, r.State, now.State)
		}
	}
	if *w.failing && len(is.Refunds) > len(was.Refunds) {
		w.t.Fatalf("the books refused it, and there are %d refunds after %d", len(is.Refunds), len(was.Refunds))
	}
	w.last = is
}

// end lets everything end: then each refund is as the gateway has it, or refused and
// not known there.
func (w *till) end() {
	*w.failing = false
	w.desk.scripts(nil, nil)
	for _, q := range w.asked {
		if i := find(w.last.Refunds, q.ID); i >= 0 && w.last.Refunds[i].State == order.RefundPlacing {
			if _, err := w.server.Refund(context.Background(), q); err != nil && !errors.Is(err, order.CodeRefused) {
				w.t.Fatalf("Refund: %v", err)
			}
		}
	}
	for i, r := range w.now().Refunds {
		if !r.State.Final() {
			w.desk.settle(w.t, w.order.ID, i, order.RefundSucceeded)
		}
	}
	st := w.now()
	if err := w.server.Notify(context.Background(), st); err != nil {
		w.t.Fatalf("Notify: %v", err)
	}
	w.look()
	if taken := len(st.Refunds); w.last.Version != st.Version || taken > len(w.last.Refunds) {
		w.t.Fatalf("the acquirer has %+v, the gateway %+v", w.last, st)
	}
	for _, r := range w.last.Refunds {
		i := find(st.Refunds, r.ID)
		if (i < 0) != (r.State == order.RefundRefused) {
			w.t.Fatalf("refund %s is %s, at the gateway it is number %d", r.ID, r.State, i)
		}
		if i >= 0 && (r.State != st.Refunds[i].State || r.Number != st.Refunds[i].Number || r.Reference != st.Refunds[i].Reference) {
			w.t.Fatalf("refund %+v, at the gateway %+v", r, st.Refunds[i])
		}
	}
}

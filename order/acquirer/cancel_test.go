package acquirer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

func TestCancel(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(testing.TB) *store.Store) {
		d, st := newDesk(), open(t)
		s := newServerOn(t, st, d, d.options())
		id := confirm(t, s, coffee(t, s, "k")).Order
		for range 2 {
			got, err := s.Cancel(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			wantSame(t, "the answer", got, d.must(t, id, nil))
			wantSame(t, "the order", status(t, s, id), got)
		}
		wantSame(t, "how often the gateway was asked", d.canceled, 1)
		wantSame(t, "the last entry", list(t, st, `SELECT from_state || '>' || to_state || ' ' || actor || ': ' || why FROM acquirer_audit
			WHERE order_id = $1 ORDER BY seq DESC LIMIT 1`, string(id)), []string{"open>canceled gateway: asked to cancel"})
		_, err := s.Cancel(t.Context(), order.NewID(time.Now()))
		wantCode(t, "an order that was never made", err, order.CodeNotFound)
	})
}

// Whatever became of the order meanwhile is the answer.
func TestCancelAnswersWithWhatTheGatewayKnows(t *testing.T) {
	d := newDesk()
	s := newServer(t, d, d.options())
	waiting := confirm(t, s, coffee(t, s, "waiting")).Order
	d.cancel = func(context.Context, func() (order.Status, error)) (order.Status, error) {
		return d.must(t, waiting, nil), nil
	}
	got, err := s.Cancel(t.Context(), waiting)
	wantSame(t, "one that may still be paid", got.State, order.StateOpen)
	wantCode(t, "it", err, "")
	d.cancel = nil

	bought := confirm(t, s, coffee(t, s, "bought")).Order
	told := d.pay(t, bought)
	got, err = s.Cancel(t.Context(), bought)
	wantSame(t, "one that was paid", got, told)
	wantCode(t, "it", err, "")
}

// An order whose placing is not known is canceled if the gateway knows it.
func TestCancelWhilePlacing(t *testing.T) {
	for _, arrived := range []bool{false, true} {
		d, p := newDesk(), &peer{}
		p.place = func(ctx context.Context, o order.Order) (order.Placement, error) {
			if arrived {
				if _, err := d.Place(ctx, o); err != nil {
					t.Error(err)
				}
			}
			return unreachable(ctx, o)
		}
		s := newServer(t, p, d.options())
		_, err := s.Confirm(t.Context(), s.CodeAddress("cafe"), coffee(t, s, "k"))
		wantCode(t, "Confirm", err, order.CodeUnavailable)
		o := p.orders()[0]
		got, err := s.Cancel(t.Context(), o.ID)
		if arrived {
			wantCode(t, "Cancel", err, "")
			wantSame(t, "the answer", got.State, order.StateCanceled)
			continue
		}
		wantCode(t, "Cancel", err, order.CodeUnavailable)
		if at := o.Expires.Format(time.RFC3339); !strings.Contains(fmt.Sprint(err), "by itself at "+at) {
			t.Errorf("%v does not say what happens at %s", err, at)
		}
		wantSame(t, "the state", status(t, s, o.ID).State, order.StatePlacing)
	}
}

func TestCancelThatDecidesNothing(t *testing.T) {
	d := newDesk()
	s := newServer(t, d, d.options())
	id := confirm(t, s, coffee(t, s, "k")).Order
	before := status(t, s, id)
	about := func(change func(*order.Status)) script {
		return func(context.Context, func() (order.Status, error)) (order.Status, error) {
			st := d.must(t, id, nil)
			change(&st)
			return st, nil
		}
	}
	for what, c := range map[string]struct {
		answer script
		code   order.Code
	}{
		"lost":              {lostAfter, order.CodeUnavailable},
		"not known":         {refusing(order.CodeNotFound, "what order"), order.CodeUnavailable},
		"not let in":        {refusing(order.CodeUnauthenticated, "who are you"), order.CodeUnavailable},
		"refused":           {refusing(order.CodeForbidden, "not by you"), order.CodeForbidden},
		"of another order":  {about(func(st *order.Status) { st.Order.ID = order.NewID(time.Now()) }), order.CodeUnavailable},
		"of another amount": {about(func(st *order.Status) { st.Order.Total.Amount++ }), order.CodeUnavailable},
	} {
		d.cancel = c.answer
		_, err := s.Cancel(t.Context(), id)
		wantCode(t, what, err, c.code)
		wantSame(t, "the order, "+what, status(t, s, id), before)
	}
	d.cancel = nil
	got, err := s.Cancel(t.Context(), id)
	wantSame(t, "in the end", got.State, order.StateCanceled)
	wantCode(t, "it", err, "")
}

// An order that the gateway refused was never there.
func TestCancelOfARefusedOrder(t *testing.T) {
	d, p := newDesk(), &peer{}
	p.place = func(context.Context, order.Order) (order.Placement, error) {
		return order.Placement{}, order.Errorf(order.CodeRefused, "peer", "no")
	}
	s := newServer(t, p, d.options())
	_, err := s.Confirm(t.Context(), s.CodeAddress("cafe"), coffee(t, s, "k"))
	wantCode(t, "Confirm", err, order.CodeRefused)
	got, err := s.Cancel(t.Context(), p.orders()[0].ID)
	wantSame(t, "the answer", got.State, order.StateRefused)
	wantCode(t, "it", err, "")
	wantSame(t, "how often the gateway was asked", d.canceled, 0)
}

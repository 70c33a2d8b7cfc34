package acquirer_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
)

// desk is a clearing institution that takes orders, cancels and refunds them. What
// happens to the calls of one is for a test to say.
type desk struct {
	mu       sync.Mutex
	orders   map[order.ID]order.Status
	asked    []order.ID      // of every call of Refund, whatever became of it
	times    []time.Duration // since it was made, of every call of Refund and Query
	made     time.Time
	refund   script // nil acts
	query    script
	cancel   script
	canceled int // calls of Cancel
}

// A script stands around a call, which act does.
type script func(ctx context.Context, act func() (order.Status, error)) (order.Status, error)

func newDesk() *desk { return &desk{orders: map[order.ID]order.Status{}, made: time.Now()} }

// options reach the desk.
func (d *desk) options() *acquirer.Options { return &acquirer.Options{Refunder: d, Canceler: d} }

func lostBefore(context.Context, func() (order.Status, error)) (order.Status, error) {
	return order.Status{}, errors.New("nobody answers")
}

func lostAfter(_ context.Context, act func() (order.Status, error)) (order.Status, error) {
	_, err := act()
	return order.Status{}, errors.Join(err, errors.New("the answer is lost"))
}

func refusing(code order.Code, detail string) script {
	return func(context.Context, func() (order.Status, error)) (order.Status, error) {
		return order.Status{}, order.Errorf(code, "desk", "%s", detail)
	}
}

// scripts sets what happens from now on; nil acts.
func (d *desk) scripts(refund, query script) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refund, d.query = refund, query
}

func (s script) around(ctx context.Context, act func() (order.Status, error)) (order.Status, error) {
	if s == nil {
		return act()
	}
	return s(ctx, act)
}

func (d *desk) Place(_ context.Context, o order.Order) (order.Placement, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.orders[o.ID]; !known {
		d.orders[o.ID] = order.Status{Order: o, State: order.StateOpen, Version: 1, Changed: o.Created}
	}
	return placement(o), nil
}

func (d *desk) Query(ctx context.Context, id order.ID) (order.Status, error) {
	d.mu.Lock()
	d.times = append(d.times, time.Since(d.made))
	s := d.query
	d.mu.Unlock()
	return s.around(ctx, func() (order.Status, error) { return d.change(id, nil) })
}

func (d *desk) Cancel(ctx context.Context, id order.ID) (order.Status, error) {
	d.mu.Lock()
	d.canceled++
	s := d.cancel
	d.mu.Unlock()
	return s.around(ctx, func() (order.Status, error) {
		return d.change(id, func(st *order.Status) error {
			if st.State == order.StateOpen {
				st.State = order.StateCanceled
			}
			return nil
		})
	})
}

func (d *desk) Refund(ctx context.Context, q order.RefundRequest) (order.Status, error) {
	d.mu.Lock()
	d.asked, d.times = append(d.asked, q.ID), append(d.times, time.Since(d.made))
	s := d.refund
	d.mu.Unlock()
	return s.around(ctx, func() (order.Status, error) {
		return d.change(q.Order, func(st *order.Status) error { return d.take(st, q) })
	})
}

// take is what a clearing institution does with a request.
func (*desk) take(st *order.Status, q order.RefundRequest) error {
	i := slices.IndexFunc(st.Refunds, func(r order.Refund) bool { return r.ID == q.ID })
	switch {
	case i >= 0 && (st.Refunds[i].Amount != q.Amount || st.Refunds[i].Reason != q.Reason):
		return order.CodeIdempotencyKeyReused
	case i >= 0:
		return nil
	case st.State != order.StatePaid:
		return order.Errorf(order.CodeConflict, "desk", "not paid")
	case q.Amount.Amount > order.Left(st.Payment.Amount, st.Refunds):
		return order.Errorf(order.CodeRefused, "desk", "so much is not left")
	}
	at := st.Order.Created.Add(time.Duration(st.Version+1) * time.Second)
	st.Refunds = append(st.Refunds, order.Refund{ID: q.ID, Number: fmt.Sprintf("%s.%d", st.Order.ID, len(st.Refunds)+1), Amount: q.Amount,
		Reason: q.Reason, State: order.RefundPending, Created: at, Changed: at})
	return nil
}

// change makes a new version of an order, if fn changes it.
func (d *desk) change(id order.ID, fn func(*order.Status) error) (order.Status, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	was, known := d.orders[id]
	if !known {
		return was, order.Errorf(order.CodeNotFound, "desk", "there is no such order")
	}
	st := was
	st.Refunds = slices.Clone(was.Refunds)
	if fn == nil {
		return st, nil
	}
	if err := fn(&st); err != nil {
		return order.Status{}, err
	}
	if st.State != was.State || !slices.Equal(st.Refunds, was.Refunds) {
		st.Version++
		st.Changed = st.Order.Created.Add(time.Duration(st.Version) * time.Second)
		d.orders[id] = st
	}
	st.Refunds = slices.Clone(st.Refunds)
	return st, nil
}

// failer is a test that can fail.
type failer interface {
	Helper()
	Fatal(args ...any)
}

// pay decides that an order is paid.
func (d *desk) pay(t failer, id order.ID) order.Status {
	t.Helper()
	return d.must(t, id, func(st *order.Status) error {
		st.State = order.StatePaid
		at := st.Order.Created.Add(time.Duration(st.Version+1) * time.Second)
		st.Payment = &order.Payment{Component: "blue", Attempt: "attempt-1", Reference: "blue-1", Amount: st.Order.Total, At: at, Booked: at}
		return nil
	})
}

// settle ends an order's nth refund.
func (d *desk) settle(t failer, id order.ID, n int, state order.RefundState) order.Status {
	t.Helper()
	return d.must(t, id, func(st *order.Status) error {
		if n >= len(st.Refunds) {
			return errors.New("the gateway has no such refund")
		}
		r := &st.Refunds[n]
		r.State, r.Changed = state, st.Order.Created.Add(time.Duration(st.Version+1)*time.Second)
		if state == order.RefundSucceeded {
			r.Reference, r.Moved = fmt.Sprint("blue-r", n+1), r.Changed
		} else {
			r.Failure = "window_closed"
		}
		return nil
	})
}

func (d *desk) must(t failer, id order.ID, fn func(*order.Status) error) order.Status {
	t.Helper()
	st, err := d.change(id, fn)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// calls are the IDs of every call of Refund.
func (d *desk) calls() []order.ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.asked)
}

// since is when the desk was asked for refunds, or about orders.
func (d *desk) since() []time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.times)
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, open func(testing.TB) *store.Store)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, func(t testing.TB) *store.Store { return open(t, filepath.Join(t.TempDir(), "acquirer.db")) })
	})
	t.Run("postgres", func(t *testing.T) {
		c := pgtest.Start(t)
		test(t, func(t testing.TB) *store.Store { return c.Store(t) })
	})
}

// paid is an order of 25.00 CNY that is paid, as both sides know.
func paid(t testing.TB, s *acquirer.Server, d *desk, key string) order.Order {
	t.Helper()
	id := confirm(t, s, coffee(t, s, key)).Order
	st := d.pay(t, id)
	notify(t, s, st)
	return st.Order
}

func notify(t testing.TB, s *acquirer.Server, st order.Status) {
	t.Helper()
	if err := s.Notify(t.Context(), st); err != nil {
		t.Fatalf("Notify version %d: %v", st.Version, err)
	}
}

// request is one for a refund of an order.
func request(o order.Order, fen int64) order.RefundRequest {
	return order.RefundRequest{ID: order.NewID(time.Now()), Order: o.ID, Amount: yuan(fen), Reason: "The cup was broken"}
}

// stateOf is the state of an order's refund at a server, "" for none.
func stateOf(t testing.TB, s *acquirer.Server, q order.RefundRequest) order.RefundState {
	t.Helper()
	for _, r := range status(t, s, q.Order).Refunds {
		if r.ID == q.ID {
			return r.State
		}
	}
	return ""
}

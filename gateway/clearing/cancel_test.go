package clearing_test

import (
	"errors"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

func (w *world) cancel(o order.Order) order.State {
	w.Helper()
	d, err := w.server.For("north")
	if err != nil {
		w.Fatal(err)
	}
	s, err := d.Cancel(w.Context(), o.ID)
	if err != nil {
		w.Fatal(err)
	}
	return s.State
}

// An order is canceled when its attempts are closed, once, and nobody begins to
// pay it again.
func TestCancel(t *testing.T) {
	w, c := newClosingWorld(t)
	o := w.newOrder()
	address := w.place(o)
	w.begin(address, "k1")
	for range 2 {
		if s := w.cancel(o); s != order.StateCanceled || len(c.asked) != 1 {
			t.Errorf("the order is %s, its provider was asked %d times to close", s, len(c.asked))
		}
	}
	if _, err := w.server.Begin(t.Context(), address, beginning("k2")); order.CodeOf(err) != order.CodeConflict {
		t.Errorf("a canceled order is begun: %v", err)
	}
	w.later(2 * time.Hour)
	w.expectTold(o, order.StateCanceled)
}

// Who paid before the cancel arrived has paid.
func TestCancelFindsMoney(t *testing.T) {
	w, c := newClosingWorld(t)
	o := w.newOrder()
	w.begin(w.place(o), "k1")
	c.before = func(id string) { c.Decide(id, component.OutcomeSucceeded) }
	for range 2 {
		if s := w.cancel(o); s != order.StatePaid {
			t.Errorf("the order is %s although its provider has the money", s)
		}
	}
	w.later(time.Minute)
	w.expectTold(o, order.StatePaid)
}

// What cannot be closed at once is closed later, also by another process, and
// can be begun by nobody meanwhile.
func TestCancelWaitsForTheProvider(t *testing.T) {
	w, c := newClosingWorld(t)
	o := w.newOrder()
	address := w.place(o)
	w.begin(address, "k1")
	c.failed = errors.New("no answer")
	if s := w.cancel(o); s != order.StateOpen {
		t.Errorf("the order is %s while it can be paid", s)
	}
	if _, err := w.server.Begin(t.Context(), address, beginning("k2", component.ActionForm)); order.CodeOf(err) != order.CodeConflict {
		t.Errorf("an order that is being canceled is begun: %v", err)
	}
	c.failed = nil
	w.restart()
	w.later(30 * time.Minute)
	w.expectTold(o, order.StateCanceled)
}

// A late cancel leaves a paid order paid, and another's order is not there.
func TestCancelTooLateOrNotOwn(t *testing.T) {
	w, _ := newClosingWorld(t)
	o := w.newOrder()
	a := w.begin(w.place(o), "k1")
	w.blue.Decide(a.ID, component.OutcomeSucceeded)
	if _, err := w.server.Receive(t.Context(), "blue", w.blue.Notice(w.blue.Evidence(a.ID))); err != nil {
		t.Fatal(err)
	}
	if s := w.cancel(o); s != order.StatePaid {
		t.Errorf("a paid order became %s", s)
	}
	d, err := w.server.For("north")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []order.ID{order.NewID(time.Now()), "x"} {
		if _, err := d.Cancel(t.Context(), id); order.CodeOf(err) != order.CodeNotFound {
			t.Errorf("canceling %q: %v", id, err)
		}
	}
}

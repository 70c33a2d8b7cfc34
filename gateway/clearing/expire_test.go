package clearing_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
)

// closer is a wallet whose payments can be closed at the provider.
type closer struct {
	*gatewaytest.Wallet
	mu     sync.Mutex // guards asked
	asked  []string
	before func(attempt string) // what happens at the provider before it closes
	failed error                // instead of an answer
}

func (c *closer) Cancel(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	c.mu.Lock()
	c.asked = append(c.asked, a.ID)
	c.mu.Unlock()
	if c.before != nil {
		c.before(a.ID)
	}
	if c.failed != nil {
		return component.Evidence{}, c.failed
	}
	c.Decide(a.ID, component.OutcomeFailed)
	return c.Query(ctx, a)
}

func newClosingWorld(t *testing.T) (*world, *closer) {
	c := &closer{}
	return newWorld(t, func(blue component.Component) component.Component {
		c.Wallet = blue.(*gatewaytest.Wallet)
		return c
	}), c
}

func (w *world) expectTold(o order.Order, state order.State) {
	w.Helper()
	s := w.status(o)
	if s.State != state {
		w.Errorf("the order is %s, want %s", s.State, state)
	}
	if diff := cmp.Diff([]order.Status{s}, w.told); diff != "" {
		w.Errorf("what the acquirer was told differs (-want +got):\n%s", diff)
	}
}

// An order that is past its time ends as soon as what may still be paid is
// closed at its providers, each closed before the order is.
func TestExpiryClosesAttempts(t *testing.T) {
	w, c := newClosingWorld(t)
	o := w.newOrder()
	address := w.place(o)
	first, second := w.begin(address, "k1"), w.begin(address, "k2", component.ActionForm)
	c.before = func(string) {
		if s := w.status(o).State; s != order.StateOpen {
			t.Errorf("the order is %s while its attempts can be paid", s)
		}
	}
	w.later(61 * time.Minute)
	w.expectTold(o, order.StateExpired)
	if diff := cmp.Diff([]string{first.ID, second.ID}, c.asked); diff != "" {
		t.Errorf("closed attempts differ (-want +got):\n%s", diff)
	}
}

// Who paid in the last moment has paid: closing finds the money, and the order
// is paid instead of expired.
func TestExpiryFindsMoney(t *testing.T) {
	w, c := newClosingWorld(t)
	o := w.newOrder()
	a := w.begin(w.place(o), "k1")
	c.before = func(id string) { c.Decide(id, component.OutcomeSucceeded) }
	w.later(61 * time.Minute)
	w.expectTold(o, order.StatePaid)
	if p := w.status(o).Payment; p == nil || p.Attempt != a.ID {
		t.Errorf("it is paid by %v, want %s", p, a.ID)
	}
}

// An order whose attempt cannot be closed stays open until it can: nobody may
// pay an order that is over.
func TestExpiryWaitsForTheProvider(t *testing.T) {
	w, c := newClosingWorld(t)
	o := w.newOrder()
	w.begin(w.place(o), "k1")
	c.failed = errors.New("no answer")
	w.later(61 * time.Minute)
	if s := w.status(o).State; s != order.StateOpen || len(c.asked) == 0 || len(w.told) != 0 {
		t.Fatalf("the order is %s, its provider was asked %d times to close and the acquirer told of %v", s, len(c.asked), w.told)
	}
	c.failed = nil
	for range 3 {
		w.later(2 * time.Hour)
	}
	w.expectTold(o, order.StateExpired)
}

package stripe_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// counter is a gateway with Stripe, and an acquirer, north.
type counter struct {
	*lab
	store  *store.Store
	server *clearing.Server
	north  order.Desk
	node   func() *clearing.Server
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{lab: newLab(t)}
	var err error
	if c.store, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "clearing.db"), nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.store.Close() })
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north", Keys: []clearing.Key{{Public: public}},
		Merchants: []clearing.Merchant{{ID: "tea", Name: "Tea House"}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := component.NewRegistry(c.Component)
	if err != nil {
		t.Fatal(err)
	}
	c.node = func() *clearing.Server {
		s, err := clearing.New(t.Context(), c.store, directory, registry, clearing.Keys{Tokens: map[int]clearing.Secret{1: {7}}},
			func(clearing.Acquirer) order.Notifier { return told{} }, "https://pay.example", &clearing.Options{Now: c.clock})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	c.server = c.node()
	if c.north, err = c.server.For("north"); err != nil {
		t.Fatal(err)
	}
	return c
}

type told struct{}

func (told) Notify(context.Context, order.Status) error { return nil }

// begun is an order of 15 minutes whose payer was sent to Stripe, if Stripe answered.
func (c *counter) begun() (o order.Order, a gateway.Attempt) {
	c.Helper()
	o = order.Order{ID: order.NewID(c.now), Merchant: "tea", Total: order.Money{Amount: 500, Currency: "EUR"}, Created: c.now, Expires: c.now.Add(15 * time.Minute)}
	placed, err := c.north.Place(c.Context(), o)
	if err != nil {
		c.Fatal(err)
	}
	a, err = c.server.Begin(c.Context(), placed.Address, gateway.Beginning{Component: "stripe", Key: "k",
		Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}, Actions: []component.ActionKind{component.ActionRedirect}})
	if err != nil {
		c.Fatal(err)
	}
	return o, a
}

// state is the order's, and how many things a person has to look at.
func (c *counter) state(o order.Order) (order.State, int) {
	c.Helper()
	s, err := c.north.Query(c.Context(), o.ID)
	if err != nil {
		c.Fatal(err)
	}
	reviews, err := c.server.Reviews(c.Context(), nil)
	if err != nil {
		c.Fatal(err)
	}
	return s.State, len(reviews)
}

// later does what is due after a time.
func (c *counter) later(d time.Duration) {
	c.Helper()
	c.now = c.now.Add(d)
	c.must(gatewaytest.Drain(c.store, c.clock, func(ctx context.Context) error { return c.node().Run(ctx) })(c.Context()))
}

// At a real gateway: an order that is canceled, or whose time passes, is over at once,
// and no payer can pay it at Stripe any more, though Stripe would have let the session
// live for a day.
func TestGatewayClosesTheSession(t *testing.T) {
	for want, end := range map[order.State]func(c *counter, o order.Order){
		order.StateCanceled: func(c *counter, o order.Order) {
			_, err := c.north.Cancel(c.Context(), o.ID)
			c.must(err)
			c.later(time.Second)
		},
		order.StateExpired: func(c *counter, _ order.Order) { c.later(16 * time.Minute) },
	} {
		c := newCounter(t)
		o, a := c.begun()
		end(c, o)
		if state, reviews := c.state(o); state != want || reviews != 0 {
			t.Errorf("the order is %s with %d reviews, want %s", state, reviews, want)
		}
		if err := c.fake.pay(a.Action.Address()); err == nil {
			t.Errorf("an order that is %s was paid", want)
		}
	}
}

// At a real gateway: events in any order and number make an order paid once.
func TestGatewayTakesEvents(t *testing.T) {
	c := newCounter(t)
	o, a := c.begun()
	c.must(c.fake.payLater(a.Action.Address()))
	c.fake.settle(c.fake.sessions[0].attempt, true)
	for _, i := range []int{1, 0, 1} {
		acknowledgement, err := c.server.Receive(t.Context(), "stripe", c.fake.letters()[i])
		if state, reviews := c.state(o); err != nil || acknowledgement.Status != http.StatusOK || state != order.StatePaid || reviews != 0 {
			t.Errorf("event %d: %+v, %v; the order is %s with %d reviews", i, acknowledgement, err, state, reviews)
		}
	}
	if _, err := c.server.Receive(t.Context(), "stripe", signed([]byte("{}"), c.now, "whsec_ANOTHER")); err == nil {
		t.Error("a stranger's event was acknowledged")
	}
}

// At a real gateway: when the answer to the creation is lost, the session is found
// again, closed with the order, and there is no second one.
func TestGatewayFindsTheSessionAgain(t *testing.T) {
	for name, after := range map[string][]time.Duration{"soon": {10 * time.Second, 16 * time.Minute}, "after the expiry": {20 * time.Minute, 20 * time.Minute}} {
		c := newCounter(t)
		c.fake.fault = func(_ string, answer func() *http.Response) (*http.Response, error) {
			answer()
			return nil, errors.New("the answer was lost")
		}
		o, a := c.begun()
		if a.Action != nil || a.State != gateway.AttemptUnknown {
			t.Fatalf("%s: %+v", name, a)
		}
		c.fake.fault = nil
		for _, d := range after {
			c.later(d)
		}
		state, reviews := c.state(o)
		if s := c.fake.sessions; state != order.StateExpired || reviews != 0 || len(s) != 1 || s[0].status != "expired" {
			t.Errorf("%s: the order is %s with %d reviews; %d sessions, the first is %s", name, state, reviews, len(s), s[0].status)
		}
	}
}

package alipay_test

import (
	"context"
	"crypto/ed25519"
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

// counter is a gateway with Alipay, and an acquirer, north.
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

// begun is an order of 15 minutes whose payer was sent to Alipay.
func (c *counter) begun() (o order.Order, address string) {
	c.Helper()
	o = order.Order{ID: order.NewID(c.now), Merchant: "tea", Total: order.Money{Amount: 500, Currency: "CNY"}, Created: c.now, Expires: c.now.Add(15 * time.Minute)}
	placed, err := c.north.Place(c.Context(), o)
	if err != nil {
		c.Fatal(err)
	}
	a, err := c.server.Begin(c.Context(), placed.Address, gateway.Beginning{Component: "alipay", Key: "k",
		Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}, Actions: []component.ActionKind{component.ActionRedirect}})
	if err != nil || a.Action == nil {
		c.Fatalf("%+v, %v", a, err)
	}
	return o, a.Action.Address()
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
	err := gatewaytest.Drain(c.store, c.clock, func(ctx context.Context) error { return c.node().Run(ctx) })(c.Context())
	if err != nil {
		c.Fatal(err)
	}
}

// At a real gateway: once an order is paid, no notification of Alipay's contradicts
// that, in whatever order they come, and not when all of the money went back.
func TestGatewayPaidAndWhollyGivenBack(t *testing.T) {
	c := newCounter(t)
	o, address := c.begun()
	if err := c.fake.pay(address); err != nil {
		t.Fatal(err)
	}
	for _, trade := range c.fake.trades { // at Alipay's own pages
		c.fake.refund(trade, map[string]any{"out_request_no": "by-hand-1", "refund_amount": "1.00"})
		c.fake.refund(trade, map[string]any{"out_request_no": "by-hand-2", "refund_amount": "4.00"})
		if trade.status != "TRADE_CLOSED" {
			t.Fatal(trade.status)
		}
	}
	all := c.fake.arrived()
	for _, i := range []int{2, 0, 1, 2} {
		acknowledgement, err := c.server.Receive(t.Context(), "alipay", all[i])
		if state, reviews := c.state(o); err != nil || string(acknowledgement.Body) != "success" || state != order.StatePaid || reviews != 0 {
			t.Errorf("notification %d: %s, %v; the order is %s with %d reviews", i, acknowledgement.Body, err, state, reviews)
		}
	}
	if _, err := c.server.Receive(t.Context(), "alipay", letter(newStranger(c.lab).notice(map[string]string{"charset": "utf-8"}))); err == nil {
		t.Error("a stranger's notification was acknowledged")
	}
}

func newStranger(l *lab) *fake {
	f := newFake(l.clock)
	f.key = readKey("other")
	return f
}

// At a real gateway: an order whose payer holds a redirect that Alipay knows
// nothing of waits for its time when it is canceled; a payer who pays meanwhile has
// paid, and one who never does leaves it canceled.
func TestGatewayCancelsWhatMayStillBePaid(t *testing.T) {
	for name, pays := range map[string]bool{"the payer pays": true, "nobody comes": false} {
		c := newCounter(t)
		o, address := c.begun()
		if _, err := c.north.Cancel(t.Context(), o.ID); err != nil {
			t.Fatal(err)
		}
		c.later(time.Minute)
		if state, _ := c.state(o); state != order.StateOpen {
			t.Fatalf("%s: while it may be paid the order is %s", name, state)
		}
		want := order.StateCanceled
		if pays {
			want = order.StatePaid
			if err := c.fake.pay(address); err != nil {
				t.Fatal(err)
			}
		}
		for range 4 {
			c.later(10 * time.Minute)
		}
		if state, reviews := c.state(o); state != want || reviews != 0 {
			t.Errorf("%s: the order is %s with %d reviews, want %s", name, state, reviews, want)
		}
		if err := c.fake.pay(address); err == nil {
			t.Errorf("%s: it was paid after its end", name)
		}
	}
}

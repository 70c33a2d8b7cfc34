package wechatpay_test

import (
	"context"
	"crypto/ed25519"
	"path/filepath"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// counter is a gateway with WeChat Pay inside WeChat, and an acquirer, north.
type counter struct {
	*lab
	store  *store.Store
	server *clearing.Server
	north  order.Desk
	node   func() *clearing.Server
}

type told struct{}

func (told) Notify(context.Context, order.Status) error { return nil }

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{lab: newLab(t, wechatpay.ProductJSAPI)}
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

// begun is an order of 15 minutes whose payer is asked who they are.
func (c *counter) begun() (order.Order, gateway.Attempt) {
	c.Helper()
	o := order.Order{ID: order.NewID(c.now), Merchant: "tea", Total: order.Money{Amount: 500, Currency: "CNY"}, Created: c.now, Expires: c.now.Add(15 * time.Minute)}
	placed, err := c.north.Place(c.Context(), o)
	if err != nil {
		c.Fatal(err)
	}
	a, err := c.server.Begin(c.Context(), placed.Address, gateway.Beginning{Component: "wechatpay", Key: "k",
		Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "wechat"}}, Actions: []component.ActionKind{component.ActionRedirect, component.ActionBridge}})
	if err != nil || a.Action == nil {
		c.Fatalf("%+v, %v", a, err)
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
	err := gatewaytest.Drain(c.store, c.clock, func(ctx context.Context) error { return c.node().Run(ctx) })(c.Context())
	if err != nil {
		c.Fatal(err)
	}
}

// At a real gateway: the payer comes back from WeChat with a code, the terminal gets
// the bridge action in place of the redirect and keeps it, and the notification pays
// the order.
func TestGatewayBridge(t *testing.T) {
	c := newCounter(t)
	o, a := c.begun()
	query, err := c.fake.identify(a.Action.Address(), "o-payer")
	if err != nil {
		t.Fatal(err)
	}
	for _, back := range []component.Return{{Query: query}, {Data: "get_brand_wcpay_request:cancel"}} {
		a, err = c.server.Resume(t.Context(), a.ReturnAddress, back)
		if err != nil || a.Action == nil || a.Action.Bridge == nil {
			t.Fatalf("after %+v: %+v, %v", back, a, err)
		}
	}
	if err := c.fake.pay(*a.Action); err != nil {
		t.Fatal(err)
	}
	ack, err := c.server.Receive(t.Context(), "wechatpay", c.fake.arrived()[0])
	if state, reviews := c.state(o); err != nil || ack.Status != 204 || state != order.StatePaid || reviews != 0 {
		t.Errorf("%+v, %v; the order is %s with %d reviews", ack, err, state, reviews)
	}
}

// At a real gateway: an order whose payer was only asked who they are waits for its
// time when it is canceled, and nobody can pay it after its end.
func TestGatewayCancelsWhatHasNoPaymentYet(t *testing.T) {
	c := newCounter(t)
	o, a := c.begun()
	if _, err := c.north.Cancel(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	c.later(time.Minute)
	if state, _ := c.state(o); state != order.StateOpen {
		t.Errorf("while it may be paid the order is %s", state)
	}
	for range 4 {
		c.later(10 * time.Minute)
	}
	if state, reviews := c.state(o); state != order.StateCanceled || reviews != 0 {
		t.Errorf("the order is %s with %d reviews", state, reviews)
	}
	query, err := c.fake.identify(a.Action.Address(), "o-payer")
	if err != nil {
		t.Fatal(err)
	}
	if a, err = c.server.Resume(t.Context(), a.ReturnAddress, component.Return{Query: query}); err == nil && a.Action != nil || len(c.fake.payments) > 0 {
		t.Errorf("it can be paid after its end: %+v, %v", a, err)
	}
}

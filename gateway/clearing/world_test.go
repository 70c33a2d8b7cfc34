package clearing_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// A world is one clearing server that can be stopped and started again on its
// file, with everything around it that outlives it.
type world struct {
	testing.TB
	file   string
	store  *store.Store
	server *clearing.Server
	keys   clearing.Keys
	setup  gatewaytest.Setup
	now    time.Time
	blue   *gatewaytest.Wallet
	told   []order.Status // of the acquirer
	refuse bool           // whether it leaves notifications unacknowledged
	mu     sync.Mutex     // guards now, told and refuse
}

// newWorld has one acquirer, north, with the merchant tea. wrap may put
// something in front of its one wallet.
func newWorld(t testing.TB, wrap func(component.Component) component.Component) *world {
	t.Helper()
	w := &world{TB: t, file: tempFile(t), keys: keys(1), blue: gatewaytest.NewWallet("blue"),
		now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	var blue component.Component = w.blue
	if wrap != nil {
		blue = wrap(blue)
	}
	registry, err := component.NewRegistry(blue, gatewaytest.NewWallet("red"))
	if err != nil {
		t.Fatal(err)
	}
	w.setup = gatewaytest.Setup{Components: registry, Now: w.clock, Acquirers: []gatewaytest.Acquirer{{
		Name: "north", Merchants: []gatewaytest.Merchant{{ID: "tea", Name: "Tea House"}}, Notifier: w}}}
	w.start()
	return w
}

// start opens the file and makes a server, after a stop or a crash.
func (w *world) start() {
	w.Helper()
	w.store = openStore(w, w.file)
	w.server = newServer(w, w.store, w.keys, w.setup, clearing.Options{})
}

func (w *world) restart() {
	w.Helper()
	if err := w.store.Close(); err != nil {
		w.Fatal(err)
	}
	w.start()
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Notify is the acquirer's end.
func (w *world) Notify(_ context.Context, s order.Status) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuse {
		return order.CodeUnavailable
	}
	w.told = append(w.told, s)
	return nil
}

// later moves the clock and does what is due.
func (w *world) later(d time.Duration) {
	w.Helper()
	w.mu.Lock()
	w.now = w.now.Add(d)
	w.mu.Unlock()
	run := func(ctx context.Context) error {
		return newServer(w, w.store, w.keys, w.setup, clearing.Options{}).Run(ctx)
	}
	if err := gatewaytest.Drain(w.store, w.clock, run)(context.Background()); err != nil {
		w.Fatal(err)
	}
}

func (w *world) newOrder() order.Order {
	now := w.clock()
	return order.Order{ID: order.NewID(now), Merchant: "tea", Total: order.Money{Amount: 500, Currency: "CNY"}, Created: now, Expires: now.Add(time.Hour)}
}

func (w *world) place(o order.Order) string {
	w.Helper()
	c, err := w.server.For("north")
	if err != nil {
		w.Fatal(err)
	}
	p, err := c.Place(context.Background(), o)
	if err != nil {
		w.Fatal(err)
	}
	return p.Address
}

func (w *world) status(o order.Order) order.Status {
	w.Helper()
	c, err := w.server.For("north")
	if err != nil {
		w.Fatal(err)
	}
	s, err := c.Query(context.Background(), o.ID)
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// beginning is that of a terminal which can perform these actions, or redirects
// alone.
func beginning(key string, can ...component.ActionKind) gateway.Beginning {
	if len(can) == 0 {
		can = []component.ActionKind{component.ActionRedirect}
	}
	return gateway.Beginning{Component: "blue", Key: key, Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}, Actions: can}
}

// begin begins; a terminal that cannot perform what waits for another gets an
// attempt of its own.
func (w *world) begin(address, key string, can ...component.ActionKind) gateway.Attempt {
	w.Helper()
	a, err := w.server.Begin(context.Background(), address, beginning(key, can...))
	if err != nil {
		w.Fatal(err)
	}
	return a
}

// opens reports the code with which the address opens, "" for a session.
func (w *world) opens(address string) order.Code {
	_, err := w.server.Open(context.Background(), address, gateway.Opening{})
	return order.CodeOf(err)
}

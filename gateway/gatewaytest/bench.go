package gatewaytest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// follow is longer than any pause of a server's schedules should be.
const follow = 25 * time.Hour

// newOrder is a valid order of north, for an hour.
func (b *bench) newOrder() order.Order {
	now := b.clock.Now()
	return order.Order{
		ID: order.NewID(now), Merchant: "tea", Total: order.Money{Amount: 1250, Currency: "CNY"}, Description: "two pots",
		Lines:   []order.Line{{Item: "pot", Name: "Pot of tea", Quantity: 2, Price: order.Money{Amount: 625, Currency: "CNY"}}},
		Created: now, Expires: now.Add(time.Hour), ReturnAddress: "https://shop.example/orders/1?thanks=1",
	}
}

// at is the half of the server that belongs to the acquirer.
func (b *bench) at(acquirer string) order.Desk {
	b.Helper()
	c, err := b.server.For(acquirer)
	if err != nil {
		b.Fatalf("For(%q): %v", acquirer, err)
	}
	return c
}

// placed is a new order of north and its gateway address.
func (b *bench) placed() (order.Order, string) {
	b.Helper()
	o := b.newOrder()
	return o, b.place("north", o).Address
}

func (b *bench) place(acquirer string, o order.Order) order.Placement {
	b.Helper()
	p, err := b.at(acquirer).Place(b.Context(), o)
	if err != nil {
		b.Fatalf("Place: %v", err)
	}
	return p
}

func (b *bench) status(o order.Order) order.Status {
	b.Helper()
	s, err := b.at("north").Query(b.Context(), o.ID)
	if err != nil {
		b.Fatalf("Query: %v", err)
	}
	return s
}

func (b *bench) open(address string) gateway.Session {
	b.Helper()
	s, err := b.server.Open(b.Context(), address, gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}})
	if err != nil {
		b.Fatalf("Open: %v", err)
	}
	return s
}

// beginning asks for the wallet under a key, from a terminal that can open pages.
func beginning(w *Wallet, key string) gateway.Beginning {
	return gateway.Beginning{Component: w.name, Key: key, Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}},
		Actions: []component.ActionKind{component.ActionRedirect, component.ActionForm}}
}

func (b *bench) begin(address string, w *Wallet, key string) gateway.Attempt {
	b.Helper()
	a, err := b.server.Begin(b.Context(), address, beginning(w, key))
	if err != nil {
		b.Fatalf("Begin: %v", err)
	}
	return a
}

func (b *bench) resume(a gateway.Attempt) gateway.Attempt {
	b.Helper()
	a, err := b.server.Resume(b.Context(), a.ReturnAddress, component.Return{Query: "back=1"})
	if err != nil {
		b.Fatalf("Resume: %v", err)
	}
	return a
}

// receive hands the server a notification of the wallet's provider.
func (b *bench) receive(w *Wallet, e component.Evidence) (component.Acknowledgement, error) {
	return b.server.Receive(b.Context(), w.name, w.Notice(e))
}

// later moves the clock and lets the server do what is due.
func (b *bench) later(d time.Duration) {
	b.Helper()
	b.clock.advance(d)
	if err := b.work(b.Context()); err != nil {
		b.Fatalf("Work: %v", err)
	}
}

// refused fails the check unless err has the code.
func (b *bench) refused(what string, err error, want order.Code) {
	b.Helper()
	if got := order.CodeOf(err); got != want {
		b.Errorf("%s: code %q (%v), want %q", what, got, err, want)
	}
}

// same fails the check if got is not want.
func (b *bench) same(what string, got, want any) {
	b.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

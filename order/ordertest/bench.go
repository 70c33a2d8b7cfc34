package ordertest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

// A bench is the server of one check with what stands around it.
type bench struct {
	*testing.T
	Subject
	clearing *clearing
}

func (b *bench) page(address string) order.Page {
	b.Helper()
	p, err := b.Server.Page(b.Context(), address)
	if err != nil {
		b.Fatalf("Page: %v", err)
	}
	return p
}

// choices are two pots of one thing and one of another.
func (b *bench) choices() []order.Choice {
	b.Helper()
	goods := b.page(b.Shop).Goods
	if len(goods) < 2 {
		b.Fatalf("the shop has %d goods, the kit needs 2", len(goods))
	}
	return []order.Choice{{Item: goods[1].ID, Quantity: 2}, {Item: goods[0].ID, Quantity: 1}}
}

// fixed is a confirmation of the page with a fixed amount.
func (b *bench) fixed(key string) order.Confirmation {
	b.Helper()
	p := b.page(b.Fixed)
	return order.Confirmation{Merchant: p.Merchant, Revision: p.Revision, Total: p.Total, Key: key}
}

// entered is a confirmation of so many minor units.
func (b *bench) entered(amount int64, key string) order.Confirmation {
	b.Helper()
	p := b.page(b.Entered)
	return order.Confirmation{Merchant: p.Merchant, Revision: p.Revision, Total: order.Money{Amount: amount, Currency: p.Currency}, Key: key}
}

// chosen is a confirmation of goods, and the order information page behind it.
func (b *bench) chosen(key string) (order.Confirmation, order.Page) {
	b.Helper()
	choices := b.choices()
	p, err := b.Server.Review(b.Context(), b.Shop, choices)
	if err != nil {
		b.Fatalf("Review: %v", err)
	}
	return order.Confirmation{Merchant: p.Merchant, Revision: p.Revision, Choices: choices, Total: p.Total, Key: key}, p
}

func (b *bench) confirm(address string, c order.Confirmation) order.PageJump {
	b.Helper()
	jump, err := b.Server.Confirm(b.Context(), address, c)
	if err != nil {
		b.Fatalf("Confirm: %v", err)
	}
	return jump
}

// ordered is an order at the gateway for the fixed amount.
func (b *bench) ordered() order.Order {
	b.Helper()
	b.confirm(b.Fixed, b.fixed("key-of-ordered"))
	return b.placed()
}

// placed is the only order that reached the gateway.
func (b *bench) placed() order.Order {
	b.Helper()
	all := b.clearing.placed()
	if len(all) != 1 {
		b.Fatalf("%d orders were placed, want 1: %v", len(all), all)
	}
	return all[0]
}

func (b *bench) nothingPlaced() {
	b.Helper()
	if n := len(b.clearing.calls()); n != 0 {
		b.Errorf("the gateway was asked %d times to place an order, want never", n)
	}
}

// told is the order as the gateway would tell it in a version, paid or not.
func told(o order.Order, state order.State, version int64) order.Status {
	s := order.Status{Order: o, State: state, Version: version, Changed: o.Created.Add(time.Duration(version) * time.Second)}
	if state == order.StatePaid {
		s.Payment = &order.Payment{Component: "blue", Attempt: "attempt-1", Reference: "blue-1", Amount: o.Total, At: s.Changed}
	}
	return s
}

func (b *bench) notify(s order.Status) {
	b.Helper()
	if err := b.Server.Notify(b.Context(), s); err != nil {
		b.Fatalf("Notify %s, version %d: %v", s.State, s.Version, err)
	}
}

func (b *bench) result(o order.Order) order.Status {
	b.Helper()
	s, err := b.Server.Result(b.Context(), o.ReturnAddress)
	if err != nil {
		b.Fatalf("Result: %v", err)
	}
	return s
}

// coded fails the check unless err has the code.
func (b *bench) coded(what string, err error, want order.Code) {
	b.Helper()
	if got := order.CodeOf(err); got != want {
		b.Errorf("%s: code %q (%v), want %q", what, got, err, want)
	}
}

// refuses fails the check unless confirming is refused with the code.
func (b *bench) refuses(what, address string, c order.Confirmation, want order.Code) {
	b.Helper()
	_, err := b.Server.Confirm(b.Context(), address, c)
	b.coded(what, err, want)
}

// same fails the check if got is not want.
func (b *bench) same(what string, got, want any) {
	b.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

func same(a, b order.Order) bool { return cmp.Equal(a, b) }

// stranger is the code address of a merchant that is not there.
func stranger(address string) string {
	path, query, signed := strings.Cut(address, "?")
	if signed {
		query = "?" + query
	}
	return path + "-nobody" + query
}

// together calls f at the same moment, n times.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}

package gatewaytest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

// placing is the contract of order.Clearing.
func placing() []check {
	return []check{
		{rule: "placing an order gives its gateway address, and the order is open", run: placeGivesAddress},
		{rule: "the same order again gives the same address", run: placeAgain},
		{rule: "another order under the same ID is idempotency_key_reused", run: placeOther},
		{rule: "an order of another acquirer is not_found", run: queryForeign},
		{rule: "orders of two acquirers with one ID do not meet", run: placeSameID},
		{rule: "an acquirer that is not in the directory is unauthenticated", run: placeStranger},
		{rule: "an order that breaks a rule of the gateway is refused and not stored", run: placeRefused},
		{rule: "an order above its acquirer's limit, or in a currency that has none, is refused and not stored", run: placeAboveLimit},
		{rule: "a malformed order is invalid_request with every problem", run: placeInvalid},
		{rule: "a context that has ended places nothing", run: placeCancelled},
	}
}

func placeGivesAddress(b *bench) {
	o := b.newOrder()
	p := b.place("north", o)
	if !strings.HasPrefix(p.Address, "http") || strings.Contains(p.Address, string(o.ID)) {
		b.Errorf("the address %q is no address, or tells the acquirer's order ID", p.Address)
	}
	if !p.Expires.After(o.Expires) {
		b.Errorf("the address ends at %v: it should outlive its order, which ends at %v", p.Expires, o.Expires)
	}
	b.same("the status", b.status(o), order.Status{Order: o, State: order.StateOpen, Version: 1, Changed: b.clock.Now()})
}

func placeAgain(b *bench) {
	o := b.newOrder()
	first := b.place("north", o)
	b.clock.advance(2 * time.Hour)
	b.same("the placement", b.place("north", o), first)
}

func placeOther(b *bench) {
	o, _ := b.placed()
	for what, change := range map[string]func(*order.Order){
		"merchant": func(o *order.Order) { o.Merchant = "books" },
		"amount":   func(o *order.Order) { o.Lines, o.Total.Amount = nil, 1251 },
		"return":   func(o *order.Order) { o.ReturnAddress = "https://shop.example/other" },
		"expiry":   func(o *order.Order) { o.Expires = o.Expires.Add(time.Second) },
	} {
		other := o
		change(&other)
		_, err := b.at("north").Place(b.Context(), other)
		b.refused("another "+what, err, order.CodeIdempotencyKeyReused)
	}
	b.same("the order", b.status(o).Order, o)
}

func queryForeign(b *bench) {
	o, address := b.placed()
	_, err := b.at("south").Query(b.Context(), o.ID)
	b.refused("south asks for north's order", err, order.CodeNotFound)
	a := b.paidAtProvider(address, b.blue, "k1")
	b.resume(a)
	_, err = b.at("south").Query(b.Context(), o.ID)
	b.refused("south asks for north's order, which is paid", err, order.CodeNotFound)
	b.same("the order's state for north", b.status(o).State, order.StatePaid)
	_, err = b.at("north").Query(b.Context(), order.NewID(b.clock.Now()))
	b.refused("an order that never was", err, order.CodeNotFound)
	_, err = b.at("north").Query(b.Context(), "no such thing")
	b.refused("what is no ID", err, order.CodeNotFound)
}

func placeSameID(b *bench) {
	o, address := b.placed()
	other := o
	other.Merchant, other.ReturnAddress = "noodles", ""
	if b.place("south", other).Address == address {
		b.Error("both orders have one address")
	}
	b.same("north's order", b.status(o).Order, o)
}

func placeStranger(b *bench) {
	c, err := b.server.For("stranger")
	if err == nil { // a transport may find out when it is used
		_, err = c.Place(b.Context(), b.newOrder())
	}
	b.refused("a stranger", err, order.CodeUnauthenticated)
}

func placeRefused(b *bench) {
	for what, change := range map[string]func(*order.Order){
		"a merchant that is not registered": func(o *order.Order) { o.Merchant = "nobody" },
		"another acquirer's merchant":       func(o *order.Order) { o.Merchant = "noodles" },
		"a return origin that is not":       func(o *order.Order) { o.ReturnAddress = "https://shop.example.evil.example/" },
		"a return over plain http":          func(o *order.Order) { o.ReturnAddress = "http://shop.example/" },
		"a return with a user name":         func(o *order.Order) { o.ReturnAddress = "https://shop.example@evil.example/" },
		"an expiry in the past":             func(o *order.Order) { o.Created, o.Expires = o.Created.Add(-time.Hour), b.clock.Now() },
		"an expiry a century away":          func(o *order.Order) { o.Expires = o.Expires.AddDate(100, 0, 0) },
	} {
		o := b.newOrder()
		change(&o)
		_, err := b.at("north").Place(b.Context(), o)
		b.refused(what, err, order.CodeRefused)
		_, err = b.at("north").Query(b.Context(), o.ID)
		b.refused(what+", asked for", err, order.CodeNotFound)
	}
}

func placeAboveLimit(b *bench) {
	o := b.newOrder()
	o.Merchant, o.ReturnAddress, o.Lines = "noodles", "", nil
	for what, total := range map[string]order.Money{
		"one fen too much":           {Amount: 2001, Currency: "CNY"},
		"a currency without a limit": {Amount: 1, Currency: "USD"},
		"one cent too much":          {Amount: 5001, Currency: "EUR"},
	} {
		o.ID, o.Total = order.NewID(b.clock.Now()), total
		_, err := b.at("south").Place(b.Context(), o)
		b.refused(what, err, order.CodeRefused)
		_, err = b.at("south").Query(b.Context(), o.ID)
		b.refused(what+", asked for", err, order.CodeNotFound)
	}
	o.ID, o.Total = order.NewID(b.clock.Now()), order.Money{Amount: 2000, Currency: "CNY"}
	b.place("south", o)
}

func placeInvalid(b *bench) {
	o := b.newOrder()
	o.ID, o.Total.Currency = "x", "XXX"
	_, err := b.at("north").Place(b.Context(), o)
	b.refused("the order", err, order.CodeInvalid)
	told, _ := errors.AsType[*order.Error](err)
	for _, path := range []string{"/id", "/total"} {
		if told == nil || !slices.ContainsFunc(told.Problems, func(p order.Problem) bool { return strings.HasPrefix(p.Path, path) }) {
			b.Errorf("the order's %s is wrong, but the problems told are those of %v", path, err)
		}
	}
}

func placeCancelled(b *bench) {
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	o := b.newOrder()
	if _, err := b.at("north").Place(ctx, o); err == nil {
		b.Error("Place succeeded")
	}
	_, err := b.at("north").Query(b.Context(), o.ID)
	b.refused("the order", err, order.CodeNotFound)
}

package ordertest

import (
	"strings"

	"github.com/anyscan/anyscan/order"
)

// results is the contract of Result.
func results() []check {
	return []check{
		{"an order's return address shows the order as it stands", resultOpen},
		{"a return address that leads to no order is not_found", resultUnknown},
		{"the returns of two orders show each its own", resultOwn},
	}
}

func resultOpen(b *bench) {
	o := b.ordered()
	got := b.result(o)
	b.same("the result", got, order.Status{Order: o, State: order.StateOpen, Changed: got.Changed})
	if got.Changed.Before(o.Created) {
		b.Errorf("the order stands so since %v, before it was made at %v", got.Changed, o.Created)
	}
}

func resultUnknown(b *bench) {
	o := b.ordered()
	other := strings.Replace(o.ReturnAddress, string(o.ID), string(order.NewID(o.Created)), 1)
	if other == o.ReturnAddress {
		b.Fatalf("the return address %q does not name the order %s", o.ReturnAddress, o.ID)
	}
	for _, address := range []string{other, o.ReturnAddress + "x"} {
		_, err := b.Server.Result(b.Context(), address)
		b.coded(address, err, order.CodeNotFound)
	}
}

func resultOwn(b *bench) {
	b.confirm(b.Fixed, b.fixed("key-1"))
	b.confirm(b.Entered, b.entered(100, "key-1"))
	all := b.clearing.placed()
	b.notify(told(all[0], order.StatePaid, 2))
	b.same("the first", b.result(all[0]), told(all[0], order.StatePaid, 2))
	b.same("the second's order", b.result(all[1]).Order, all[1])
	b.same("the second's state", b.result(all[1]).State, order.StateOpen)
}

package ordertest

import (
	"context"
	"errors"
	"slices"

	"github.com/anyscan/anyscan/order"
)

// placing is the contract of Confirm towards the clearing institution.
func placing() []check {
	return []check{
		{"a gateway that was not reached is unavailable; the same confirmation goes on with the same order", placeUnreached},
		{"a gateway whose answer was lost is unavailable; the same confirmation goes on with the same order", placeLost},
		{"an order whose placing is not known is kept as placing", placeKept},
		{"a gateway that does not know the acquirer has decided nothing about the order", placeUnauthenticated},
		{"an answer that no payer may be sent to has decided nothing about the order", placeMisled},
		{"an order that the gateway refuses is refused, and stays so", placeRefused},
		{"a caller who stops waiting for the gateway loses nothing", placeAbandoned},
		{"a confirmation under a context that has ended is not begun", placeEnded},
	}
}

// goesOn has the script happen to the placing of a confirmation, which is
// unavailable then, and goes on with the same order.
func (b *bench) goesOn(s script) {
	b.Helper()
	c := b.fixed("key-1")
	b.clearing.next(s)
	b.refuses("the first time", b.Fixed, c, order.CodeUnavailable)
	b.jumped(b.confirm(b.Fixed, c))
	b.oneOrder()
}

// oneOrder fails the check unless every call of Place was about one order.
func (b *bench) oneOrder() {
	b.Helper()
	if ids := slices.Compact(b.clearing.calls()); len(ids) != 1 {
		b.Errorf("the gateway was asked to place %v, want one order", ids)
	}
}

func placeUnreached(b *bench) { b.goesOn(failsBefore(unreachable())) }

func placeLost(b *bench) { b.goesOn(failsAfter(unreachable())) }

func placeKept(b *bench) {
	b.clearing.next(failsAfter(errors.New("no answer, as the check wants it")))
	b.refuses("the first time", b.Fixed, b.fixed("key-1"), order.CodeUnavailable)
	given := b.placed()
	b.same("the result", b.result(given), order.Status{Order: given, State: order.StatePlacing, Changed: given.Created})
}

func placeUnauthenticated(b *bench) {
	b.goesOn(failsBefore(order.Errorf(order.CodeUnauthenticated, "ordertest", "no such acquirer, as the check wants it")))
}

func placeMisled(b *bench) {
	for _, address := range []string{"", "javascript:alert(1)", "http://pay.example/o/1", "https://user@pay.example/o/1", "/o/1"} {
		b.clearing.next(func(_ context.Context, act func() (order.Placement, error)) (order.Placement, error) {
			p, err := act()
			p.Address = address
			return p, err
		})
		b.refuses("the address "+address, b.Fixed, b.fixed("key-1"), order.CodeUnavailable)
	}
	b.jumped(b.confirm(b.Fixed, b.fixed("key-1")))
	b.oneOrder()
}

func placeRefused(b *bench) {
	for i, code := range []order.Code{order.CodeRefused, order.CodeInvalid, order.CodeForbidden, order.CodeNotFound, order.CodeIdempotencyKeyReused} {
		b.clearing.next(failsBefore(order.Errorf(code, "ordertest", "refused, as the check wants it")))
		c := b.fixed("key-" + string(rune('a'+i)))
		b.refuses(string(code), b.Fixed, c, order.CodeRefused)
		asked := len(b.clearing.calls())
		b.refuses(string(code)+", again", b.Fixed, c, order.CodeRefused)
		if n := len(b.clearing.calls()); n != asked {
			b.Errorf("%s: a refused order was placed again", code)
		}
	}
	if all := b.clearing.placed(); len(all) != 0 {
		b.Errorf("%v were placed", all)
	}
	b.confirm(b.Fixed, b.fixed("key-after"))
	b.same("the state of the next order", b.result(b.placed()).State, order.StateOpen)
}

func placeAbandoned(b *bench) {
	ctx, cancel := context.WithCancel(b.Context())
	over := make(chan struct{})
	b.Cleanup(func() { close(over) })
	b.clearing.next(func(ctx context.Context, _ func() (order.Placement, error)) (order.Placement, error) {
		cancel()
		select {
		case <-ctx.Done():
		case <-over:
		}
		return order.Placement{}, unreachable()
	})
	c := b.fixed("key-1")
	if _, err := b.Server.Confirm(ctx, b.Fixed, c); !order.CodeOf(err).Retryable() {
		b.Errorf("Confirm with a context that ended meanwhile: %v, want an error that says to try again", err)
	}
	b.jumped(b.confirm(b.Fixed, c))
	b.oneOrder()
}

func placeEnded(b *bench) {
	ended, cancel := context.WithCancel(b.Context())
	cancel()
	c := b.fixed("key-1")
	if _, err := b.Server.Confirm(ended, b.Fixed, c); !order.CodeOf(err).Retryable() {
		b.Errorf("Confirm under an ended context: %v, want an error that says to try again", err)
	}
	b.nothingPlaced()
	b.jumped(b.confirm(b.Fixed, c))
}

package gatewaytest

import (
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// working is the contract of what a gateway does in the background.
func working() []check {
	return []check{
		{rule: "the acquirer is told of paid with the whole order, until it acknowledges", run: notifies},
		{rule: "an outcome that is not known resolves by asking the provider", run: followsUnknown},
		{rule: "an attempt that nobody comes back from resolves by asking the provider", run: followsSilent},
		{rule: "an attempt whose beginning was lost is begun again with its key", run: beginsAgain},
		{rule: "an order that is not paid in time expires, and the acquirer is told", run: expires},
		{rule: "expiry waits for an attempt that is not decided", run: expiryWaits},
		{rule: "money that comes when the order has expired does not make it paid", run: paidTooLate},
	}
}

func notifies(b *bench) {
	o, address := b.placed()
	b.later(time.Second)
	b.same("what the acquirer was told of an open order", len(b.north.all()), 0)
	b.north.refuse = 3
	a := b.paidAtProvider(address, b.blue, "k1")
	b.resume(a)
	paid := b.status(o)
	for range 6 {
		b.later(follow)
	}
	b.same("what the acquirer was told", b.north.all(), []order.Status{paid, paid, paid, paid})
	b.same("what the other acquirer was told", len(b.south.all()), 0)
}

func followsUnknown(b *bench) {
	o, address := b.placed()
	b.blue.Deafen(true)
	a := b.begin(address, b.blue, "k1")
	b.same("the state", a.State, gateway.AttemptUnknown)
	if a.Action != nil {
		b.Errorf("an unknown attempt has the action %v", a.Action)
	}
	b.blue.Decide(a.ID, component.OutcomeSucceeded)
	b.later(time.Hour)
	b.same("the order's state, while the provider is silent", b.status(o).State, order.StateOpen)
	b.blue.Deafen(false)
	b.later(follow)
	b.isPaid(o, a, b.blue)
	b.same("how often the acquirer was told", len(b.north.all()), 1)
}

func followsSilent(b *bench) {
	o, address := b.placed()
	a := b.paidAtProvider(address, b.blue, "k1")
	b.later(follow)
	b.isPaid(o, a, b.blue)
}

func beginsAgain(b *bench) {
	o, address := b.placed()
	b.blue.Deafen(true)
	lost := b.begin(address, b.blue, "k1")
	b.blue.Deafen(false)
	b.later(time.Minute) // it is asked: the wallet waits for the payer, who has no action
	a := b.begin(address, b.blue, "k1")
	b.same("the attempt's ID", a.ID, lost.ID)
	b.same("the attempt's state", a.State, gateway.AttemptInvoked)
	b.begin(address, b.blue, "k1")
	b.same("how often the wallet was asked to begin", b.blue.Asked(a.ID), 2)
	b.blue.Decide(a.ID, component.OutcomeSucceeded)
	b.resume(a)
	b.isPaid(o, a, b.blue)
}

func expires(b *bench) {
	o, address := b.placed()
	declined := b.begin(address, b.blue, "k1")
	b.blue.Decide(declined.ID, component.OutcomeFailed)
	b.resume(declined)
	b.later(time.Hour)
	want := order.Status{Order: o, State: order.StateExpired, Version: 2, Changed: b.clock.Now()}
	b.same("the status", b.status(o), want)
	b.same("what the acquirer was told", b.north.all(), []order.Status{want})
	b.same("the session's state", b.open(address).State, order.StateExpired)
}

func expiryWaits(b *bench) {
	o, address := b.placed()
	a := b.begin(address, b.blue, "k1")
	b.later(2 * time.Hour)
	b.same("the state, while the payer may be paying", b.status(o).State, order.StateOpen)
	b.blue.Decide(a.ID, component.OutcomeFailed)
	b.later(follow)
	b.same("the state, once the attempt failed", b.status(o).State, order.StateExpired)
	b.same("how often the acquirer was told", len(b.north.all()), 1)
}

func paidTooLate(b *bench) {
	o, address := b.placed()
	a := b.begin(address, b.blue, "k1")
	if _, err := b.receive(b.blue, component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: "gone"}); err != nil {
		b.Fatal(err)
	}
	b.later(time.Hour)
	b.same("the state", b.status(o).State, order.StateExpired)
	b.blue.Decide(a.ID, component.OutcomeSucceeded)
	if _, err := b.receive(b.blue, b.blue.Evidence(a.ID)); err != nil {
		b.Errorf("the provider is to stop telling: %v", err)
	}
	b.later(follow)
	b.same("the state, with the money there", b.status(o).State, order.StateExpired)
	b.same("how often the acquirer was told", len(b.north.all()), 1)
}

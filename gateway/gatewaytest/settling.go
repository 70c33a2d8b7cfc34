package gatewaytest

import (
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// settling is the contract of evidence that comes late, again, or undecided.
func settling() []check {
	return []check{
		{rule: "money of an attempt that had failed is in excess and goes back, and the order stays open for another", run: paidAfterFailure},
		{rule: "a failure told again, for another reason, changes nothing", run: failedAgain},
		{rule: "a provider that has not decided takes no way to pay from the payer", run: undecided},
		{rule: "a provider's time that cannot be is the gateway's instead", run: impossibleTime},
	}
}

// fails lets the provider say that the attempt failed, whatever it holds.
func (b *bench) fails(a gateway.Attempt, reason string) {
	b.Helper()
	if _, err := b.receive(b.blue, component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: reason}); err != nil {
		b.Errorf("the provider is to stop telling: %v", err)
	}
}

func paidAfterFailure(b *bench) {
	o, address := b.placed()
	a := b.begin(address, b.blue, "k1")
	b.fails(a, "gone")
	b.blue.Decide(a.ID, component.OutcomeSucceeded)
	if _, err := b.receive(b.blue, b.blue.Evidence(a.ID)); err != nil {
		b.Errorf("the provider is to stop telling: %v", err)
	}
	got := b.resume(a)
	b.same("the attempt's state", got.State, gateway.AttemptFailed)
	b.same("whether its money is in excess", got.Excess, true)
	b.same("the order's state", b.status(o).State, order.StateOpen)
	second := b.paidAtProvider(address, b.red, "k2")
	b.resume(second)
	b.isPaid(o, second, b.red)
	b.later(time.Minute)
	b.same("what the providers hold", []int64{b.blue.Held(a.ID), b.red.Held(second.ID)}, []int64{0, o.Total.Amount})
}

func failedAgain(b *bench) {
	o, address := b.placed()
	a := b.begin(address, b.blue, "k1")
	b.fails(a, "gone")
	failed := b.resume(a)
	b.same("the reason", failed.Reason, "gone")
	b.fails(a, "reversed")
	b.same("the attempt", b.resume(a), failed)
	b.same("the order's state", b.status(o).State, order.StateOpen)
}

func undecided(b *bench) {
	_, address := b.placed()
	a := b.begin(address, b.blue, "k1")
	if _, err := b.receive(b.blue, b.blue.Evidence(a.ID)); err != nil {
		b.Fatal(err)
	}
	b.same("the attempt, once the provider said so", b.open(address).Attempt, &a)
	b.later(time.Minute)
	b.same("the attempt, once it was asked too", b.open(address).Attempt, &a)
}

func impossibleTime(b *bench) {
	now := b.clock.Now()
	for what, at := range map[string]time.Time{
		"none": {}, "long before the attempt": now.Add(-24 * time.Hour), "far in the future": now.Add(24 * time.Hour),
	} {
		o, address := b.placed()
		a := b.paidAtProvider(address, b.blue, "k1")
		e := b.blue.Evidence(a.ID)
		e.At = at
		if _, err := b.receive(b.blue, e); err != nil {
			b.Fatal(err)
		}
		s := b.status(o)
		if s.Payment == nil || !s.Payment.At.Equal(now) {
			b.Errorf("%s: the payment is %+v, want one at %s", what, s.Payment, now)
		}
	}
}

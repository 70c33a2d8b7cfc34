package gatewaytest

import (
	"context"
	"sync"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// beginningChecks is the contract of Cashier.Begin, and of Resume as far as no
// evidence is concerned.
func beginningChecks() []check {
	return []check{
		{rule: "beginning with an offer gives an attempt with its action", run: beginGivesAction},
		{rule: "beginning again with one key gives one attempt, also at the same moment", run: beginOnce},
		{rule: "the same begun under another key goes on with the attempt that is under way: it is not paid twice", run: beginTwice},
		{rule: "another app that begins the same goes on with it too, and its key stands for that attempt for ever", run: beginElsewhere},
		{rule: "an order that is paid gives no way to pay it again", run: paidGivesNoAction},
		{rule: "another beginning under the same key is idempotency_key_reused", run: beginOther},
		{rule: "a beginning without a key is idempotency_key_missing", run: beginKeyless},
		{rule: "a component that is not among the offers is not_offered and never called", run: beginNotOffered},
		{rule: "a component that is not configured cannot be reached", run: beginUnconfigured},
		{rule: "an action that the terminal cannot perform never reaches it", run: beginIncapable},
		{rule: "an order that is paid is in conflict with another beginning", run: beginPaid},
		{rule: "an order that is past its time cannot be begun", run: beginExpired},
		{rule: "a context that has ended begins nothing", run: beginCancelled},
		{rule: "coming back pays nothing, whatever is brought", run: resumeIsHint},
	}
}

func beginGivesAction(b *bench) {
	_, address := b.placed()
	a := b.begin(address, b.blue, "k1")
	if len(a.ID) > 32 || a.ID == "" {
		b.Errorf("the attempt's ID %q does not fit every provider", a.ID)
	}
	b.same("the attempt", a, gateway.Attempt{ID: a.ID, Component: "blue", Title: "The blue wallet", State: gateway.AttemptInvoked,
		Action:        &component.Action{Redirect: &component.Redirect{Address: "https://blue.example/pay/" + a.ID}},
		ReturnAddress: a.ReturnAddress, GatewayAddress: address,
		Chosen: gateway.Instruction{Mode: gateway.ModeChoose, Component: "blue", Wanted: gateway.ModeChoose, Reason: gateway.ReasonPolicy}})
	b.same("the session's attempt", b.open(address).Attempt, &a)
}

func beginOnce(b *bench) {
	_, address := b.placed()
	attempts := make([]gateway.Attempt, 8)
	together(len(attempts), func(i int) {
		attempts[i], _ = b.server.Begin(b.Context(), address, beginning(b.blue, "k1"))
	})
	a := b.begin(address, b.blue, "k1")
	for _, other := range attempts {
		b.same("the attempt's ID", other.ID, a.ID)
	}
	b.same("the attempt", b.open(address).Attempt, &a)
	if other := b.begin(address, b.red, "k2"); other.ID == a.ID {
		b.Error("another component gave the same attempt")
	}
}

func beginTwice(b *bench) {
	_, address := b.placed()
	first := b.begin(address, b.blue, "k1")
	b.same("the attempt of a second tab", b.begin(address, b.blue, "k2"), first)
	b.blue.Decide(first.ID, component.OutcomeFailed)
	b.resume(first)
	b.blue.Deafen(true)
	lost := b.begin(address, b.blue, "k3")
	if lost.ID == first.ID {
		b.Error("the attempt that failed was begun again")
	}
	b.blue.Deafen(false)
	b.same("the attempt whose first answer was lost", b.begin(address, b.blue, "k4").ID, lost.ID)
}

func beginElsewhere(b *bench) {
	_, address := b.placed()
	first := b.begin(address, b.blue, "k1")
	elsewhere := beginning(b.blue, "k2")
	elsewhere.Opening.App.Kind = "browser"
	elsewhere.Actions = append(elsewhere.Actions, component.ActionForm)
	a, err := b.server.Begin(b.Context(), address, elsewhere)
	if err != nil {
		b.Fatal(err)
	}
	b.same("the attempt of another app", a, first)
	b.blue.Decide(first.ID, component.OutcomeFailed)
	b.resume(first)
	again, err := b.server.Begin(b.Context(), address, elsewhere)
	if err != nil {
		b.Fatal(err)
	}
	b.same("the attempt under its key, after it failed", again.ID, first.ID)
	_, err = b.server.Begin(b.Context(), address, beginning(b.red, "k2"))
	b.refused("red under the key that went on with blue", err, order.CodeIdempotencyKeyReused)
}

func paidGivesNoAction(b *bench) {
	o, address := b.placed()
	left := b.begin(address, b.blue, "k1")
	paid := b.paidAtProvider(address, b.red, "k2")
	b.resume(paid)
	b.isPaid(o, paid, b.red)
	if a := b.begin(address, b.blue, "k1"); a.ID != left.ID || a.Action != nil {
		b.Errorf("the order is paid, and attempt %s still has the action %v", a.ID, a.Action)
	}
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

func beginOther(b *bench) {
	_, address := b.placed()
	a := b.begin(address, b.blue, "k1")
	_, err := b.server.Begin(b.Context(), address, beginning(b.red, "k1"))
	b.refused("red under blue's key", err, order.CodeIdempotencyKeyReused)
	b.same("the latest attempt", b.open(address).Attempt, &a)
	_, another := b.placed()
	if other := b.begin(another, b.red, "k1"); other.Component != "red" {
		b.Error("a key of another order counts")
	}
}

func beginKeyless(b *bench) {
	_, address := b.placed()
	_, err := b.server.Begin(b.Context(), address, beginning(b.blue, ""))
	b.refused("no key", err, order.CodeIdempotencyKeyMissing)
}

func beginNotOffered(b *bench) {
	o, address := b.placed()
	_, err := b.server.Begin(b.Context(), address, beginning(b.euro, "k1"))
	b.refused("a wallet for euros", err, order.CodeNotOffered)
	o.Merchant, o.ReturnAddress = "noodles", ""
	_, err = b.server.Begin(b.Context(), b.place("south", o).Address, beginning(b.blue, "k1"))
	b.refused("a wallet that south's payers may not use", err, order.CodeNotOffered)
	if s := b.open(address); s.Attempt != nil {
		b.Errorf("there is the attempt %v", s.Attempt)
	}
}

func beginUnconfigured(b *bench) {
	_, address := b.placed()
	stray := NewWallet("stray")
	_, err := b.server.Begin(b.Context(), address, beginning(stray, "k1"))
	b.refused("beginning", err, order.CodeNotOffered)
	a := b.begin(address, b.blue, "k2")
	b.blue.Decide(a.ID, component.OutcomeSucceeded)
	_, err = b.server.Receive(b.Context(), "stray", stray.Notice(b.blue.Evidence(a.ID)))
	b.refused("notifying", err, order.CodeNotFound)
	b.same("the state", b.open(address).State, order.StateOpen)
}

func beginIncapable(b *bench) {
	_, address := b.placed()
	begin := beginning(b.blue, "k1")
	begin.Actions = []component.ActionKind{component.ActionNative}
	a, err := b.server.Begin(b.Context(), address, begin)
	if err == nil && a.Action != nil {
		b.Errorf("a terminal that can do native alone got %s", a.Action.Kind())
	}
	begin.Key, begin.Actions = "k2", []component.ActionKind{"teleport"}
	_, err = b.server.Begin(b.Context(), address, begin)
	b.refused("an action that does not exist", err, order.CodeInvalid)
}

func beginPaid(b *bench) {
	_, address := b.placed()
	a := b.begin(address, b.blue, "k1")
	b.blue.Decide(a.ID, component.OutcomeSucceeded)
	paid := b.resume(a)
	_, err := b.server.Begin(b.Context(), address, beginning(b.red, "k2"))
	b.refused("another beginning", err, order.CodeConflict)
	b.same("the same beginning", b.begin(address, b.blue, "k1"), paid)
	if s := b.open(address); len(s.Offers) > 0 {
		b.Errorf("a paid order has the offers %v", names(s.Offers))
	}
}

func beginExpired(b *bench) {
	o, address := b.placed()
	b.clock.advance(o.Expires.Sub(b.clock.Now()))
	_, err := b.server.Begin(b.Context(), address, beginning(b.blue, "k1"))
	b.refused("at its time", err, order.CodeExpired)
	b.later(time.Second)
	_, err = b.server.Begin(b.Context(), address, beginning(b.blue, "k1"))
	b.refused("later", err, order.CodeExpired)
}

func beginCancelled(b *bench) {
	_, address := b.placed()
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	if _, err := b.server.Begin(ctx, address, beginning(b.blue, "k1")); err == nil {
		b.Error("Begin succeeded")
	}
	if s := b.open(address); s.Attempt != nil {
		b.Errorf("there is the attempt %v", s.Attempt)
	}
}

func resumeIsHint(b *bench) {
	o, address := b.placed()
	a := b.begin(address, b.blue, "k1")
	for _, r := range []component.Return{{}, {Query: "status=paid"}, {Form: "outcome=succeeded"}, {Data: `{"outcome":"succeeded"}`}} {
		got, err := b.server.Resume(b.Context(), a.ReturnAddress, r)
		if err != nil || got.State.Final() || got.Action == nil {
			b.Errorf("coming back with %v gives %q with %v, %v: want the way to pay", r, got.State, got.Action, err)
		}
	}
	b.same("the state", b.status(o).State, order.StateOpen)
}

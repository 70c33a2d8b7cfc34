package gatewaytest

import (
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// proving is the contract of evidence, by Resume and by Receiver.Receive.
func proving() []check {
	return []check{
		{rule: "evidence found on coming back pays the order", run: provenByReturn},
		{rule: "a provider's notification pays the order, without anybody coming back", run: provenByNotice},
		{rule: "after a decline another component pays", run: declineThenPay},
		{rule: "a forged notification is refused and changes nothing", run: forged},
		{rule: "evidence about another component's attempt, or none that is known, is not_found", run: foreignEvidence},
		{rule: "evidence over another amount, currency or payment is refused and changes nothing", run: wrongEvidence},
		{rule: "a payment at the provider counts for one attempt", run: oneReference},
		{rule: "a notification told again is acknowledged again and settles once", run: toldAgain},
		{rule: "notifications and returns at the same moment settle once", run: racing},
		{rule: "a second success never replaces the first", run: secondSuccess},
		{rule: "a success is not undone by a later failure", run: lateFailure},
	}
}

// paidAtProvider begins an attempt at the address and lets the payer pay it.
func (b *bench) paidAtProvider(address string, w *Wallet, key string) gateway.Attempt {
	b.Helper()
	a := b.begin(address, w, key)
	w.Decide(a.ID, component.OutcomeSucceeded)
	return a
}

// isPaid holds the order to have been paid once, by this attempt.
func (b *bench) isPaid(o order.Order, a gateway.Attempt, w *Wallet) {
	b.Helper()
	e := w.Evidence(a.ID)
	b.same("the status", b.status(o), order.Status{Order: o, State: order.StatePaid, Version: 2, Changed: b.clock.Now(),
		Payment: &order.Payment{Component: w.name, Attempt: a.ID, Reference: e.Reference, Amount: o.Total, At: e.At, Booked: b.clock.Now()}})
}

func provenByReturn(b *bench) {
	o, address := b.placed()
	a := b.paidAtProvider(address, b.blue, "k1")
	got := b.resume(a)
	a.State, a.Action = gateway.AttemptSucceeded, nil
	b.same("the attempt", got, a)
	b.same("looking again", b.resume(a), a)
	b.isPaid(o, a, b.blue)
	s := b.open(address)
	b.same("the session's payment", s.Payment, b.status(o).Payment)
	b.same("the session's state", s.State, order.StatePaid)
}

func provenByNotice(b *bench) {
	o, address := b.placed()
	a := b.paidAtProvider(address, b.blue, "k1")
	ack, err := b.receive(b.blue, b.blue.Evidence(a.ID))
	if err != nil || string(ack.Body) != "taken by blue" {
		b.Errorf("the provider was answered %q, %v", ack.Body, err)
	}
	b.isPaid(o, a, b.blue)
	b.same("the attempt's state", b.resume(a).State, gateway.AttemptSucceeded)
}

func declineThenPay(b *bench) {
	o, address := b.placed()
	first := b.begin(address, b.blue, "k1")
	b.blue.Decide(first.ID, component.OutcomeFailed)
	got := b.resume(first)
	b.same("the state", got.State, gateway.AttemptFailed)
	b.same("the reason", got.Reason, "declined")
	s := b.open(address)
	b.same("the order's state", s.State, order.StateOpen)
	b.same("the offers", names(s.Offers), []string{"blue", "red"})
	second := b.paidAtProvider(address, b.red, "k2")
	b.resume(second)
	b.isPaid(o, second, b.red)
	b.same("the first attempt", b.resume(first), got)
}

func forged(b *bench) {
	o, address := b.placed()
	a := b.paidAtProvider(address, b.blue, "k1")
	n := b.blue.Notice(b.blue.Evidence(a.ID))
	n.Header.Set("Seal", "made up")
	_, err := b.server.Receive(b.Context(), "blue", n)
	b.refused("a broken seal", err, order.CodeUnauthenticated)
	b.same("the state", b.status(o).State, order.StateOpen)
}

func foreignEvidence(b *bench) {
	o, address := b.placed()
	a := b.paidAtProvider(address, b.blue, "k1")
	e := b.blue.Evidence(a.ID)
	_, err := b.receive(b.red, e)
	b.refused("blue's attempt, told by red", err, order.CodeNotFound)
	for _, unknown := range []string{"", "x", a.ID[:len(a.ID)-1] + "9", a.ID + "0", string(o.ID)} {
		e.Attempt = unknown
		_, err := b.receive(b.blue, e)
		b.refused("the attempt "+unknown, err, order.CodeNotFound)
	}
	b.same("the state", b.status(o).State, order.StateOpen)
}

func wrongEvidence(b *bench) {
	o, address := b.placed()
	a := b.paidAtProvider(address, b.blue, "k1")
	for what, change := range map[string]func(*component.Evidence){
		"too little":        func(e *component.Evidence) { e.Amount.Amount-- },
		"too much":          func(e *component.Evidence) { e.Amount.Amount++ },
		"another currency":  func(e *component.Evidence) { e.Amount.Currency = "JPY" },
		"no amount":         func(e *component.Evidence) { e.Amount = order.Money{} },
		"another payment":   func(e *component.Evidence) { e.Reference = "blue-other" },
		"no reference":      func(e *component.Evidence) { e.Reference = "" },
		"no outcome":        func(e *component.Evidence) { e.Outcome = "" },
		"a strange outcome": func(e *component.Evidence) { e.Outcome = "authorized" },
	} {
		e := b.blue.Evidence(a.ID)
		change(&e)
		_, err := b.receive(b.blue, e)
		b.refused(what, err, order.CodeRefused)
	}
	b.same("the state", b.status(o).State, order.StateOpen)
	b.same("the attempt", b.open(address).Attempt, &a)
	b.resume(a)
	b.isPaid(o, a, b.blue)
}

func oneReference(b *bench) {
	_, first := b.placed()
	a := b.paidAtProvider(first, b.blue, "k1")
	b.resume(a)
	o, second := b.placed()
	b.blue.Deafen(true) // so that the gateway does not learn the second one's reference
	other := b.begin(second, b.blue, "k1")
	e := b.blue.Evidence(a.ID)
	e.Attempt = other.ID
	_, err := b.receive(b.blue, e)
	b.refused("the first order's payment, told for the second", err, order.CodeRefused)
	b.same("the state", b.status(o).State, order.StateOpen)
}

func toldAgain(b *bench) {
	o, address := b.placed()
	a := b.paidAtProvider(address, b.blue, "k1")
	for range 3 {
		ack, err := b.receive(b.blue, b.blue.Evidence(a.ID))
		if err != nil || string(ack.Body) != "taken by blue" {
			b.Errorf("the provider was answered %q, %v", ack.Body, err)
		}
	}
	b.isPaid(o, a, b.blue)
	b.later(follow)
	b.same("how often the acquirer was told", len(b.north.all()), 1)
}

func racing(b *bench) {
	o, address := b.placed()
	a := b.paidAtProvider(address, b.blue, "k1")
	e := b.blue.Evidence(a.ID)
	together(12, func(i int) {
		var err error
		switch i % 3 {
		case 0:
			_, err = b.receive(b.blue, e)
		case 1:
			_, err = b.server.Resume(b.Context(), a.ReturnAddress, component.Return{})
		case 2:
			_, err = b.server.Begin(b.Context(), address, beginning(b.blue, "k1"))
		}
		if err != nil {
			b.Errorf("call %d: %v", i, err)
		}
	})
	b.isPaid(o, a, b.blue)
	b.later(time.Second)
	b.same("how often the acquirer was told", len(b.north.all()), 1)
}

func secondSuccess(b *bench) {
	o, address := b.placed()
	first, second := b.paidAtProvider(address, b.blue, "k1"), b.paidAtProvider(address, b.red, "k2")
	if _, err := b.receive(b.red, b.red.Evidence(second.ID)); err != nil {
		b.Fatal(err)
	}
	if _, err := b.receive(b.blue, b.blue.Evidence(first.ID)); err != nil {
		b.Errorf("the second success is not acknowledged: %v", err)
	}
	b.isPaid(o, second, b.red)
	b.same("the other attempt", b.resume(first).State, gateway.AttemptSucceeded)
}

func lateFailure(b *bench) {
	o, address := b.placed()
	a := b.paidAtProvider(address, b.blue, "k1")
	b.resume(a)
	e := b.blue.Evidence(a.ID)
	e.Outcome, e.Reason = component.OutcomeFailed, "reversed"
	if _, err := b.receive(b.blue, e); err != nil {
		b.Errorf("the provider is to stop telling: %v", err)
	}
	b.isPaid(o, a, b.blue)
	b.same("the attempt's state", b.resume(a).State, gateway.AttemptSucceeded)
}

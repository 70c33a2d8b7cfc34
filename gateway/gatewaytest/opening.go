package gatewaytest

import (
	"context"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// opening is the contract of Cashier.Open.
func opening() []check {
	checks := []check{
		{rule: "a session shows the order, the directory's merchant name and at least two offers with parameters", run: openShows},
		{rule: "opening changes nothing", run: openChangesNothing},
		{rule: "an acquirer's payers are offered its components alone, in the order's currency", run: openOffers},
		{rule: "an address that the gateway did not give out is not_found", run: openWrong},
		{rule: "an address is good for a while after its order's time, and then expired", run: openExpired},
		{rule: "a context that has ended opens nothing", run: openCancelled},
	}
	for _, c := range instructions() {
		checks = append(checks, c.check())
	}
	return checks
}

func openShows(b *bench) {
	o, address := b.placed()
	s := b.open(address)
	b.same("the order", s.Order, o)
	b.same("the merchant's name", s.MerchantName, "Tea House")
	b.same("the state", s.State, order.StateOpen)
	if s.Attempt != nil || s.Payment != nil {
		b.Errorf("a new session has the attempt %v and the payment %v", s.Attempt, s.Payment)
	}
	b.same("the offers", s.Offers, []component.Offer{
		{Name: "blue", Kind: "blue-wallet", Version: "1", Title: "The blue wallet", Actions: []component.ActionKind{component.ActionRedirect, component.ActionForm}, Parameters: []byte(`{"brand":"blue"}`)},
		{Name: "red", Kind: "red-wallet", Version: "1", Title: "The red wallet", Actions: []component.ActionKind{component.ActionRedirect, component.ActionForm}, Parameters: []byte(`{"brand":"red"}`)},
	})
}

func openChangesNothing(b *bench) {
	o, address := b.placed()
	before, first := b.status(o), b.open(address)
	b.clock.advance(time.Minute)
	b.same("the session", b.open(address), first)
	b.same("the status", b.status(o), before)
}

func openOffers(b *bench) {
	o := b.newOrder()
	o.Lines, o.Total.Currency = nil, "EUR"
	s := b.open(b.place("north", o).Address)
	b.same("offers in EUR", names(s.Offers), []string{"blue", "euro", "red"})
	o.ID, o.Merchant, o.ReturnAddress = order.NewID(b.clock.Now()), "noodles", ""
	s = b.open(b.place("south", o).Address)
	b.same("offers of south", names(s.Offers), []string{"red"})
}

func names(offers []component.Offer) (names []string) {
	for _, o := range offers {
		names = append(names, o.Name)
	}
	return names
}

func openWrong(b *bench) {
	_, address := b.placed()
	_, other := b.placed()
	attempt, foreign := b.begin(address, b.blue, "k1"), b.begin(other, b.blue, "k1")
	wrong := append(spliced(address, other), attempt.ReturnAddress, address+"0", address[:len(address)-1])
	for _, at := range wrong {
		_, err := b.server.Open(b.Context(), at, gateway.Opening{})
		b.refused("opening "+at, err, order.CodeNotFound)
	}
	_, err := b.server.Begin(b.Context(), wrong[len(wrong)/2], beginning(b.red, "k2"))
	b.refused("beginning", err, order.CodeNotFound)
	for _, at := range append(spliced(attempt.ReturnAddress, foreign.ReturnAddress), address) {
		_, err := b.server.Resume(b.Context(), at, component.Return{})
		b.refused("resuming "+at, err, order.CodeNotFound)
	}
}

// spliced are all beginnings of one address with the ends of another.
func spliced(one, other string) (wrong []string) {
	for i := range min(len(one), len(other)) {
		if s := one[:i] + other[i:]; s != one && s != other {
			wrong = append(wrong, s)
		}
	}
	return wrong
}

func openExpired(b *bench) {
	o := b.newOrder()
	p := b.place("north", o)
	b.clock.advance(o.Expires.Sub(b.clock.Now()))
	if s := b.open(p.Address); len(s.Offers) > 0 {
		b.Errorf("an order past its time has the offers %v", names(s.Offers))
	}
	b.clock.advance(p.Expires.Sub(b.clock.Now()))
	_, err := b.server.Open(b.Context(), p.Address, gateway.Opening{})
	b.refused("the address", err, order.CodeExpired)
	_, err = b.server.Begin(b.Context(), p.Address, beginning(b.blue, "k1"))
	b.refused("beginning", err, order.CodeExpired)
}

func openCancelled(b *bench) {
	_, address := b.placed()
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	if _, err := b.server.Open(ctx, address, gateway.Opening{}); err == nil {
		b.Error("Open succeeded")
	}
}

// An instruction is what a policy makes of a terminal (claims 1, 3 and 4).
type instruction struct {
	policy  gateway.Policy
	opening gateway.Opening
	want    gateway.Instruction
}

func instructions() []instruction {
	app := func(c string) gateway.Opening {
		return gateway.Opening{App: gateway.ScanningApp{Kind: "chat", Component: c}}
	}
	const choose, byApp, byGateway, byTerminal = gateway.ModeChoose, gateway.ModeApp, gateway.ModeGateway, gateway.ModeTerminal
	return []instruction{
		{gateway.Policy{}, gateway.Opening{}, gateway.Instruction{Mode: choose, Wanted: choose, Reason: gateway.ReasonPolicy}},
		{gateway.Policy{Default: "red"}, gateway.Opening{}, gateway.Instruction{Mode: choose, Component: "red", Wanted: choose, Reason: gateway.ReasonPolicy}},
		{gateway.Policy{Mode: byApp}, app("red-wallet"), gateway.Instruction{Mode: byApp, Component: "red", Wanted: byApp, Reason: gateway.ReasonPolicy}},
		{gateway.Policy{Mode: byApp}, app(""), gateway.Instruction{Mode: choose, Wanted: byApp, Reason: gateway.ReasonNotNamed}},
		{gateway.Policy{Mode: byApp}, app("strange"), gateway.Instruction{Mode: choose, Wanted: byApp, Reason: gateway.ReasonNotOffered}},
		{gateway.Policy{Mode: byGateway, Default: "blue"}, app("red"), gateway.Instruction{Mode: byGateway, Component: "blue", Wanted: byGateway, Reason: gateway.ReasonPolicy}},
		{gateway.Policy{Mode: byGateway, Default: "euro"}, app(""), gateway.Instruction{Mode: choose, Wanted: byGateway, Reason: gateway.ReasonNotOffered}},
		{gateway.Policy{Mode: byTerminal}, gateway.Opening{Default: "red"}, gateway.Instruction{Mode: byTerminal, Component: "red", Wanted: byTerminal, Reason: gateway.ReasonPolicy}},
		{gateway.Policy{Mode: byTerminal}, gateway.Opening{Default: "euro"}, gateway.Instruction{Mode: choose, Wanted: byTerminal, Reason: gateway.ReasonNotOffered}},
	}
}

func (i instruction) check() check {
	rule := fmt.Sprintf("policy %s:%s instructs an app with %q on a terminal with %q to %s:%s, %s", i.want.Wanted, i.policy.Default,
		i.opening.App.Component, i.opening.Default, i.want.Mode, i.want.Component, i.want.Reason)
	return check{rule, i.run, i.policy}
}

func (i instruction) run(b *bench) {
	_, address := b.placed()
	s, err := b.server.Open(b.Context(), address, i.opening)
	if err != nil {
		b.Fatal(err)
	}
	b.same("the instruction", s.Instruction, i.want)
	b.same("the offers", names(s.Offers), []string{"blue", "red"})
	chosen := i.want
	chosen.Component = "red"
	if i.want.Mode != gateway.ModeChoose && i.want.Component != "red" {
		chosen.Mode, chosen.Reason = gateway.ModeChoose, gateway.ReasonPayer
	}
	begin := beginning(b.red, "k1")
	begin.Opening = i.opening
	a, err := b.server.Begin(b.Context(), address, begin)
	if err != nil {
		b.Fatal(err)
	}
	b.same("how red came to be used", a.Chosen, chosen)
}

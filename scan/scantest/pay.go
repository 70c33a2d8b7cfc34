package scantest

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/scan"
)

// payChecks are about the way from the gateway address to the paying app.
func payChecks() []check {
	return []check{
		{"payer chooses", "In mode choose the payer picks among the offers, and that component pays (claim 1).", payerChooses},
		{"instruction obeyed", "In the other modes the instructed component is called without asking.", instructionObeyed},
		{"another name at the gateway", "Where the gateway knows the merchant by another name than the page, the payer is asked whatever was instructed.", otherName},
		{"paying app", "A native action is performed by the app installed for the component, and said to be possible.", payingApp},
		{"no app for it", "An action that nothing on the terminal performs stops the payment.", noApp},
		{"decline, then another", "After a failed attempt the payer can pick another component, even where the first was instructed.", declineThenAnother},
		{"another order at the gateway", "The terminal pays the order that it was sent on with, and no other.", otherOrder},
		{"control characters", "A text that could pass for something else is not shown.", controlCharacters},
		{"control characters at the gateway", "Nor is a text of the gateway's session, whichever it is.", sessionTexts},
		{"not offered", "A component that is not among the offers is never begun.", notOffered},
		{"payer stops at the offers", "The payer can stop when asked to choose.", payerStops},
		{"another amount at the gateway", "The terminal pays what the payer confirmed, or nothing.", otherAmount},
		{"illegal gateway", "A page jump to an address that the gateway policy refuses is not followed.", illegalGateway},
		{"illegal return address", "What came back from an action is sent to the gateway only.", illegalReturn},
	}
}

func payerChooses(t *testing.T, b *bench, terminal func() scan.Terminal) {
	r := b.mustPay(t, terminal())
	want := []string{"page", "host page direct", "confirm", "open", "host choose", "begin blue", "browser redirect", "resume", "open", "host result paid"}
	if diff := cmp.Diff(want, b.log.all()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if r.Payment == nil || r.Payment.Component != "blue" || len(b.host.results) != 1 {
		t.Errorf("payment = %+v, %d results shown", r.Payment, len(b.host.results))
	}
}

func instructionObeyed(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.instruction = gateway.Instruction{Mode: gateway.ModeTerminal, Component: "green", Wanted: gateway.ModeTerminal, Reason: gateway.ReasonPolicy}
	b.Options.Default = "green"
	b.Options.App = gateway.ScanningApp{Kind: "chat", Component: "blue"}
	b.mustPay(t, terminal())
	want := gateway.Opening{App: b.Options.App, Default: "green"}
	if diff := cmp.Diff(want, b.second.opened); diff != "" {
		t.Errorf("opening (-want +got):\n%s", diff)
	}
	if b.log.count("host choose") > 0 || b.log.count("begin green") != 1 {
		t.Error("the instruction was not obeyed")
	}
}

func otherName(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.instruction = gateway.Instruction{Mode: gateway.ModeGateway, Component: "blue", Wanted: gateway.ModeGateway, Reason: gateway.ReasonPolicy}
	b.second.merchant, b.host.pick = "Casino", nil
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepChoose, "begin blue")
	if b.log.count("host choose") != 1 {
		t.Error("the payer was not asked")
	}
}

func payingApp(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.host.pick = []string{"green"}
	b.second.act = func(string) *component.Action {
		return &component.Action{Native: &component.Native{Parameters: []byte(`{}`)}}
	}
	b.mustPay(t, terminal())
	if b.log.count("green app native") != 1 || !slices.Contains(b.second.begun[0].Actions, component.ActionNative) {
		t.Errorf("actions = %v", b.second.begun[0].Actions)
	}
}

func noApp(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.act = func(string) *component.Action {
		return &component.Action{Native: &component.Native{Parameters: []byte(`{}`)}}
	}
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepAct, "resume")
	if slices.Contains(b.second.begun[0].Actions, component.ActionNative) {
		t.Error("the terminal claims to perform native actions for blue")
	}
}

func declineThenAnother(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.instruction = gateway.Instruction{Mode: gateway.ModeGateway, Component: "blue", Wanted: gateway.ModeGateway, Reason: gateway.ReasonPolicy}
	b.second.decline, b.host.pick = "blue", []string{"green"}
	r := b.mustPay(t, terminal())
	if r.Payment.Component != "green" || b.second.begun[0].Key == b.second.begun[1].Key {
		t.Errorf("paid by %s with keys %q and %q", r.Payment.Component, b.second.begun[0].Key, b.second.begun[1].Key)
	}
}

func otherOrder(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.order = "06h0jhb1v1pm1e2r8na0esm0o8"
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepSession, "begin blue")
}

func controlCharacters(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.first.page.MerchantName = "Tea\x1b]0;paid\a"
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepPage, "host page direct")
}

func notOffered(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.host.pick = []string{"red"}
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepChoose, "begin red")
}

func payerStops(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.host.pick = nil
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepChoose, "begin blue")
	if !errors.Is(err, scan.ErrCanceled) {
		t.Errorf("err = %v, want ErrCanceled", err)
	}
}

func otherAmount(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.total = yuan(50000)
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepSession, "begin blue")
}

func illegalGateway(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.first.jump.Address = "http://evil.localhost/pay/1"
	_, err := b.pay(t, terminal())
	at := scan.StepGateway
	if stop, ok := errors.AsType[*scan.StepError](err); ok && stop.Step == scan.StepOrder {
		at = scan.StepOrder // a transport may refuse it first
	}
	b.wantStop(t, err, at, "open")
}

func illegalReturn(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.back = "http://evil.localhost/return/1"
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepReturn, "resume")
}

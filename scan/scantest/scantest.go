package scantest

import (
	"context"
	"errors"
	"image"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/barcode"
)

// check is one sentence of the contract and how to find out.
type check struct {
	name, contract string
	run            func(t *testing.T, b *bench, terminal func() scan.Terminal)
}

// Run holds a terminal to its contract. newTerminal builds the terminal of one
// check, reaching the servers of the setup by the transport under test.
func Run(t *testing.T, newTerminal func(t *testing.T, s Setup) scan.Terminal) {
	for _, c := range slices.Concat(readChecks(), merchantChecks(), payChecks(), abilityChecks(), returnChecks()) {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			c.run(t, b, func() scan.Terminal { return newTerminal(t, b.Setup) })
			if t.Failed() {
				t.Logf("the contract: %s\nwhat reached the instruments: %q", c.contract, b.log.all())
			}
		})
	}
}

// pay reads the merchant's code and pays.
func (b *bench) pay(t *testing.T, terminal scan.Terminal) (scan.Result, error) {
	t.Helper()
	code, err := terminal.Read(t.Context(), codeAddress)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return terminal.Pay(t.Context(), code)
}

// mustPay pays and wants the order paid.
func (b *bench) mustPay(t *testing.T, terminal scan.Terminal) scan.Result {
	t.Helper()
	r, err := b.pay(t, terminal)
	if err != nil || r.State != order.StatePaid {
		t.Fatalf("result = %q, %v; want paid", r.State, err)
	}
	return r
}

// wantStop wants the error to name the step, and that the named calls never
// reached an instrument.
func (b *bench) wantStop(t *testing.T, err error, at scan.Step, never ...string) {
	t.Helper()
	if stop, ok := errors.AsType[*scan.StepError](err); !ok || stop.Step != at {
		t.Errorf("err = %v, want a *scan.StepError at %s", err, at)
	}
	for _, call := range never {
		if b.log.count(call) > 0 {
			t.Errorf("%q was reached", call)
		}
	}
}

func readChecks() []check {
	symbol := func(text ...string) func(context.Context, image.Image) (s []barcode.Symbol, err error) {
		return func(context.Context, image.Image) (s []barcode.Symbol, err error) {
			for _, x := range text {
				s = append(s, barcode.Symbol{Format: barcode.QR, Text: x})
			}
			return s, nil
		}
	}
	scanned := func(t *testing.T, b *bench, terminal func() scan.Terminal, text ...string) (scan.Code, error) {
		b.Options.Scanner = symbol(text...)
		return terminal().Scan(t.Context(), image.NewGray(image.Rect(0, 0, 1, 1)))
	}
	return []check{
		{"illegal address", "An address that the policy refuses is never opened.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := terminal().Read(t.Context(), "http://evil.localhost/m/teahouse")
				b.wantStop(t, err, scan.StepVerify, "page")
			}},
		{"unverified code", "Pay takes only a code that was verified.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := terminal().Pay(t.Context(), scan.Code{})
				b.wantStop(t, err, scan.StepVerify, "page")
			}},
		{"other codes in view", "A code that is not legal does not hide one that is.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				code, err := scanned(t, b, terminal, "WIFI:S:tea;;", codeAddress, codeAddress)
				if err != nil || code.Address() != codeAddress || code.Format() != barcode.QR {
					t.Errorf("code = %q, %v; want %s", code.Address(), err, codeAddress)
				}
			}},
		{"two codes in view", "Between two legal codes the terminal does not guess.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := scanned(t, b, terminal, codeAddress, Acquirer+"/m/other")
				b.wantStop(t, err, scan.StepVerify, "page")
			}},
		{"no code", "A picture without a code stops at the scan.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := scanned(t, b, terminal)
				b.wantStop(t, err, scan.StepScan)
			}},
	}
}

func payChecks() []check {
	return []check{
		{"payer chooses", "In mode choose the payer picks among the offers, and that component pays (claim 1).",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				r := b.mustPay(t, terminal())
				want := []string{"page", "host page direct", "confirm", "open", "host choose", "begin blue", "browser redirect", "resume", "open", "host result paid"}
				if diff := cmp.Diff(want, b.log.all()); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
				if r.Payment == nil || r.Payment.Component != "blue" || len(b.host.results) != 1 {
					t.Errorf("payment = %+v, %d results shown", r.Payment, len(b.host.results))
				}
			}},
		{"instruction obeyed", "In the other modes the instructed component is called without asking.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.second.instruction = gateway.Instruction{Mode: gateway.ModeTerminal, Component: "green", Wanted: gateway.ModeTerminal}
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
			}},
		{"another name at the gateway", "Where the gateway knows the merchant by another name than the page, the payer is asked whatever was instructed.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.second.instruction = gateway.Instruction{Mode: gateway.ModeGateway, Component: "blue", Wanted: gateway.ModeGateway}
				b.second.merchant, b.host.pick = "Casino", nil
				_, err := b.pay(t, terminal())
				b.wantStop(t, err, scan.StepChoose, "begin blue")
				if b.log.count("host choose") != 1 {
					t.Error("the payer was not asked")
				}
			}},
		{"paying app", "A native action is performed by the app installed for the component, and said to be possible.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.host.pick = []string{"green"}
				b.second.act = func(string) *component.Action {
					return &component.Action{Native: &component.Native{Parameters: []byte(`{}`)}}
				}
				b.mustPay(t, terminal())
				if b.log.count("green app native") != 1 || !slices.Contains(b.second.begun[0].Actions, component.ActionNative) {
					t.Errorf("actions = %v", b.second.begun[0].Actions)
				}
			}},
		{"no app for it", "An action that nothing on the terminal performs stops the payment.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.second.act = func(string) *component.Action {
					return &component.Action{Native: &component.Native{Parameters: []byte(`{}`)}}
				}
				_, err := b.pay(t, terminal())
				b.wantStop(t, err, scan.StepAct, "resume")
				if slices.Contains(b.second.begun[0].Actions, component.ActionNative) {
					t.Error("the terminal claims to perform native actions for blue")
				}
			}},
		{"decline, then another", "After a failed attempt the payer can pick another component, even where the first was instructed.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.second.instruction = gateway.Instruction{Mode: gateway.ModeGateway, Component: "blue", Wanted: gateway.ModeGateway}
				b.second.decline, b.host.pick = "blue", []string{"green"}
				r := b.mustPay(t, terminal())
				if r.Payment.Component != "green" || b.second.begun[0].Key == b.second.begun[1].Key {
					t.Errorf("paid by %s with keys %q and %q", r.Payment.Component, b.second.begun[0].Key, b.second.begun[1].Key)
				}
			}},
		{"another order at the gateway", "The terminal pays the order that it was sent on with, and no other.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.second.order = "06h0jhb1v1pm1e2r8na0esm0o8"
				_, err := b.pay(t, terminal())
				b.wantStop(t, err, scan.StepSession, "begin blue")
			}},
		{"control characters", "A text that could pass for something else is not shown.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.first.page.MerchantName = "Tea\x1b]0;paid\a"
				_, err := b.pay(t, terminal())
				b.wantStop(t, err, scan.StepPage, "host page direct")
			}},
		{"not offered", "A component that is not among the offers is never begun.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.host.pick = []string{"red"}
				_, err := b.pay(t, terminal())
				b.wantStop(t, err, scan.StepChoose, "begin red")
			}},
		{"payer stops at the offers", "The payer can stop when asked to choose.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.host.pick = nil
				_, err := b.pay(t, terminal())
				b.wantStop(t, err, scan.StepChoose, "begin blue")
				if !errors.Is(err, scan.ErrCanceled) {
					t.Errorf("err = %v, want ErrCanceled", err)
				}
			}},
		{"another amount at the gateway", "The terminal pays what the payer confirmed, or nothing.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.second.total = yuan(50000)
				_, err := b.pay(t, terminal())
				b.wantStop(t, err, scan.StepSession, "begin blue")
			}},
		{"illegal gateway", "A page jump to an address that the gateway policy refuses is not followed.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.first.jump.Address = "http://evil.localhost/pay/1"
				_, err := b.pay(t, terminal())
				at := scan.StepGateway
				if stop, ok := errors.AsType[*scan.StepError](err); ok && stop.Step == scan.StepOrder {
					at = scan.StepOrder // a transport may refuse it first
				}
				b.wantStop(t, err, at, "open")
			}},
		{"illegal return address", "What came back from an action is sent to the gateway only.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				b.second.back = "http://evil.localhost/return/1"
				_, err := b.pay(t, terminal())
				b.wantStop(t, err, scan.StepReturn, "resume")
			}},
	}
}

package scantest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/scan"
)

// abilityChecks are about what a terminal cannot perform.
func abilityChecks() []check {
	return []check{
		{"instructed what it cannot perform", "Where nothing on the terminal performs the instructed component the payer is asked.", instructedUnable},
		{"only what it can perform", "The payer is offered what the terminal can perform, and no more.", offeredAble},
		{"able to perform nothing", "Where the terminal can perform none of the offers the payment stops before an attempt.", ableToNothing},
	}
}

// native are offers that only an installed paying app performs; the bench has one
// for green.
func native() []component.Offer {
	return []component.Offer{
		{Name: "blue", Kind: "blue", Actions: []component.ActionKind{component.ActionNative}},
		{Name: "green", Kind: "green", Actions: []component.ActionKind{component.ActionNative}},
	}
}

func instructedUnable(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.offers = native()
	b.second.instruction = gateway.Instruction{Mode: gateway.ModeGateway, Component: "blue", Wanted: gateway.ModeGateway, Reason: gateway.ReasonPolicy}
	b.second.act = func(string) *component.Action {
		return &component.Action{Native: &component.Native{Parameters: []byte(`{}`)}}
	}
	b.host.pick = []string{"green"}
	r := b.mustPay(t, terminal())
	if r.Payment.Component != "green" || b.log.count("begin blue") > 0 || b.log.count("host choose") != 1 {
		t.Errorf("paid by %s after %q", r.Payment.Component, b.log.all())
	}
}

func offeredAble(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.offers = native()
	b.host.pick = []string{"blue"}
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepChoose, "begin blue")
	if diff := cmp.Diff([]string{"green"}, b.host.offered); diff != "" {
		t.Errorf("what was offered (-want +got):\n%s", diff)
	}
}

func ableToNothing(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.offers = native()[:1]
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepChoose, "begin blue", "host choose")
}

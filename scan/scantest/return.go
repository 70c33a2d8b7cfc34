package scantest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// returnChecks are about what comes after an action was performed.
func returnChecks() []check {
	return []check{
		{"provider undecided", "While the provider has not decided the terminal asks again; the action is performed once.", providerUndecided},
		{"component in doubt", "An attempt that the component could not start for sure is begun again under the same key.", componentInDoubt},
		{"gateway busy", "A gateway that cannot answer after the action is asked again: the payer may have paid.", gatewayBusy},
		{"answer about another attempt", "What the gateway says of another attempt than the one that was begun stops the payment.", otherAttempt},
		{"paid while it waits", "Where another attempt pays the order while this one waits for its provider, that is shown at once.", paidElsewhere},
		{"patience ends", "A provider that does not decide in time leaves the order open, and the payer is shown so.", patienceEnds},
		{"continue", "A payment that was left while its app was open goes on at its gateway address, with the same attempt.", continueUnderWay},
		{"continue before paying", "Where the payer has not paid yet, the action of the same attempt is performed again.", continueUnpaid},
		{"continue what is paid", "A payment that was made meanwhile is shown, and nothing is paid again.", continuePaid},
		{"paid before it begins", "Where the order was paid before another attempt could begin, that is shown, and nothing is paid again.", overtaken},
		{"refused to begin", "Where nothing can be begun and the order is not decided either, the payment stops.", refusedToBegin},
		{"refused to begin, and then out of reach", "Where nothing can be begun and the gateway cannot tell why, the payment stops as one that can be continued.", refusedOutOfReach},
		{"continue elsewhere", "Continue goes to a legal gateway only.", continueElsewhere},
		{"result of what stopped", "After an error the result says where the payment can be continued.", resultOfStop},
	}
}

func providerUndecided(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.pending = 2
	b.mustPay(t, terminal())
	if b.log.count("browser redirect") != 1 || b.log.count("resume") != 3 {
		t.Error("want one action and three resumes")
	}
}

func componentInDoubt(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.unknown = 1
	b.mustPay(t, terminal())
	if len(b.second.begun) != 2 || b.second.begun[0].Key != b.second.begun[1].Key {
		t.Errorf("begun %d times, want twice under one key: %+v", len(b.second.begun), b.second.begun)
	}
}

func gatewayBusy(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.busy = 2
	b.mustPay(t, terminal())
	if b.log.count("browser redirect") != 1 || b.log.count("begin blue") != 1 {
		t.Error("want one action of one attempt")
	}
}

func otherAttempt(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.answers = "attemptgreen"
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepReturn, "host result paid")
}

func paidElsewhere(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.pending, b.second.elsewhere = 1000, 3
	r := b.mustPay(t, terminal())
	if r.Attempt == nil || r.Attempt.Component != "green" || b.log.count("begin blue") != 1 || b.log.count("resume") > 10 {
		t.Errorf("attempt = %+v; want green's, after a short wait for blue's", r.Attempt)
	}
}

func patienceEnds(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.pending, b.Options.Patience = 1000, time.Nanosecond
	r, err := b.pay(t, terminal())
	if err != nil || r.State != order.StateOpen || r.GatewayAddress != payAddress {
		t.Errorf("result = %s at %q, %v; want open at the gateway address", r.State, r.GatewayAddress, err)
	}
	if b.log.count("host result open") != 1 || b.log.count("begin blue") != 1 {
		t.Error("want one attempt and its result shown")
	}
}

func continueUnderWay(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.first.confirmed = order.Confirmation{Merchant: "teahouse", Total: yuan(500)}
	b.second.attempt = attempt("blue", nil)
	r, err := terminal().Continue(t.Context(), payAddress)
	if err != nil || r.State != order.StatePaid {
		t.Fatalf("result = %q, %v; want paid", r.State, err)
	}
	want := []string{"open", "resume", "open", "host result paid"}
	if diff := cmp.Diff(want, b.log.all()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func continueUnpaid(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.first.confirmed = order.Confirmation{Merchant: "teahouse", Total: yuan(500)}
	b.second.pending = 1
	b.second.attempt = attempt("blue", &component.Action{Redirect: &component.Redirect{Address: "http://wallet.localhost/pay"}})
	r, err := terminal().Continue(t.Context(), payAddress)
	if err != nil || r.State != order.StatePaid {
		t.Fatalf("result = %q, %v; want paid", r.State, err)
	}
	want := []string{"open", "resume", "browser redirect", "resume", "open", "host result paid"}
	if diff := cmp.Diff(want, b.log.all()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func continuePaid(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.first.confirmed = order.Confirmation{Merchant: "teahouse", Total: yuan(500)}
	b.second.paid = true
	b.second.attempt = attempt("blue", &component.Action{Redirect: &component.Redirect{Address: "http://wallet.localhost/pay"}})
	if r, err := terminal().Continue(t.Context(), payAddress); err != nil || r.State != order.StatePaid {
		t.Fatalf("result = %q, %v; want paid", r.State, err)
	}
	if diff := cmp.Diff([]string{"open", "open", "host result paid"}, b.log.all()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func overtaken(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.overtaken = true
	r := b.mustPay(t, terminal())
	if r.Attempt == nil || r.Attempt.Component != "green" || b.log.count("begin blue") != 1 || b.log.count("browser redirect") > 0 {
		t.Errorf("attempt = %+v; want green's, after one refused beginning", r.Attempt)
	}
}

func refusedToBegin(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.overtaken = true
	b.second.alter = func(s *gateway.Session) { s.State, s.Payment = order.StateOpen, nil }
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepBegin, "host result open", "host result paid")
	if !errors.Is(err, order.CodeConflict) {
		t.Errorf("err = %v, want the gateway's refusal", err)
	}
}

func refusedOutOfReach(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.second.overtaken, b.second.gone = true, true
	r, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepBegin, "host result open", "host result paid")
	if !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("err = %v, want one that can be tried again", err)
	}
	b.second.gone = false
	if r, err = terminal().Continue(t.Context(), r.GatewayAddress); err != nil || r.State != order.StatePaid {
		t.Errorf("continued: %s, %v; want what was paid", r.State, err)
	}
}

func continueElsewhere(t *testing.T, b *bench, terminal func() scan.Terminal) {
	_, err := terminal().Continue(t.Context(), "http://evil.localhost/pay/1")
	b.wantStop(t, err, scan.StepGateway, "open")
}

func resultOfStop(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.host.pick = nil
	r, err := b.pay(t, terminal())
	if err == nil || r.GatewayAddress != payAddress || r.Order.ID != b.first.jump.Order {
		t.Errorf("result = %+v, %v; want the order and its gateway address", r, err)
	}
}

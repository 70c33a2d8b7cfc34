package walk

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// stage is the cashier in one of its states.
type stage struct {
	name    string // its token
	shows   string
	attempt gateway.AttemptState // of the latest attempt; "" for none
	action  component.ActionKind // that it waits for
	change  func(*gateway.Session)
}

func stages() []stage {
	suggests := func(name string) func(*gateway.Session) {
		return func(s *gateway.Session) { s.Instruction.Component = name }
	}
	calls := func(name string) func(*gateway.Session) {
		return func(s *gateway.Session) { s.Instruction.Mode, s.Instruction.Component = gateway.ModeGateway, name }
	}
	ends := func(state order.State) func(*gateway.Session) {
		return func(s *gateway.Session) { s.State, s.Offers = state, nil }
	}
	pays := func(s *gateway.Session) { s.State, s.Offers, s.Payment = order.StatePaid, nil, payment() }
	nothing := func(s *gateway.Session) { s.Offers = nil }
	return []stage{
		{name: "choose", shows: offers},
		{name: "suggested", shows: offers + ".picked", change: suggests("form")},
		{name: "called", shows: called, change: calls("form")},
		{name: "failed", shows: alert, attempt: gateway.AttemptFailed, change: func(s *gateway.Session) { s.Attempt.Reason = "declined_by_issuer" }},
		{name: "waiting", shows: ".mark.wait", attempt: gateway.AttemptPending},
		{name: "waiting-alone", shows: ".mark.wait", attempt: gateway.AttemptUnknown, change: nothing},
		{name: "at-a-page", shows: checks, attempt: gateway.AttemptInvoked, action: component.ActionRedirect},
		{name: "at-a-form", shows: checks, attempt: gateway.AttemptInvoked, action: component.ActionForm},
		{name: "in-an-app", shows: checks, attempt: gateway.AttemptInvoked, action: component.ActionDeepLink},
		{name: "payment-sheet", shows: "form[data-method]", attempt: gateway.AttemptInvoked, action: component.ActionPaymentRequest},
		{name: "bridge", shows: "form[data-object]", attempt: gateway.AttemptInvoked, action: component.ActionBridge},
		{name: "scripts-offered", shows: offer("payment_request"), change: scripted(suggests("bridge"))},
		{name: "scripts-called", shows: called, change: scripted(calls("payment_request"))},
		{name: "paid", shows: paid, attempt: gateway.AttemptSucceeded, change: pays},
		{name: "paid-too-much", shows: alert, attempt: gateway.AttemptSucceeded, change: func(s *gateway.Session) { pays(s); s.Attempt.Excess = true }},
		{name: "canceled", shows: over, change: ends(order.StateCanceled)},
		{name: "expired", shows: over, change: ends(order.StateExpired)},
		{name: "nothing", shows: "h1", change: nothing},
	}
}

// scripted adds offers that take a payment sheet or a bridge.
func scripted(then func(*gateway.Session)) func(*gateway.Session) {
	return func(s *gateway.Session) {
		s.Offers = append(s.Offers, offering(component.ActionPaymentRequest, "Example Pay"), offering(component.ActionBridge, "Tea Wallet"))
		then(s)
	}
}

func cashierPages() []picture {
	all := []picture{{name: "no such page", path: "/nowhere", shows: "h1"}, {name: "back from nowhere", path: "/return/r1", shows: "h1"}}
	for _, s := range stages() {
		all = append(all, picture{name: s.name, path: "/pay/" + s.name, shows: s.shows})
	}
	for name, shows := range map[string]string{"redirect": "a.main", "form": `form[method=post][action$="/provider"]`, "deep_link": `a.main[href^="redwallet:"]`,
		string(order.CodeConflict): "a.plain"} {
		all = append(all, picture{name: "begin, " + name, path: "/pay/choose", after: []chromedp.Action[chromedp.Void]{chromedp.Click(chromedp.CSS(offer(name)))},
			at: "/pay/choose/attempts", shows: shows})
	}
	for _, code := range fails() {
		all = append(all, picture{name: "error, " + string(code), path: "/pay/" + string(code), shows: "h1"})
	}
	return all
}

// No page of the gateway keeps anybody out.
func TestCashierPages(t *testing.T) {
	if testing.Short() {
		t.Skip("a gallery of pages, which the complete run examines")
	}
	gallery(t, cashierPages(), func(base string) http.Handler {
		keys, signer := identity(t)
		h, err := gatewayhttp.NewHandler(counter{base: base, stages: stages()}, base, nobody{keys}, signer, nil)
		if err != nil {
			t.Fatal(err)
		}
		return h
	})
}

// nobody places orders here.
type nobody struct{ wire.Keys }

func (nobody) Holder(string) (string, bool) { return "", false }

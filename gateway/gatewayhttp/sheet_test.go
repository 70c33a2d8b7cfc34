package gatewayhttp_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
)

// sheetOffer can be paid with the browser's payment sheet alone.
func sheetOffer() component.Offer {
	return component.Offer{Name: "sheet", Kind: "webpayment", Version: "1", Title: "Example Pay", Actions: []component.ActionKind{component.ActionPaymentRequest}}
}

func sheetRequest(method string) *component.Action {
	return &component.Action{PaymentRequest: &component.PaymentRequest{Method: method, Data: json.RawMessage(`{"a":"<b>"}`)}}
}

// policyOf is the policy of the session's page, by directive.
func policyOf(t *testing.T, s *stub) map[string]string {
	t.Helper()
	a := newVisitor(t, s, nil).Open(pay)
	all := map[string]string{}
	for directive := range strings.SplitSeq(a.Header.Get("Content-Security-Policy"), "; ") {
		name, value, _ := strings.Cut(directive, " ")
		all[name] = value
	}
	return all
}

// The site's script is the only one that pages run, and asks nobody but the gateway
// and the payment method, where there is a request.
func TestPolicyOfTheSheet(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*stub)
		want   [2]string // connect-src, img-src
	}{
		"none":    {func(*stub) {}, [2]string{"'self'"}},
		"offered": {func(s *stub) { s.session.Offers = append(s.session.Offers, sheetOffer()) }, [2]string{"'self'"}},
		"begun": {attempted(gateway.AttemptInvoked, sheetRequest("https://PAY.example:443/m?x=;script-src")),
			[2]string{"'self' https://pay.example", "https://pay.example"}},
		"a policy in the host": {attempted(gateway.AttemptInvoked, sheetRequest("https://pay.example;script-src/m")), [2]string{"'self'"}},
		"no address":           {attempted(gateway.AttemptInvoked, sheetRequest("secure-payment-confirmation")), [2]string{"'self'"}},
		"plain http":           {attempted(gateway.AttemptInvoked, sheetRequest("http://pay.example/m")), [2]string{"'self'"}},
	} {
		s := newStub(base)
		c.change(s)
		p := policyOf(t, s)
		if diff := cmp.Diff(c.want, [2]string{p["connect-src"], p["img-src"]}); diff != "" || !strings.HasPrefix(p["script-src"], base+"/assets/") || p["default-src"] != "'none'" {
			t.Errorf("%s: %v %s", name, p, diff)
		}
	}
}

// A browser that runs no script is told why the offer is not there, and what it posts
// says nothing of a payment sheet.
func TestSheetWithoutScript(t *testing.T) {
	for name, mode := range map[string]gateway.Mode{"offered": gateway.ModeChoose, "called": gateway.ModeGateway} {
		s := newStub(base)
		s.session.Offers = append(s.session.Offers, sheetOffer())
		s.session.Instruction = gateway.Instruction{Mode: mode, Component: "sheet", Wanted: mode}
		v := newVisitor(t, s, nil)
		a := v.Open(pay)
		if n := strings.Count(a.Text, `data-sheet="needed"`); n != 1 || !strings.Contains(a.Text, "needs a browser with payment handlers") {
			t.Errorf("%s: %d buttons wait for the script: %s", name, n, a.Text)
		}
		form := a.Page(t).Forms[0]
		for _, performs := range []string{"", "payment_request", "native", "bridge", "bridge payment_request"} {
			form.Fields.Set("component", "sheet")
			form.Fields.Set("performs", performs)
			v.Post(form.Action, form.Fields)
			begun := s.begun[len(s.begun)-1].Actions
			if slices.Contains(begun, component.ActionPaymentRequest) != strings.Contains(performs, "payment_request") ||
				slices.Contains(begun, component.ActionBridge) != strings.Contains(performs, "bridge") || slices.Contains(begun, component.ActionNative) {
				t.Errorf("%s: a browser that performs %q begins with %v", name, performs, begun)
			}
		}
	}
}

// The page holds the request and the order's total, goes on at the return address, and
// is not loaded again while the payer pays.
func TestSheetShowsTheTotal(t *testing.T) {
	s := newStub(base)
	attempted(gateway.AttemptInvoked, sheetRequest("https://pay.example/m"))(s)
	a := newVisitor(t, s, nil).Open(pay)
	p := a.Page(t)
	for _, want := range []string{`data-method="https://pay.example/m"`, `data-request="{&#34;a&#34;:&#34;&lt;b&gt;&#34;}"`, `data-label="Tea &lt;House&gt;"`,
		`data-currency="CNY"`, `data-value="1230.00"`} {
		if !strings.Contains(a.Text, want) {
			t.Errorf("%s is missing in %s", want, a.Text)
		}
	}
	if p.Forms[0].Action != base+"/return/r1" || p.Refresh != "" || p.Scripts != 1 {
		t.Errorf("the form leads to %s, refresh %q, %d scripts", p.Forms[0].Action, p.Refresh, p.Scripts)
	}
	if begun, _ := handed(t, *sheetRequest("https://pay.example/m")); begun.StatusCode != 303 || begun.Header.Get("Location") != base+pay {
		t.Errorf("begun: status %d to %q", begun.StatusCode, begun.Header.Get("Location"))
	}
}

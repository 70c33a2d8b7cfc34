package gatewayhttp_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
)

const pay = "/pay/" + token

func TestSessionJSON(t *testing.T) {
	s := newStub(base)
	a := newVisitor(t, s, nil).Do("GET", pay+"?from=chat", webtest.AsProgram, map[string]string{
		"Scanning-App": "chat", "Scanning-App-Component": "blue", "Terminal-Default": "red"}, "")
	var got gateway.Session
	if err := json.Unmarshal([]byte(a.Text), &got); err != nil || a.StatusCode != 200 {
		t.Fatalf("status %d: %s: %v", a.StatusCode, a.Text, err)
	}
	if diff := cmp.Diff(s.session, got); diff != "" {
		t.Error(diff)
	}
	want := []gateway.Opening{{App: gateway.ScanningApp{Kind: "chat", Component: "blue"}, Default: "red"}}
	if diff := cmp.Diff(want, s.opened); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"open " + base + pay}, s.asked()); diff != "" {
		t.Errorf("the address is the gateway's own, whatever the Host header or an app's query says: %s", diff)
	}
	if vary := strings.Join(a.Header.Values("Vary"), ", "); vary != "Accept, Scanning-App, Scanning-App-Component, Terminal-Default" {
		t.Errorf("Vary is %q", vary)
	}
}

func TestOpeningIsOfWords(t *testing.T) {
	for _, name := range []string{"Scanning-App", "Scanning-App-Component", "Terminal-Default"} {
		for _, value := range []string{"Chat", "a b", "a_b", "\u00e9", "", strings.Repeat("a", 65)} {
			s := newStub(base)
			a := newVisitor(t, s, nil).Do("GET", pay, webtest.AsProgram, map[string]string{name: value}, "")
			if a.StatusCode != 400 || !strings.Contains(a.Text, name) || len(s.asked()) > 0 {
				t.Errorf("%s: %q: status %d: %s", name, value, a.StatusCode, a.Text)
			}
		}
	}
}

func TestOpeningOfABrowser(t *testing.T) {
	s := newStub(base)
	v := newVisitor(t, s, nil)
	v.Open(pay)
	v.Do("GET", pay, webtest.AsBrowser, map[string]string{"Scanning-App": "hospital"}, "")
	v.Get(pay)
	want := []gateway.Opening{{App: gateway.ScanningApp{Kind: "browser"}}, {App: gateway.ScanningApp{Kind: "hospital"}}, {}}
	if diff := cmp.Diff(want, s.opened); diff != "" {
		t.Error(diff)
	}
}

// cashier is the page that the stub's session makes.
func cashier(t *testing.T, change func(*stub)) (webtest.Page, webtest.Answer) {
	t.Helper()
	s := newStub(base)
	if change != nil {
		change(s)
	}
	a := newVisitor(t, s, nil).Open(pay)
	if a.StatusCode != 200 {
		t.Fatalf("status %d: %s", a.StatusCode, a.Text)
	}
	return a.Page(t), a
}

// attempted gives the session a latest attempt.
func attempted(state gateway.AttemptState, action *component.Action) func(*stub) {
	return func(s *stub) {
		a := s.attempt
		a.State, a.Action, a.Reason = state, action, ""
		if state == gateway.AttemptFailed {
			a.Reason = "insufficient_funds"
		}
		s.session.Attempt = &a
	}
}

func buttons(p webtest.Page) (all []string) {
	for _, f := range p.Forms {
		all = append(all, slices.Sorted(maps.Values(f.Buttons))...)
	}
	return all
}

func TestCashierOffersTheChoice(t *testing.T) {
	p, a := cashier(t, nil)
	if diff := cmp.Diff([]string{"component=blue", "component=red"}, buttons(p)); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"Tea <House>", "CN¥1,230.00 CNY", "Table 4", "Red Wallet Suggested"} {
		if !strings.Contains(p.Text, text) {
			t.Errorf("the page does not say %q: %s", text, p.Text)
		}
	}
	if strings.Index(a.Text, `value="red"`) > strings.Index(a.Text, `value="blue"`) {
		t.Error("the preselected offer does not stand first")
	}
	if p.Links["Return to Tea <House>"] != "https://shop.example/orders/1" || p.Refresh != "" {
		t.Errorf("links %v, refresh %q", p.Links, p.Refresh)
	}
}

// Money that came too late was taken: the page does not say otherwise.
func TestCashierTellsOfMoneyThatIsOwedBack(t *testing.T) {
	p, _ := cashier(t, func(s *stub) {
		attempted(gateway.AttemptFailed, nil)(s)
		s.session.Attempt.Excess = true
	})
	if strings.Contains(p.Text, "Nothing was charged") || !strings.Contains(p.Text, "It is owed back to you") {
		t.Errorf("the page says: %s", p.Text)
	}
}

func TestCashierCallsTheInstructedComponent(t *testing.T) {
	for _, mode := range []gateway.Mode{gateway.ModeApp, gateway.ModeGateway, gateway.ModeTerminal} {
		p, _ := cashier(t, func(s *stub) { s.session.Instruction.Mode = mode })
		if len(p.Forms) != 2 || p.Forms[0].Buttons["Pay with Red Wallet"] != "component=red" {
			t.Errorf("%s: the first form has %v", mode, p.Forms)
			continue
		}
		if diff := cmp.Diff(map[string]string{"Blue Wallet": "component=blue"}, p.Forms[1].Buttons); diff != "" || !strings.Contains(p.Text, "Choose another way") {
			t.Errorf("%s: the payer cannot go back to the others: %s", mode, diff)
		}
	}
}

func TestCashierStages(t *testing.T) {
	state := func(st order.State) func(*stub) { return func(s *stub) { s.session.State = st } }
	for name, c := range map[string]struct {
		change  func(*stub)
		text    string
		buttons []string
		refresh string
	}{
		"paid":     {state(order.StatePaid), "Paid", nil, ""},
		"canceled": {state(order.StateCanceled), "Canceled", nil, ""},
		"expired":  {state(order.StateExpired), "Too late", nil, ""},
		"nothing":  {func(s *stub) { s.session.Offers = nil }, "no way to pay", nil, ""},
		"pending":  {attempted(gateway.AttemptPending, nil), "Waiting for Blue Wallet", []string{"component=blue", "component=red"}, "5"},
		"unknown":  {attempted(gateway.AttemptUnknown, nil), "Waiting for Blue Wallet", []string{"component=blue", "component=red"}, "5"},
		"begun":    {attempted(gateway.AttemptBegun, nil), "Waiting for Blue Wallet", []string{"component=blue", "component=red"}, "5"},
		"late":     {attempted(gateway.AttemptSucceeded, nil), "Waiting for Blue Wallet", []string{"component=blue", "component=red"}, "5"},
		"failed":   {attempted(gateway.AttemptFailed, nil), "Blue Wallet did not go through (insufficient funds)", []string{"component=blue", "component=red"}, ""},
		"to act":   {attempted(gateway.AttemptInvoked, redirect("https://blue.example/p")), "You started to pay with Blue Wallet. If you have paid there, wait", []string{"component=blue", "component=red"}, "5"},
	} {
		p, _ := cashier(t, c.change)
		if !strings.Contains(p.Text, c.text) || p.Refresh != c.refresh {
			t.Errorf("%s: the page reads %q and asks again after %q s", name, p.Text, p.Refresh)
		}
		if diff := cmp.Diff(c.buttons, buttons(p)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestCashierGoesOnWithAnAttempt(t *testing.T) {
	p, _ := cashier(t, attempted(gateway.AttemptInvoked, redirect("https://blue.example/p?a=1&b=2")))
	if p.Links["Continue to blue.example"] != "https://blue.example/p?a=1&b=2" || p.Links["I have paid"] != base+"/return/r1" {
		t.Errorf("links %v", p.Links)
	}
	p, _ = cashier(t, attempted(gateway.AttemptPending, nil))
	if p.Links["Ask Blue Wallet now"] != base+"/return/r1" {
		t.Errorf("links %v", p.Links)
	}
}

func TestCashierAfterAFailureSuggestsAnother(t *testing.T) {
	instruct := func(mode gateway.Mode, name string) func(*stub) {
		return func(s *stub) {
			attempted(gateway.AttemptFailed, nil)(s)
			s.session.Instruction.Mode, s.session.Instruction.Component = mode, name
		}
	}
	for _, mode := range []gateway.Mode{gateway.ModeChoose, gateway.ModeApp} {
		if p, _ := cashier(t, instruct(mode, "blue")); strings.Contains(p.Text, "Suggested") || len(p.Forms) != 1 {
			t.Errorf("%s: what has failed is suggested again, or called: %s", mode, p.Text)
		}
		if p, _ := cashier(t, instruct(mode, "red")); !strings.Contains(p.Text, "Red Wallet Suggested") || len(p.Forms) != 1 {
			t.Errorf("%s: %s", mode, p.Text)
		}
	}
}

func TestCashierLeadsToNoScript(t *testing.T) {
	for _, bad := range []string{"javascript:alert(1)", "http://shop.example/", "data:text/html,x", "//shop.example"} {
		p, a := cashier(t, func(s *stub) {
			attempted(gateway.AttemptInvoked, redirect(bad))(s)
			s.session.Order.ReturnAddress = bad
		})
		if strings.Contains(a.Text, bad) || len(p.Links) != 2 { // to ask, and of the language
			t.Errorf("%q: links %v", bad, p.Links)
		}
	}
}

func TestCashierOfAPaidOrder(t *testing.T) {
	p, _ := cashier(t, func(s *stub) {
		s.session.State = order.StatePaid
		s.session.Order.Lines = []order.Line{{Item: "a", Name: "Oolong <pot>", Quantity: 2, Price: yuan(60000)}, {Item: "b", Name: "Cake", Quantity: 1, Price: yuan(3000)}}
		s.session.Payment = &order.Payment{Component: "blue", Reference: "ref-1", At: s.session.Order.Expires}
	})
	for _, text := range []string{"Tea <House> has your payment", "Oolong <pot> 2 × 600.00 1,200.00", "1 January 1970, 00:15 UTC", "ref-1", "Return to Tea <House>"} {
		if !strings.Contains(p.Text, text) {
			t.Errorf("the page does not say %q: %s", text, p.Text)
		}
	}
}

// A component's picture is the operator's, by its name or kind; without one its first
// letter stands there, and is not read out.
func TestCashierShowsIcons(t *testing.T) {
	icons := fstest.MapFS{"blue-wallet.svg": {Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)}}
	v := newVisitor(t, newStub(base), &gatewayhttp.Options{Icons: icons})
	a := v.Open(pay)
	address := regexp.MustCompile(`<img class="icon" src="([^"]+)" alt=""`).FindStringSubmatch(a.Text)
	if len(address) != 2 || strings.Count(a.Text, "<img") != 1 || !strings.Contains(a.Text, `<span class="icon" aria-hidden="true">R</span>`) {
		t.Fatal(a.Text)
	}
	if p := a.Header.Get("Content-Security-Policy"); !strings.Contains(p, "; img-src "+base+"/assets/;") {
		t.Errorf("the policy is %q", p)
	}
	if i := v.Open(address[1]); i.StatusCode != 200 || i.Header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(i.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("status %d, %v", i.StatusCode, i.Header)
	}
}

// The cashier says until when the order can be paid, and a browser without scripts
// finds out by itself that it cannot be any more.
func TestCashierSaysHowLong(t *testing.T) {
	s := newStub(base)
	now := s.session.Order.Expires.Add(-90 * time.Second)
	v := newVisitor(t, s, &gatewayhttp.Options{Now: func() time.Time { return now }})
	a := v.Open(pay)
	if p := a.Page(t); !strings.Contains(p.Text, "Pay by 00:15 UTC · 1:30") || p.Refresh != "91" || !strings.Contains(a.Text, `data-left="90"`) {
		t.Errorf("refresh %q: %s", p.Refresh, p.Text)
	}
	now = s.session.Order.Expires
	if p := v.Open(pay).Page(t); strings.Contains(p.Text, "Pay by") || p.Refresh != "" {
		t.Errorf("past its end: refresh %q: %s", p.Refresh, p.Text)
	}
}

// A page is in the language that the browser wants, but for names, and so is what goes
// wrong.
func TestCashierInChinese(t *testing.T) {
	s := newStub(base)
	s.session.MerchantName, s.session.Order.Description = "玉茶馆", "四号桌"
	s.session.Offers[0].Title, s.session.Offers[1].Title = "蓝钱包", "红钱包"
	v := newVisitor(t, s, nil)
	latin := regexp.MustCompile(`[A-Za-z]{3,}`)
	for _, path := range []string{pay, "/nowhere"} {
		p := v.Do("GET", path, webtest.AsBrowser, map[string]string{"Accept-Language": "zh-CN"}, "").Page(t)
		text := strings.NewReplacer("English", "", "CNY", "", string(s.session.Order.ID), "").Replace(p.Text + p.Title)
		if found := latin.FindString(text); found != "" || p.Lang != "zh" {
			t.Errorf("%s is in %s and says %q: %s", path, p.Lang, found, p.Text)
		}
	}
}

// A reason is a provider's own word, and no text with verbs in it.
func TestReasonIsShownAsItIs(t *testing.T) {
	for reason, want := range map[string]string{"50%_off": "(50% off)", "%s": "(%s)", "insufficient_funds": "(余额不足)"} {
		s := newStub(base)
		attempted(gateway.AttemptFailed, nil)(s)
		s.session.Attempt.Reason = reason
		a := newVisitor(t, s, nil).Do("GET", pay, webtest.AsBrowser, map[string]string{"Accept-Language": "zh"}, "")
		if text := strings.NewReplacer("（", "(", "）", ")").Replace(a.Page(t).Text); !strings.Contains(text, want) {
			t.Errorf("%s: want %s in %s", reason, want, text)
		}
	}
}

package gatewayhttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/webpayment"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
)

// town is a gateway, and two providers of which the first sends a payer on to the
// second, as providers do.
type town struct {
	*stub
	gateway, door, provider string
}

func newTown(t *testing.T) town {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<title>wallet</title><p id=wallet>" + r.Method + " " + r.FormValue("sign")))
	})
	provider := webtest.Serve(t, "wallet", func(string) http.Handler { return page })
	door := webtest.Serve(t, "door", func(string) http.Handler { return http.RedirectHandler(provider+"/pay", http.StatusSeeOther) })
	var s *stub
	base := webtest.Serve(t, "pay", func(base string) http.Handler {
		s = newStub(base)
		return newHandler(t, s, base, nil)
	})
	return town{s, base, door, provider}
}

func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	for name, run := range map[string]func(context.Context, *testing.T, town){
		"is redirected to the provider": browserRedirect, "posts a form to the provider": browserForm,
		"goes back to the cashier": browserBack, "is shown the pages in our style": browserStyle,
	} {
		t.Run(name, func(t *testing.T) { run(ctx, t, newTown(t)) })
	}
}

// choose opens the cashier and picks the first offer.
func (n town) choose(ctx context.Context, t *testing.T) {
	t.Helper()
	webtest.Do(ctx, t, chromedp.Navigate(n.gateway+pay), chromedp.Click(chromedp.CSS("button.offer")))
}

func browserRedirect(ctx context.Context, t *testing.T, n town) {
	n.attempt.Action = redirect(n.door + "/pay?id=1")
	n.choose(ctx, t)
	webtest.At(ctx, t, "#wallet", n.provider+"/pay")
}

func browserForm(ctx context.Context, t *testing.T, n town) {
	n.attempt.Action = &component.Action{Form: &component.Form{Address: n.door + "/gateway", Fields: []component.Field{{Name: "sign", Value: "1"}}}}
	n.choose(ctx, t)
	webtest.At(ctx, t, "input[name=sign]", n.gateway+pay+"/attempts")
	webtest.Do(ctx, t, chromedp.Click(chromedp.CSS("button.main")))
	webtest.At(ctx, t, "#wallet", n.provider+"/pay")
}

// browserBack leaves the provider with the browser's own button: the page that
// handed over must not send the payer forth again.
func browserBack(ctx context.Context, t *testing.T, n town) {
	n.attempt.Action = redirect(n.provider + "/pay")
	n.choose(ctx, t)
	webtest.At(ctx, t, "#wallet", n.provider)
	history, err := chromedp.Run(ctx, chromedp.NavigationEntries())
	if err != nil {
		t.Fatal(err)
	}
	before := history.Entries[history.CurrentIndex-1]
	if before.URL != n.gateway+pay {
		t.Errorf("the button back leads to %s, want the cashier", before.URL)
	}
}

func browserStyle(ctx context.Context, t *testing.T, n town) {
	for _, change := range []func(*stub){func(*stub) {}, attempted(gateway.AttemptPending, nil), attempted(gateway.AttemptFailed, nil)} {
		change(n.stub)
		webtest.Do(ctx, t, chromedp.EmulateViewport(320, 640), chromedp.Navigate(n.gateway+pay))
		wide, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
		if err != nil || wide > 320 {
			t.Errorf("on 320 pixels the page is %d wide (%v)", wide, err)
		}
		high, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.querySelector('button').offsetHeight"))
		if err != nil || high < 44 {
			t.Errorf("a button is %d pixels high (%v): the policy blocks our own style, or it is too small to touch", high, err)
		}
	}
}

// counter is a gateway that shows an attempt once it was begun.
type counter struct{ *stub }

func (c counter) Begin(ctx context.Context, address string, b gateway.Beginning) (gateway.Attempt, error) {
	a, err := c.stub.Begin(ctx, address, b)
	c.keep(func() { c.session.Attempt = &a })
	return a, err
}

// TestBrowserPaymentRequest pays with the browser's own payment sheet, by a payment
// handler that Chromium installs, and then one that there is none for.
func TestBrowserPaymentRequest(t *testing.T) {
	ctx := webtest.Browser(t)
	method := webtest.Serve(t, "operator", func(base string) http.Handler { return newOperator(t, base) }) + "/method"
	var s *stub
	at := webtest.Serve(t, "pay", func(base string) http.Handler {
		s = newStub(base)
		return newHandler(t, counter{s}, base, nil)
	})
	s.session.Offers = append(s.session.Offers, component.Offer{Name: "sheet", Kind: "webpayment", Version: "1", Title: "Example Pay",
		Actions: []component.ActionKind{component.ActionPaymentRequest}})
	request := func(method string) *component.Action {
		return &component.Action{PaymentRequest: &component.PaymentRequest{Method: method, Data: json.RawMessage(`{"request":"<signed> & \"quoted\""}`)}}
	}
	s.attempt.Component, s.attempt.Action = "sheet", request(method)
	webtest.Do(ctx, t, chromedp.Navigate(at+pay), chromedp.Click(chromedp.CSS("button[value=sheet]")))
	webtest.At(ctx, t, "form[data-method]", at+pay)
	begun := s.begun[0].Actions
	if want := component.ActionPaymentRequest; !slices.Contains(begun, want) {
		t.Errorf("a browser with a payment sheet performs %v, without %s", begun, want)
	}
	s.keep(func() { s.session.State, s.attempt.Action = order.StatePaid, nil })
	webtest.Do(ctx, t, chromedp.Click(chromedp.CSS("form[data-method] button")))
	webtest.At(ctx, t, ".mark", at+pay)
	const want = `{"token":"paid 1230.00 CNY for <signed> & \"quoted\""}`
	if len(s.back) != 2 || s.back[0].Data != want {
		t.Errorf("the return address was given %q; want first %s, then a browser that comes back", s.back, want)
	}

	s.keep(func() { s.session.State, s.session.Attempt.Action = order.StateOpen, request(at+"/no-method") })
	webtest.Do(ctx, t, chromedp.Navigate(at+pay), chromedp.Click(chromedp.CSS("form[data-method] button")),
		chromedp.WaitVisible("//p[contains(., 'cannot pay in this way')]"))
}

// TestBrowserKeepsThePayment approves a payment when the order's time has passed since
// the sheet was opened: the page waits for what the payer approves, which would be lost
// if it were loaded again, and posts it.
func TestBrowserKeepsThePayment(t *testing.T) {
	ctx := webtest.Browser(t)
	var s *stub
	at := webtest.Serve(t, "pay", func(base string) http.Handler {
		s = newStub(base)
		return newHandler(t, s, base, nil)
	})
	attempted(gateway.AttemptInvoked, &component.Action{PaymentRequest: &component.PaymentRequest{Method: at + "/method"}})(s)
	s.session.Order.Expires = time.Now().Add(20 * time.Second)
	webtest.Do(ctx, t, chromedp.Navigate(at+pay), chromedp.Evaluate[chromedp.Void](`
window.PaymentRequest = class { show () { return new Promise(approve => { window.approve = approve }) } }
const ask = window.fetch
window.fetch = async (...all) => { // what the page asks for is there, and has been looked at, when it is marked
  const answer = await ask(...all)
  ask(location.href).then(again => again.text()).then(() => document.querySelector('main').insertAdjacentHTML('beforeend', '<i id=looked>.</i>'))
  return answer
}; 0`), chromedp.Click(chromedp.CSS("form[data-method] button")))
	s.keep(func() { s.session.State = order.StateExpired })
	webtest.Do(ctx, t, chromedp.Evaluate[chromedp.Void]("document.dispatchEvent(new Event('visibilitychange')); 0"),
		chromedp.WaitVisible(chromedp.CSS("#looked")),
		chromedp.Evaluate[chromedp.Void]("const left = document.querySelector('[data-left]'); left.dataset.left = 0; 0"),
		chromedp.WaitVisible("//*[@role='timer'][.='0:00']"))
	s.keep(func() { s.session.State = order.StatePaid })
	webtest.Do(ctx, t, chromedp.Evaluate[chromedp.Void]("window.approve({details: {token: 'approved'}, complete: async () => {}}); 0"))
	webtest.At(ctx, t, ".mark", at+pay)
	if want := `{"token":"approved"}`; len(s.back) == 0 || s.back[0].Data != want {
		t.Errorf("the return address was given %q; want first %s", s.back, want)
	}
}

// timely is a gateway whose order expires by the clock.
type timely struct{ *stub }

func (c timely) Open(ctx context.Context, address string, o gateway.Opening) (gateway.Session, error) {
	s, err := c.stub.Open(ctx, address, o)
	if !time.Now().Before(s.Order.Expires) {
		s.State = order.StateExpired
	}
	return s, err
}

// TestBrowserSeesTheTimePass leaves the cashier open: when the order has expired the
// page says so by itself, with scripts and without.
func TestBrowserSeesTheTimePass(t *testing.T) {
	browser := webtest.Browser(t)
	for name, prepare := range map[string]func(context.Context, *testing.T){
		"with scripts": func(context.Context, *testing.T) {}, "without": webtest.ScriptOff,
	} {
		t.Run(name, func(t *testing.T) {
			ctx := webtest.Tab(browser, t)
			prepare(ctx, t)
			var s *stub
			at := webtest.Serve(t, "pay", func(base string) http.Handler {
				s = newStub(base)
				return newHandler(t, timely{s}, base, nil)
			})
			s.session.Order.Expires = time.Now().Add(2 * time.Second)
			webtest.Do(ctx, t, chromedp.Navigate(at+pay))
			webtest.At(ctx, t, ".mark.over", at+pay)
		})
	}
}

// TestBrowserBridge pays by the script object that an app puts into its web view: one
// that is there, and one that comes later.
func TestBrowserBridge(t *testing.T) {
	ctx := webtest.Browser(t)
	var s *stub
	at := webtest.Serve(t, "pay", func(base string) http.Handler {
		s = newStub(base)
		return newHandler(t, counter{s}, base, nil)
	})
	s.session.Offers = append(s.session.Offers, component.Offer{Name: "jsapi", Kind: "wechatpay", Version: "1", Title: "WeChat Pay",
		Actions: []component.ActionKind{component.ActionBridge}})
	s.attempt.Component = "jsapi"
	s.attempt.Action = &component.Action{Bridge: &component.Bridge{Object: "TeaBridge", Method: "invoke", Parameters: json.RawMessage(`["pay", {"total": "<1>"}]`)}}
	const object = `window.TeaBridge = {invoke: (name, call, done) => setTimeout(() => done({err_msg: name + ':' + call.total}))}; `
	for name, c := range map[string][]chromedp.Action[chromedp.Void]{
		"there": {chromedp.Evaluate[chromedp.Void](object + "0"), chromedp.Click(chromedp.CSS("form[data-object] button"))},
		"later": {chromedp.Click(chromedp.CSS("form[data-object] button")),
			chromedp.Evaluate[chromedp.Void](object + "document.dispatchEvent(new Event('TeaBridgeReady')); 0")},
	} {
		s.keep(func() { s.session.State, s.session.Attempt, s.back = order.StateOpen, nil, nil })
		webtest.Do(ctx, t, chromedp.Navigate(at+pay), chromedp.Click(chromedp.CSS("button[value=jsapi]")))
		webtest.At(ctx, t, "form[data-object]", at+pay)
		begun := s.begun[len(s.begun)-1].Actions
		if !slices.Contains(begun, component.ActionBridge) {
			t.Errorf("%s: the page performs %v", name, begun)
		}
		s.keep(func() { s.session.State = order.StatePaid })
		webtest.Do(ctx, t, c...)
		webtest.At(ctx, t, ".mark", at+pay)
		if want := `{"err_msg":"pay:<1>"}`; len(s.back) != 2 || s.back[0].Data != want {
			t.Errorf("%s: the return address was given %q; want first %s, then a browser that comes back", name, s.back, want)
		}
	}
}

// newOperator is a payment handler whose page pays what it is asked to, at once.
func newOperator(t *testing.T, base string) http.Handler {
	var icon bytes.Buffer
	if err := png.Encode(&icon, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	h, err := webpayment.NewHandler(webpayment.App{Method: base + "/method", Name: "Example Pay", Icon: icon.Bytes(), Window: "/method/window"})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/method", h)
	mux.Handle("/method/", h)
	mux.HandleFunc("/method/window", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<script type=module>
import { request, paid } from '/method/window.js'
const { total, data } = await request
await paid('paid ' + total.value + ' ' + total.currency + ' for ' + data.request)
</script>`))
	})
	return mux
}

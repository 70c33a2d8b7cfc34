package webpayment_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/webpayment"
	"github.com/anyscan/anyscan/internal/web/webtest"
)

// shop is a page that performs a payment request when its button is clicked, and
// shows what came of it.
func shop(t *testing.T, action component.PaymentRequest) (address string) {
	methods, err := json.Marshal([]map[string]any{{"supportedMethods": action.Method, "data": action.Data}})
	if err != nil {
		t.Fatal(err)
	}
	return webtest.Serve(t, "shop", func(string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!doctype html><title>Shop</title><button>Pay</button><script>
const request = () => new PaymentRequest(%s, { total: { label: 'Two teas', amount: { currency: 'EUR', value: '12.30' } } })
const show = (id, text) => document.body.append(Object.assign(document.createElement('pre'), { id, textContent: text }))
request().canMakePayment().then(can => show('can', can), error => show('can', error))
document.querySelector('button').onclick = async () => {
  try {
    const response = await request().show()
    await response.complete('success')
    show('done', JSON.stringify(response.details))
  } catch (error) { show('done', error) }
}
</script>`, methods)
		})
	})
}

// meeting is a component, its operator's web site, and an attempt that was begun.
type meeting struct {
	*fake
	*webpayment.Component
	site    string
	attempt component.Attempt
	request component.PaymentRequest
}

func newMeeting(t *testing.T) meeting {
	f := newFake(time.Now)
	site := operator(t, f)
	s := settings()
	s.Method, s.Server = site+"/method", site+"/requests"
	c, err := webpayment.New("example-pay", s, &webpayment.Options{Transport: f})
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t)
	l.now = time.Now()
	a := l.attempt()
	begun, err := c.Begin(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return meeting{f, c, site, a, *begun.Action.PaymentRequest}
}

// read waits for an element of the page and is its text.
func read(ctx context.Context, t *testing.T, id string) string {
	t.Helper()
	webtest.Do(ctx, t, chromedp.WaitReady(chromedp.CSS(id)))
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(id)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	for name, run := range map[string]func(context.Context, *testing.T, meeting){
		"pays": browserPays, "leaves": browserLeaves, "knows no such method": browserFindsNothing, "registers the worker": browserRegisters,
	} {
		t.Run(name, func(t *testing.T) { run(ctx, t, newMeeting(t)) })
	}
}

// inWindow clicks a button in the payment window, once it is there.
func (m meeting) inWindow(ctx context.Context, t *testing.T, button string) (origin string) {
	t.Helper()
	select {
	case origin = <-m.shown:
	case <-time.After(20 * time.Second): // of a browser that opens no window
		t.Fatal("no payment window opened")
	}
	all, err := chromedp.Targets(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range all {
		if target.URL == m.site+"/method/window" {
			window, cancel := chromedp.NewContext(ctx, chromedp.WithTargetID(target.TargetID))
			defer cancel()
			// The window may close before the click is acknowledged: what the shop shows
			// then says whether it was one.
			if err := chromedp.Do(window, chromedp.Click(chromedp.CSS(button))); err != nil {
				t.Log(err)
			}
		}
	}
	return origin
}

// Chromium finds the payment app by its method, installs its worker, opens its window,
// and gives back a token that proves the payment without asking.
func browserPays(ctx context.Context, t *testing.T, m meeting) {
	webtest.Do(ctx, t, chromedp.Navigate(shop(t, m.request)))
	if can := read(ctx, t, "#can"); can != "true" {
		t.Errorf("canMakePayment() is %s", can)
	}
	webtest.Do(ctx, t, chromedp.Click(chromedp.CSS("button")))
	if origin := m.inWindow(ctx, t, "#approve"); !strings.HasPrefix(origin, "http://shop.localhost:") {
		t.Errorf("the window was told the origin %q", origin)
	}
	p, err := m.Resume(ctx, m.attempt, component.Return{Data: read(ctx, t, "#done")})
	if err != nil || p.Evidence == nil || p.Evidence.Outcome != component.OutcomeSucceeded || p.Evidence.Check(m.attempt) != nil {
		t.Errorf("it proves %+v, %v", p.Evidence, err)
	}
	if diff := cmp.Diff([]string{"begin"}, m.asked); diff != "" {
		t.Errorf("the operator was asked: %s", diff)
	}
}

// A payer who leaves is back in the shop, has paid nothing, and may come again.
func browserLeaves(ctx context.Context, t *testing.T, m meeting) {
	webtest.Do(ctx, t, chromedp.Navigate(shop(t, m.request)), chromedp.Click(chromedp.CSS("button")))
	m.inWindow(ctx, t, "#leave")
	p, err := m.Resume(ctx, m.attempt, component.Return{Data: read(ctx, t, "#done")})
	if err != nil || p.Evidence == nil || p.Evidence.Outcome != component.OutcomePending {
		t.Errorf("it proves %+v, %v", p.Evidence, err)
	}
	if diff := cmp.Diff([]string{"begin", "query"}, m.asked); diff != "" {
		t.Errorf("the operator was asked: %s", diff)
	}
}

// The test above can fail: without an app at the method, nothing can be paid.
func browserFindsNothing(ctx context.Context, t *testing.T, m meeting) {
	m.request.Method = m.site + "/page.js"
	webtest.Do(ctx, t, chromedp.Navigate(shop(t, m.request)))
	if can := read(ctx, t, "#can"); can != "false" {
		t.Errorf("canMakePayment() is %s", can)
	}
	webtest.Do(ctx, t, chromedp.Click(chromedp.CSS("button")))
	if done := read(ctx, t, "#done"); !strings.HasPrefix(done, "NotSupportedError") {
		t.Errorf("show() gave %s", done)
	}
}

// A page of the operator may register the worker itself, for the whole folder, by
// what Service-Worker-Allowed allows.
func browserRegisters(ctx context.Context, t *testing.T, m meeting) {
	webtest.Do(ctx, t, chromedp.Navigate(m.site+"/method/window"))
	scope, err := chromedp.Run(ctx, chromedp.Evaluate[string](`navigator.serviceWorker.register('/method/worker.js', { scope: '/method/' })
		.then(() => navigator.serviceWorker.ready).then(r => r.scope + ' ' + r.active.scriptURL)`, chromedp.EvalAwaitPromise))
	if want := m.site + "/method/ " + m.site + "/method/worker.js"; err != nil || scope != want {
		t.Errorf("registered %q, %v; want %q", scope, err, want)
	}
}

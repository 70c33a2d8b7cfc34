package gatewayhttp_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/web/webtest"
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

package orderhttp_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
)

// town is an acquirer and a gateway at addresses that a browser reaches.
func town(t *testing.T, s *stub) (acquirer, gateway string) {
	gateway = webtest.Serve(t, "pay", func(string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<title>cashier</title><p id=cashier>" + r.Referer()))
		})
	})
	s.jump.Address = gateway + "/pay/token"
	acquirer = webtest.Serve(t, "acquirer", func(base string) http.Handler {
		h, err := orderhttp.NewHandler(s, base, exchange.Origin(gateway), newIdentity(t, 2, nil).keys, newIdentity(t, 1, nil).signer, formKey(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return h
	})
	return acquirer, gateway
}

func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	for name, run := range map[string]func(context.Context, *testing.T){
		"buys in a shop": browserBuysInAShop, "pays an amount": browserPaysAnAmount, "applies the style": browserAppliesTheStyle,
	} {
		t.Run(name, func(t *testing.T) { run(ctx, t) })
	}
}

func browserBuysInAShop(ctx context.Context, t *testing.T) {
	s := newStub()
	s.shop()
	acquirer, gateway := town(t, s)
	webtest.Do(ctx, t, chromedp.Navigate(acquirer+"/m/tea?"+code), chromedp.SendKeys(chromedp.CSS(`input[name="q.oolong"]`), "2"),
		chromedp.Click(chromedp.CSS("button")))
	webtest.At(ctx, t, "table", acquirer+"/m/tea/review?")
	webtest.Do(ctx, t, chromedp.Click(chromedp.CSS("button")))
	webtest.At(ctx, t, "#cashier", gateway+"/pay/token")
	want := []order.Choice{{Item: "oolong", Quantity: 2}, {Item: "cake", Quantity: 1}}
	if diff := cmp.Diff(want, s.confirmations()[0].Choices); diff != "" {
		t.Errorf("the choices are not those of the page, in its order: %s", diff)
	}
	for _, call := range s.asked() {
		if !strings.HasSuffix(call, " "+acquirer+"/m/tea?"+code) {
			t.Errorf("a browser asked for another address than the code's: %s", call)
		}
	}
	referrer, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("#cashier")))
	if err != nil || referrer != acquirer+"/" {
		t.Errorf("the gateway was told the referrer %q (%v), want the acquirer's origin alone", referrer, err)
	}
}

func browserPaysAnAmount(ctx context.Context, t *testing.T) {
	s := newStub()
	acquirer, gateway := town(t, s)
	webtest.Do(ctx, t, chromedp.Navigate(acquirer+"/m/tea"), chromedp.SendKeys(chromedp.CSS("#amount"), "12.30\r"))
	webtest.At(ctx, t, "#cashier", gateway+"/pay/token")
	if c := s.confirmations(); len(c) != 1 || c[0].Total != yuan(1230) {
		t.Errorf("confirmed: %v", c)
	}
}

func browserAppliesTheStyle(ctx context.Context, t *testing.T) {
	acquirer, _ := town(t, newStub())
	webtest.Do(ctx, t, chromedp.EmulateViewport(320, 640), chromedp.Navigate(acquirer+"/m/tea"))
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
	if err != nil || wide > 320 {
		t.Errorf("on 320 pixels the page is %d wide (%v)", wide, err)
	}
	high, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.querySelector('button').offsetHeight"))
	if err != nil || high < 44 {
		t.Errorf("the button is %d pixels high (%v): the policy blocks our own style, or it is too small to touch", high, err)
	}
}

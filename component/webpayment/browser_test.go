package webpayment_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/webpayment"
	"github.com/anyscan/anyscan/internal/web/webtest"
)

// shop is a page that performs a payment request when its button is clicked, and
// shows what came of it.
func shop(t *testing.T, action component.PaymentRequest) (base string) {
	methods, err := json.Marshal([]map[string]any{{"supportedMethods": action.Method, "data": action.Data}})
	if err != nil {
		t.Fatal(err)
	}
	return webtest.Serve(t, "shop", func(string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!doctype html><title>Shop</title><button>Pay</button><script>
const request = () => new PaymentRequest(%s, { total: { label: 'Two teas', amount: { currency: 'EUR', value: '12.30' } } })
const show = (id, text) => document.body.insertAdjacentHTML('beforeend', '<pre id=' + id + '></pre>') || (document.getElementById(id).textContent = text)
request().canMakePayment().then(can => show('can', String(can)), error => show('can', String(error)))
document.querySelector('button').onclick = async () => {
  try {
    const response = await request().show()
    await response.complete('success')
    show('done', JSON.stringify(response.details))
  } catch (error) { show('done', String(error)) }
}
</script>`, methods)
		})
	})
}

func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	f := newFake(time.Now)
	base := operator(t, f)
	s := settings()
	s.Method, s.Server = base+"/method", base+"/requests"
	c, err := webpayment.New("example-pay", s, &webpayment.Options{Transport: f})
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t)
	l.now = time.Now()
	a := l.attempt()
	begun, err := c.Begin(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	at := shop(t, *begun.Action.PaymentRequest)
	webtest.Do(ctx, t, chromedp.Navigate(at), chromedp.WaitReady(chromedp.CSS("#can")))
	can, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("#can")))
	t.Log("canMakePayment", can, err)
	webtest.Do(ctx, t, chromedp.Click(chromedp.CSS("button")), chromedp.WaitReady(chromedp.CSS("#done")))
	done, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("#done")))
	t.Log("show", done, err, f.shown)
	p, err := c.Resume(ctx, a, component.Return{Data: done})
	t.Log(p.Evidence, err, f.asked)
}

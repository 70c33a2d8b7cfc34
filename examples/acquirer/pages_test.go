package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
)

// The backend's pages and the library's stand in one site; the sales are shown
// to nobody without the password.
func TestTheSalesStandBesideTheLibrary(t *testing.T) {
	b := testBooks(t)
	if err := b.tell(t.Context(), nil, change("third", order.StatePaid), refund("third", "a", 800, order.RefundSucceeded),
		refund("third", "b", 300, order.RefundPending)); err != nil {
		t.Fatal(err)
	}
	own, err := newPages(b, "open sesame", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	site := own.mount(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "the library's") }))
	get := func(path, password string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		if password != "" {
			r.SetBasicAuth("anybody", password)
		}
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for _, path := range []string{"/sales", "/sales.json"} {
		for _, password := range []string{"", "open", "open sesame!"} {
			if status, body := get(path, password); status != http.StatusUnauthorized || strings.Contains(body, "25.00") {
				t.Errorf("%s with the password %q: %d, %q", path, password, status, body)
			}
		}
	}
	if status, body := get("/m/cafe", ""); status != http.StatusOK || body != "the library's" {
		t.Errorf("/m/cafe: %d, %q", status, body)
	}
	const row = `<td class="money">25.00 CNY<td class="money">8.00 CNY<small>3.00 CNY pending</small><td class="money">17.00 CNY<td>blue<td>r&lt;1&gt;<td>third`
	if status, body := get("/sales", "open sesame"); status != http.StatusOK || !strings.Contains(body, row) {
		t.Errorf("/sales: %d, %q", status, body)
	}
	status, body := get("/sales.json", "open sesame")
	var got struct{ Sales []sale }
	want, _ := b.latest(t.Context())
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
		t.Errorf("/sales.json: %d, %q, %v", status, body, err)
	}
	if diff := cmp.Diff(want, got.Sales); diff != "" {
		t.Error(diff)
	}
}

// A browser applies the page's own style under its policy, and a phone scrolls the
// table, not the page.
func TestABrowserShowsTheSales(t *testing.T) {
	ctx, b := webtest.Browser(t), testBooks(t)
	if err := b.tell(t.Context(), nil, change("third", order.StatePaid), refund("third", "a", 800, order.RefundSucceeded)); err != nil {
		t.Fatal(err)
	}
	own, err := newPages(b, "sesame", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	base := webtest.Serve(t, "acquirer", func(string) http.Handler { return own.mount(http.NotFoundHandler()) })
	address := strings.Replace(base, "://", "://staff:sesame@", 1) + "/sales"
	webtest.Do(ctx, t, chromedp.EmulateViewport(320, 640), chromedp.Navigate(address))
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
	if err != nil || wide > 320 {
		t.Errorf("on 320 pixels the page is %d wide (%v)", wide, err)
	}
	text, err := chromedp.Run(ctx, chromedp.Text("tbody"))
	if err != nil || !strings.Contains(text, "8.00 CNY\t17.00 CNY") {
		t.Errorf("the table says %q, %v", text, err)
	}
}

package orderhttp_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing/fstest"

	"golang.org/x/text/language"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
)

// An acquirer adds a language to what the pages say, and puts a template and colors of
// its own in the place of ours.
func ExampleTexts() {
	texts, err := orderhttp.Texts()
	if err != nil {
		fmt.Println(err)
		return
	}
	texts.SetString(language.German, "English", "Deutsch") // the language's own name
	texts.SetString(language.German, "Continue to payment", "Weiter zur Zahlung")
	pages := fstest.MapFS{
		"direct.html": {Data: []byte(`{{template "top" .}}{{with .Data}}
<h1>Ahoi! {{.MerchantName}}</h1>
<form method="post" action="{{.Action}}">{{hidden .Hidden}}
<input name="amount" aria-label="{{t "Amount in %s" .Currency}}">
<button class="main">{{t "Continue to payment"}}</button>
</form>{{end}}{{template "bottom" .}}`)},
		"colors.css": {Data: []byte(`:root { --deep: #123a7a; }`)},
	}
	signer, _ := exampleKey('a')
	_, gatewayKeys := exampleKey('g')
	handler, err := orderhttp.NewHandler(busker{}, "http://acquirer.localhost", "http://pay.localhost",
		gatewayKeys, signer, bytes.Repeat([]byte{'f'}, 32), &orderhttp.Options{Texts: texts, Pages: pages})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest("GET", "/m/busker", nil)
	r.Header.Set("Accept-Language", "de-CH, en;q=0.5")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	for line := range strings.Lines(w.Body.String()) {
		if strings.Contains(line, "<html") || strings.Contains(line, "<h1") || strings.Contains(line, "<button") {
			fmt.Print(line)
		}
	}
	// Output:
	// <html lang="de" dir="ltr">
	// <h1>Ahoi! Busker on the Bridge</h1>
	// <button class="main">Weiter zur Zahlung</button>
}

// An acquirer that has pages of its own confirms in its own handler, and sends the
// payer on to where the gateway says.
func ExampleNewHandler_ownPage() {
	server := busker{}
	http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := order.Confirmation{Merchant: "busker", Revision: "1", Total: order.Money{Amount: 500, Currency: "EUR"}, Key: "cart-4711"}
		jump, err := server.Confirm(r.Context(), "http://acquirer.localhost/m/busker", c)
		if err != nil {
			http.Error(w, "Please try again.", http.StatusServiceUnavailable)
			return
		}
		http.Redirect(w, r, jump.Address, http.StatusSeeOther)
	}).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/checkout", nil))
	// Output: confirmed: 5.00 EUR under the key cart-4711
}

package webpayment_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/webpayment"
	"github.com/anyscan/anyscan/order"
)

// at is when the examples happen.
func at() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }

// newExample makes a component in front of a fake of an operator, and what a gateway
// tells the component.
func newExample() (*fake, *webpayment.Component, component.Attempt) {
	operator := newFake(at)
	c, err := webpayment.New("example-pay", settings(), &webpayment.Options{Transport: operator, Now: at})
	if err != nil {
		fmt.Println(err)
	}
	return operator, c, component.Attempt{
		ID: "attempt1", Merchant: "m-1", MerchantName: "Corner shop", Description: "Two teas",
		Amount: order.Money{Amount: 1230, Currency: "EUR"}, Expires: at().Add(15 * time.Minute),
		ReturnAddress: "https://gateway.example/return", NotifyAddress: "https://gateway.example/notify/example-pay",
		Actions: []component.ActionKind{component.ActionPaymentRequest},
	}
}

// A whole payment: the component begins it at the operator, the browser shows the
// payment sheet, the payer approves in the payment handler's window, and what that
// gives back is signed by the operator.
func Example() {
	ctx := context.Background()
	operator, c, attempt := newExample()
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := operator.decide(*begun.Action, true) // the payer, in the browser
	if err != nil {
		fmt.Println(err)
		return
	}
	done, err := c.Resume(ctx, attempt, component.Return{Data: `{"token": "` + token + `"}`})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(begun.Action.Kind(), begun.Action.PaymentRequest.Method)
	fmt.Println("evidence:", done.Evidence.Outcome, done.Evidence.Amount, done.Evidence.Check(attempt))
	// Output:
	// payment_request https://pay.test/method
	// evidence: succeeded 12.30 EUR <nil>
}

// Settings come from a file, with the name of the key in place of the key.
func ExampleNew() {
	schema, err := webpayment.SettingsSchema()
	if err != nil {
		fmt.Println(err)
		return
	}
	vault := func(string) (component.Secret, error) {
		return component.NewSecret([]byte(privatePEM(seeded(1)))), nil
	}
	file, err := json.Marshal(map[string]any{
		"title": "Example Pay", "method": "https://pay.example/method", "client": "gateway-1", "server": "https://pay.example/requests",
		"private_key": "example-pay.pem", "operator_keys": []string{publicPEM(seeded(2))}, "currencies": []string{"EUR"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := component.ReadSettings[webpayment.Settings](file, schema, vault)
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := webpayment.New("example-pay", s, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Describe().Title, component.Abilities(c))

	s.Method, s.OperatorKeys = "basic-card", nil
	_, err = webpayment.New("example-pay", s, nil)
	fmt.Println(err)
	// Output:
	// Example Pay [receive query cancel refund]
	// webpayment.New: invalid_request: the settings of the component "example-pay" are not valid: /method "basic-card" is not an address: want https://host/path, without user name and fragment; /operator_keys has 0 keys: want 1 to 8
}

// The schema of the settings makes forms and checks files.
func ExampleSettingsSchema() {
	schema, err := webpayment.SettingsSchema()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(schema.Title, schema.Required)
	fmt.Println(schema.Properties["private_key"].WriteOnly, schema.Properties["client"].Pattern)
	// Output:
	// W3C payment handler [title method client server operator_keys]
	// true ^[a-z0-9-]{1,64}$
}

// An operator serves the files of its payment handler, and its own payment page beside
// them.
func ExampleNewHandler() {
	h, err := webpayment.NewHandler(webpayment.App{
		Method: "https://pay.example/method", Name: "Example Pay", Icon: newIcon(192, 192), Window: "/method/window",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/method", h)
	mux.Handle("/method/", h)
	mux.HandleFunc("/method/window", func(http.ResponseWriter, *http.Request) {}) // the payment page

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "https://pay.example/method", nil))
	fmt.Println(w.Code, w.Header().Get("Link"))
	// Output: 200 </method/payment-manifest.json>; rel="payment-method-manifest"
}

// The web app manifest, from which a browser installs the app when a payer picks it.
func ExampleHandler_ServeHTTP() {
	h, err := webpayment.NewHandler(app("https://pay.example/method"))
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "https://pay.example/method/app.webmanifest", nil))
	body, err := io.ReadAll(w.Body)
	fmt.Println(w.Header().Get("Content-Type"), err)
	fmt.Println(string(body))
	// Output:
	// application/manifest+json <nil>
	// {"name":"Example Pay","short_name":"Example Pay","icons":[{"src":"/method/icon.png","sizes":"192x192","type":"image/png"}],"serviceworker":{"src":"/method/worker.js","scope":"/method/","use_cache":false}}
}

// The payment request goes to terminals that have a payment sheet, and to no other.
func ExampleComponent_Begin() {
	_, c, attempt := newExample()
	begun, err := c.Begin(context.Background(), attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(begun.Action.Kind(), begun.Reference)

	attempt.Actions = []component.ActionKind{component.ActionRedirect}
	_, err = c.Begin(context.Background(), attempt)
	fmt.Println(err)
	// Output:
	// payment_request P000001
	// webpayment.Begin: refused: the terminal can [redirect]: a payment handler needs payment_request
}

// What a browser brings back is worth what the operator signed of it.
func ExampleComponent_Resume() {
	ctx := context.Background()
	_, c, attempt := newExample()
	if _, err := c.Begin(ctx, attempt); err != nil {
		fmt.Println(err)
		return
	}
	done, err := c.Resume(ctx, attempt, component.Return{Data: `{"status": "succeeded"}`})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(done.Evidence.Outcome)
	// Output: pending
}

// A payer who closed everything after approving has paid nevertheless.
func ExampleComponent_Query() {
	ctx := context.Background()
	operator, c, attempt := newExample()
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := operator.decide(*begun.Action, true); err != nil {
		fmt.Println(err)
		return
	}
	evidence, err := c.Query(ctx, attempt)
	fmt.Println(evidence.Outcome, evidence.Reference, err)
	// Output: succeeded P000001 <nil>
}

// A payment that was canceled can no longer be approved in a window that is open.
func ExampleComponent_Cancel() {
	ctx := context.Background()
	operator, c, attempt := newExample()
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	evidence, err := c.Cancel(ctx, attempt)
	fmt.Println(evidence.Outcome, evidence.Reason, err)
	_, err = operator.decide(*begun.Action, true)
	fmt.Println(err)
	// Output:
	// failed canceled <nil>
	// it is over
}

// The operator posts its statement to the gateway as soon as the payer has decided.
func ExampleComponent_Receive() {
	ctx := context.Background()
	operator, c, attempt := newExample()
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := operator.decide(*begun.Action, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	received, err := c.Receive(ctx, component.Notification{Body: []byte(token)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(received.Evidence.Attempt, received.Evidence.Outcome, received.Evidence.Reason)

	_, err = c.Receive(ctx, component.Notification{Body: []byte("eyJhbGciOiJub25lIn0.e30.")})
	fmt.Println(err)
	// Output:
	// attempt1 failed declined
	// webpayment.Receive: unauthenticated: the token is not signed: its alg is "none"
}

// A payment is given back in parts. Asked again, a refund is not made again.
func ExampleComponent_Refund() {
	ctx := context.Background()
	operator, c, attempt := newExample()
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := operator.decide(*begun.Action, true); err != nil {
		fmt.Println(err)
		return
	}
	for _, refund := range []component.Refund{
		{ID: "refund1", Amount: order.Money{Amount: 200, Currency: "EUR"}, Reason: "one bun too few"},
		{ID: "refund1", Amount: order.Money{Amount: 200, Currency: "EUR"}, Reason: "one bun too few"},
		{ID: "refund2", Amount: order.Money{Amount: 1200, Currency: "EUR"}},
	} {
		evidence, err := c.Refund(ctx, attempt, refund)
		fmt.Println(evidence.Outcome, evidence.Amount, evidence.Reason, err)
	}
	// Output:
	// succeeded 2.00 EUR  <nil>
	// succeeded 2.00 EUR  <nil>
	// failed 0  exceeds_payment <nil>
}

// What is public of a component reaches the terminal, which can find out by the method
// whether it has a payment handler.
func ExampleComponent_Describe() {
	_, c, _ := newExample()
	d := c.Describe()
	fmt.Println(d.Name, d.Kind, d.Title, d.Actions, d.Parameters)
	// Output: example-pay webpayment Example Pay [payment_request] {https://pay.test/method}
}

package alipay_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/alipay"
	"github.com/anyscan/anyscan/order"
)

// at is when the examples happen.
func at() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }

// newExample makes a component in front of a fake of Alipay, and what a gateway
// tells the component.
func newExample() (*fake, *alipay.Component, component.Attempt) {
	provider := newFake(at)
	c, err := alipay.New("alipay", settings(), &alipay.Options{Transport: provider, Now: at})
	if err != nil {
		fmt.Println(err)
	}
	return provider, c, component.Attempt{
		ID: "attempt1", Merchant: "m-1", MerchantName: "Corner shop", Description: "Two teas",
		Amount: order.Money{Amount: 1230, Currency: "CNY"}, Expires: at().Add(15 * time.Minute),
		ReturnAddress: "https://gateway.example/return", NotifyAddress: "https://gateway.example/notify/alipay",
		Actions: []component.ActionKind{component.ActionRedirect},
	}
}

// A whole payment: the component signs the redirect, the payer pays on Alipay's
// page and comes back, and the component asks Alipay what became of it.
func Example() {
	ctx := context.Background()
	provider, c, attempt := newExample()
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	address := begun.Action.Address()
	if err := provider.pay(address); err != nil { // the payer
		fmt.Println(err)
		return
	}
	done, err := c.Resume(ctx, attempt, component.Return{Query: "out_trade_no=attempt1&total_amount=12.30"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("evidence:", done.Evidence.Outcome, done.Evidence.Amount, done.Evidence.Check(attempt))
	// Output:
	// evidence: succeeded 12.30 CNY <nil>
}

// Settings come from a file or a form; what is wrong with them is told at once.
func ExampleNew() {
	var s alipay.Settings
	err := json.Unmarshal([]byte(`{"title": "Alipay", "app_id": "wx12345", "private_key": "not a key", "alipay_keys": []}`), &s)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s)
	_, err = alipay.New("alipay", s, nil)
	fmt.Println(err)
	// Output:
	// {Alipay wx12345    [secret] []}
	// alipay.New: invalid_request: the settings of the component "alipay" are not valid: /app_id "wx12345" is not 1 to 32 digits; /private_key is neither PEM nor base64; /alipay_keys has 0 keys: want 1 to 8
}

// Two products side by side, for phones and for computers.
func ExampleNew_products() {
	phone := settings()
	computer := phone
	computer.Title, computer.Product = "Alipay on a computer", alipay.ProductPage
	var all []component.Component
	for name, s := range map[string]alipay.Settings{"alipay": phone, "alipay-pc": computer} {
		c, err := alipay.New(name, s, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		all = append(all, c)
	}
	registry, err := component.NewRegistry(all...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, offer := range registry.Offers(component.Wanted{Amount: order.Money{Amount: 1230, Currency: "CNY"}}) {
		fmt.Println(offer.Name, offer.Kind, offer.Actions, string(offer.Parameters))
	}
	fmt.Println(registry.Offers(component.Wanted{Amount: order.Money{Amount: 1230, Currency: "EUR"}}))
	// Unordered output:
	// alipay alipay [redirect] {"product":"wap"}
	// alipay-pc alipay [redirect] {"product":"page"}
	// []
}

// The schema of the settings makes forms and checks files.
func ExampleSettingsSchema() {
	schema, err := alipay.SettingsSchema()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(schema.Title, schema.Required)
	for _, name := range []string{"app_id", "product", "private_key"} {
		p := schema.Properties[name]
		fmt.Println(name, p.Type, p.Pattern, p.Enum, p.WriteOnly)
	}
	// Output:
	// Alipay web payment [title app_id alipay_keys]
	// app_id string ^[0-9]{1,32}$ [] false
	// product string  [wap page] false
	// private_key string  [] true
}

// The redirect names the attempt and its amount to Alipay, and where to go next.
func ExampleComponent_Begin() {
	_, c, attempt := newExample()
	begun, err := c.Begin(context.Background(), attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	u, err := url.Parse(begun.Action.Redirect.Address)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.Host, u.Path, u.Query().Get("method"))
	fmt.Println(u.Query().Get("biz_content"))
	// Output:
	// openapi.alipay.com /gateway.do alipay.trade.wap.pay
	// {"out_trade_no":"attempt1","total_amount":"12.30","subject":"Two teas","product_code":"QUICK_WAP_WAY","time_expire":"2026-11-23 17:15:00","quit_url":"https://gateway.example/return"}
}

// What the browser brings back is a hint, which Resume does not read.
func ExampleComponent_Resume() {
	_, c, attempt := newExample()
	back := component.Return{Query: "out_trade_no=attempt1&trade_status=TRADE_SUCCESS"}
	done, err := c.Resume(context.Background(), attempt, back)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(done.Evidence.Outcome)
	// Output: pending
}

// Alipay notifies; once the gateway has stored what that proves, it answers with
// the acknowledgement.
func ExampleComponent_Receive() {
	ctx := context.Background()
	provider, c, attempt := newExample()
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := provider.pay(begun.Action.Address()); err != nil {
		fmt.Println(err)
		return
	}
	notice := provider.arrived()[0]
	received, err := c.Receive(ctx, notice)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(received.Evidence.Attempt, received.Evidence.Outcome, received.Evidence.Amount)
	fmt.Println(received.Acknowledge.ContentType, string(received.Acknowledge.Body))

	notice.Body = nil
	_, err = c.Receive(ctx, notice)
	fmt.Println(err)
	// Output:
	// attempt1 succeeded 12.30 CNY
	// text/plain; charset=utf-8 success
	// alipay.Receive: unauthenticated: the body is empty: was it read before it came here?
}

// A payment that Alipay never heard of has failed only when nobody can pay it any
// more.
func ExampleComponent_Query() {
	provider := newFake(at)
	now := at()
	c, err := alipay.New("alipay", settings(), &alipay.Options{Transport: provider, Now: func() time.Time { return now }})
	if err != nil {
		fmt.Println(err)
		return
	}
	attempt := component.Attempt{ID: "attempt1", Expires: at().Add(15 * time.Minute)}
	for range 2 {
		evidence, err := c.Query(context.Background(), attempt)
		fmt.Println(evidence.Outcome, evidence.Reason, err)
		now = now.Add(20 * time.Minute)
	}
	// Output:
	// pending  <nil>
	// failed expired <nil>
}

// A payer who is on Alipay's page cannot pay any more after Cancel.
func ExampleComponent_Cancel() {
	ctx := context.Background()
	provider, c, attempt := newExample()
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := provider.open(begun.Action.Address()); err != nil {
		fmt.Println(err)
		return
	}
	evidence, err := c.Cancel(ctx, attempt)
	fmt.Println(evidence.Outcome, evidence.Reason, err)
	fmt.Println(provider.pay(begun.Action.Address()))
	// Output:
	// failed canceled <nil>
	// ACQ.TRADE_HAS_CLOSE
}

// A payment is given back in parts. Asked again, a refund is not made again.
func ExampleComponent_Refund() {
	ctx := context.Background()
	provider, c, attempt := newExample()
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := provider.pay(begun.Action.Address()); err != nil {
		fmt.Println(err)
		return
	}
	for _, refund := range []component.Refund{
		{ID: "refund1", Amount: order.Money{Amount: 200, Currency: "CNY"}, Reason: "one bun too few"},
		{ID: "refund1", Amount: order.Money{Amount: 200, Currency: "CNY"}, Reason: "one bun too few"},
		{ID: "refund2", Amount: order.Money{Amount: 1200, Currency: "CNY"}},
	} {
		evidence, err := c.Refund(ctx, attempt, refund)
		fmt.Println(evidence.Outcome, evidence.Amount, evidence.Reason, err)
	}
	// Output:
	// succeeded 2.00 CNY  <nil>
	// succeeded 2.00 CNY  <nil>
	// failed 0  exceeds_payment <nil>
}

// What is public of a component reaches the terminal.
func ExampleComponent_Describe() {
	_, c, _ := newExample()
	d := c.Describe()
	fmt.Println(d.Name, d.Kind, d.Title, d.Actions, d.Currencies, d.Parameters)
	// Output: alipay alipay Alipay [redirect] [CNY] {wap}
}

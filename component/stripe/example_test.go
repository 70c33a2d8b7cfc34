package stripe_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/stripe"
	"github.com/anyscan/anyscan/order"
)

// at is when the examples happen.
func at() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }

// newExample makes a component in front of a fake of Stripe, and what a gateway tells
// the component.
func newExample() (*fake, *stripe.Component, component.Attempt) {
	provider := newFake(at)
	c, err := stripe.New("stripe", settings(), &stripe.Options{Transport: provider, Now: at})
	if err != nil {
		fmt.Println(err)
	}
	return provider, c, component.Attempt{
		ID: "attempt1", Merchant: "m-1", MerchantName: "Corner shop", Description: "Two teas",
		Amount: order.Money{Amount: 1230, Currency: "EUR"}, Expires: at().Add(15 * time.Minute),
		ReturnAddress: "https://gateway.example/return", NotifyAddress: "https://gateway.example/notify/stripe",
		Actions: []component.ActionKind{component.ActionRedirect},
	}
}

// begun is the example's attempt as a gateway keeps it after Begin, and the address
// that its payer was sent to.
func begun(c *stripe.Component, a component.Attempt) (component.Attempt, string) {
	p, err := c.Begin(context.Background(), a)
	if err != nil {
		fmt.Println(err)
		return a, ""
	}
	a.Reference = p.Reference
	return a, p.Action.Address()
}

// A whole payment: the component creates a Checkout Session, the payer pays on its
// page and comes back, and the component asks Stripe what became of it.
func Example() {
	provider, c, attempt := newExample()
	attempt, address := begun(c, attempt)
	if err := provider.pay(address); err != nil { // the payer
		fmt.Println(err)
		return
	}
	done, err := c.Resume(context.Background(), attempt, component.Return{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("evidence:", done.Evidence.Outcome, done.Evidence.Amount, done.Evidence.Check(attempt))
	// Output:
	// evidence: succeeded 12.30 EUR <nil>
}

// Settings stand in a file, in which secrets have names. What is wrong is told at
// once, and no secret with it.
func ExampleNew() {
	schema, err := stripe.SettingsSchema()
	if err != nil {
		fmt.Println(err)
		return
	}
	environment := func(name string) (component.Secret, error) {
		text, ok := os.LookupEnv(name)
		if !ok && name != "STRIPE_KEY" {
			return component.Secret{}, fmt.Errorf("there is no variable %q", name)
		}
		if !ok {
			text = testKey // as of a test
		}
		return component.NewSecret([]byte(text)), nil
	}
	_, err = component.ReadSettings[stripe.Settings]([]byte(`{"title": "Card", "secret_key": "STRIPE_KEY", "webhook_secrets": ["STRIPE_WEBHOOK"]}`), schema, environment)
	fmt.Println(err)
	_, err = stripe.New("stripe", stripe.Settings{Title: "Card", SecretKey: component.NewSecret([]byte("pk_test_1"))}, nil)
	fmt.Println(err)
	// Output:
	// component.ReadSettings: invalid_request: the settings are not valid: /webhook_secrets/0 names a secret that is not to be had: there is no variable "STRIPE_WEBHOOK"
	// stripe.New: invalid_request: the settings of the component "stripe" are not valid: /secret_key is the publishable key: want the secret one, sk_…, which the Dashboard shows beside it; /webhook_secrets has 0 secrets: want 1 to 8
}

// The schema of the settings makes forms and checks files.
func ExampleSettingsSchema() {
	schema, err := stripe.SettingsSchema()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(schema.Title, schema.Required)
	fmt.Println(schema.Properties["secret_key"].WriteOnly, schema.Properties["webhook_secrets"].Items.WriteOnly)
	// Output:
	// Stripe Checkout [title secret_key webhook_secrets]
	// true true
}

// The payer is sent to the page of the attempt's Checkout Session, the same however
// often the attempt is begun.
func ExampleComponent_Begin() {
	_, c, attempt := newExample()
	for range 2 {
		progress, err := c.Begin(context.Background(), attempt)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(progress.Reference, progress.Action.Redirect.Address)
	}
	// Output:
	// cs_test_FAKE000001 https://checkout.stripe.test/c/pay/cs_test_FAKE000001
	// cs_test_FAKE000001 https://checkout.stripe.test/c/pay/cs_test_FAKE000001
}

// What the browser brings back is a hint, which Resume does not read.
func ExampleComponent_Resume() {
	_, c, attempt := newExample()
	attempt, _ = begun(c, attempt)
	done, err := c.Resume(context.Background(), attempt, component.Return{Query: "payment_status=paid"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(done.Evidence.Outcome)
	// Output: pending
}

// Stripe sends an event to the webhook endpoint; once the gateway has stored what that
// proves, it answers with the acknowledgement.
func ExampleComponent_Receive() {
	ctx := context.Background()
	provider, c, attempt := newExample()
	_, address := begun(c, attempt)
	if err := provider.pay(address); err != nil {
		fmt.Println(err)
		return
	}
	event := provider.letters()[0]
	received, err := c.Receive(ctx, event)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(received.Evidence.Attempt, received.Evidence.Outcome, received.Evidence.Amount, received.Acknowledge.Status)

	event.Body = nil
	_, err = c.Receive(ctx, event)
	fmt.Println(err)
	// Output:
	// attempt1 succeeded 12.30 EUR 200
	// stripe.Receive: unauthenticated: the body is empty: was it read before it came here?
}

// A reference that was lost in a crash is found again.
func ExampleComponent_Query() {
	provider, c, attempt := newExample()
	known, address := begun(c, attempt)
	if err := provider.pay(address); err != nil {
		fmt.Println(err)
		return
	}
	evidence, err := c.Query(context.Background(), attempt) // which has no Reference
	fmt.Println(evidence.Outcome, evidence.Reference == known.Reference, err)
	// Output: succeeded true <nil>
}

// A payer who is on Stripe's page cannot pay any more after Cancel.
func ExampleComponent_Cancel() {
	provider, c, attempt := newExample()
	attempt, address := begun(c, attempt)
	evidence, err := c.Cancel(context.Background(), attempt)
	fmt.Println(evidence.Outcome, evidence.Reason, err)
	fmt.Println(provider.pay(address))
	// Output:
	// failed canceled <nil>
	// you did it, or it timed out: the session is expired
}

// A payment is given back in parts. Asked again, a refund is not made again.
func ExampleComponent_Refund() {
	ctx := context.Background()
	provider, c, attempt := newExample()
	attempt, address := begun(c, attempt)
	if err := provider.pay(address); err != nil {
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

// What is public of a component: Stripe has bounds for the amounts of each currency.
func ExampleComponent_Describe() {
	s := settings()
	s.Currencies = []string{"EUR", "JPY"}
	c, err := stripe.New("stripe", s, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	d := c.Describe()
	fmt.Println(d.Name, d.Kind, d.Title, d.Actions, d.Currencies)
	fmt.Println(d.Limits)
	// Output:
	// stripe stripe Card or wallet [redirect] [EUR JPY]
	// [{EUR 50 99999999} {JPY 50 99999999}]
}

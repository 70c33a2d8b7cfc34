package sandbox_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

// A whole payment: the component begins it, the payer approves it in the paying
// app, and the component asks the company what became of it.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	company, c := start(ctx)
	defer company.Close()

	attempt := newAttempt("attempt1", "https://gateway.example/notify")
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	attempt.Reference = begun.Reference
	fmt.Println("action:", begun.Action.Kind())

	app, err := wallet.New(company.URL, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	back, err := app.Invoke(ctx, *begun.Action)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("hint:", back.Query)

	done, err := c.Resume(ctx, attempt, back)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("evidence:", done.Evidence.Outcome, done.Evidence.Amount, done.Evidence.Check(attempt))
	// Output:
	// action: native
	// hint: number=attempt1&result=succeeded
	// evidence: succeeded 12.30 CNY <nil>
}

// The company notifies the gateway, whose component says what the notification
// proves.
func ExampleComponent_Receive() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	company, c := start(ctx)
	defer company.Close()
	arrived := make(chan component.Notification)
	gateway := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		arrived <- component.Notification{Header: textproto.MIMEHeader(r.Header), Query: r.URL.RawQuery, Body: body}
	}))
	defer gateway.Close()

	begun, err := c.Begin(ctx, newAttempt("attempt1", gateway.URL))
	if err != nil {
		fmt.Println(err)
		return
	}
	app, err := wallet.New(company.URL, &wallet.Options{Button: wallet.Decline})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := app.Invoke(ctx, *begun.Action); err != nil {
		fmt.Println(err)
		return
	}
	notice := <-arrived
	receipt, err := c.Receive(ctx, notice)
	fmt.Println(receipt.Evidence.Attempt, receipt.Evidence.Outcome, receipt.Evidence.Reason, err)

	notice.Body[0] = '['
	_, err = c.Receive(ctx, notice)
	fmt.Println(err)
	// Output:
	// attempt1 failed declined <nil>
	// sandbox.Receive: unauthenticated: the signature is wrong: another secret, or the message was changed
}

// A number that the company never heard of is burned there, and only then the
// attempt has failed.
func ExampleComponent_Query() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	company, c := start(ctx)
	defer company.Close()

	attempt := newAttempt("attempt1", "https://gateway.example/notify")
	evidence, err := c.Query(ctx, attempt)
	fmt.Println(evidence.Outcome, evidence.Reason, err)
	begun, err := c.Begin(ctx, attempt)
	fmt.Println(begun.Action == nil, begun.Evidence.Outcome, err)
	// Output:
	// failed not_found <nil>
	// true failed <nil>
}

// Two merchants of one company, side by side in one registry.
func ExampleNew() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	company, first := start(ctx)
	defer company.Close()
	second, err := sandbox.New("sandbox-red", sandbox.Settings{
		Provider: company.URL, Merchant: "shop-2", Secret: component.NewSecret([]byte("fedcba9876543210")), Title: "Red wallet",
	}, &sandbox.Options{Color: "#aa0000"})
	if err != nil {
		fmt.Println(err)
		return
	}
	registry, err := component.NewRegistry(first, second)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, offer := range registry.Offers(component.Wanted{Amount: order.Money{Amount: 1230, Currency: "CNY"}}) {
		fmt.Println(offer.Name, offer.Kind, offer.Actions, string(offer.Parameters))
	}
	// Output:
	// sandbox sandbox [native deep_link redirect] {"wallet":"Sandbox wallet","color":"#1f6f54","scheme":"sandboxpay"}
	// sandbox-red sandbox [native deep_link redirect] {"wallet":"Red wallet","color":"#aa0000","scheme":"sandboxpay"}
}

// A company whose ledger is a file can stop and start again: the payment is the
// same, and was charged once.
func ExampleNewProvider() {
	dir, err := os.MkdirTemp("", "sandbox")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	for range 2 { // the gateway begins again, and the payer approves again
		if err := payOnce(filepath.Join(dir, "ledger")); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// refunds: 0
	// shop-1 attempt1 12.30 CNY
	// refunds: 0
	// shop-1 attempt1 12.30 CNY
}

// payOnce starts a company with the ledger, pays, lists what was charged, and
// stops it.
func payOnce(ledger string) error {
	server := httptest.NewUnstartedServer(nil)
	defer server.Close()
	base := "http://" + server.Listener.Addr().String()
	merchants := map[string][]byte{"shop-1": []byte("0123456789abcdef")}
	provider, err := sandbox.NewProvider(base, merchants, &sandbox.ProviderOptions{Ledger: ledger})
	if err != nil {
		return err
	}
	defer provider.Close()
	server.Config.Handler = provider
	server.Start()

	app, err := wallet.New(base, nil)
	if err != nil {
		return err
	}
	begun, err := newComponent(base).Begin(context.Background(), newAttempt("attempt1", "https://gateway.example/notify"))
	if err != nil {
		return err
	}
	_, err = app.Invoke(context.Background(), *begun.Action)
	fmt.Println("refunds:", len(provider.Refunds()))
	for _, charge := range provider.Charges() {
		fmt.Println(charge.Merchant, charge.Number, charge.Amount)
	}
	return err
}

// start starts a company, which notifies until ctx ends, and makes a component.
func start(ctx context.Context) (*httptest.Server, *sandbox.Component) {
	server := httptest.NewUnstartedServer(nil)
	base := "http://" + server.Listener.Addr().String()
	provider, err := sandbox.NewProvider(base, map[string][]byte{"shop-1": []byte("0123456789abcdef")}, nil)
	if err != nil {
		fmt.Println(err)
		return server, nil
	}
	go provider.Run(ctx)
	server.Config.Handler = provider
	server.Start()
	return server, newComponent(base)
}

func newComponent(base string) *sandbox.Component {
	c, err := sandbox.New("sandbox", sandbox.Settings{
		Provider: base, Merchant: "shop-1", Secret: component.NewSecret([]byte("0123456789abcdef")), Title: "Sandbox wallet",
	}, nil)
	if err != nil {
		fmt.Println(err)
	}
	return c
}

// newAttempt is what a gateway tells its component.
func newAttempt(id, notify string) component.Attempt {
	return component.Attempt{
		ID: id, Merchant: "m-1", MerchantName: "Corner shop", Description: "Two teas",
		Amount: order.Money{Amount: 1230, Currency: "CNY"}, Expires: time.Now().Truncate(24 * time.Hour).Add(48 * time.Hour),
		ReturnAddress: "https://gateway.example/return", NotifyAddress: notify,
		Actions: []component.ActionKind{component.ActionNative, component.ActionRedirect},
	}
}

// A payment is given back in parts. Asked again, a refund is not made again.
func ExampleComponent_Refund() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	company, c := start(ctx)
	defer company.Close()

	attempt := newAttempt("attempt1", "https://gateway.example/notify")
	begun, err := c.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	app, err := wallet.New(company.URL, &wallet.Options{Button: wallet.Approve})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := app.Invoke(ctx, *begun.Action); err != nil {
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

// In a file, the secret is a name that stands for it.
func ExampleSettingsSchema() {
	schema, err := sandbox.SettingsSchema()
	if err != nil {
		fmt.Println(err)
		return
	}
	vault := func(string) (component.Secret, error) { return component.NewSecret([]byte("0123456789abcdef")), nil }
	settings, err := component.ReadSettings[sandbox.Settings]([]byte(`{"provider": "https://wallet.example",
		"merchant": "shop-1", "secret": "wallet-secret", "title": "Sandbox wallet"}`), schema, vault)
	fmt.Println(settings, err)
	// Output: {https://wallet.example shop-1 [secret] Sandbox wallet} <nil>
}

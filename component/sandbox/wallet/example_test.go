package wallet_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

// A super-app hands the gateway's action to the paying app, which asks the
// payer.
func ExampleApp_Invoke() {
	server, action := beginPayment()
	defer server.Close()

	app, err := wallet.New(server.URL, &wallet.Options{
		Ask: func(_ context.Context, p wallet.Payment) (wallet.Decision, error) {
			fmt.Printf("Pay %s to %s for %q?\n", p.Amount, p.MerchantName, p.Description)
			return wallet.Approve, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	back, err := app.Invoke(context.Background(), action)
	fmt.Println(back.Query, err)
	// Output:
	// Pay 12.30 CNY to Corner shop for "Two teas"?
	// number=attempt1&result=succeeded <nil>
}

// An app of another company does not open the page.
func ExampleNew() {
	server, action := beginPayment()
	defer server.Close()

	app, err := wallet.New("https://wallet.example", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = app.Invoke(context.Background(), action)
	fmt.Println(err != nil)
	// Output: true
}

// beginPayment is the gateway's part: a company, and an attempt at it.
func beginPayment() (*httptest.Server, component.Action) {
	server := httptest.NewUnstartedServer(nil)
	key := []byte("0123456789abcdef")
	base := "http://" + server.Listener.Addr().String()
	provider, err := sandbox.NewProvider(base, map[string][]byte{"shop-1": key}, nil)
	if err != nil {
		fmt.Println(err)
		return server, component.Action{}
	}
	server.Config.Handler = provider
	server.Start()
	c, err := sandbox.New("sandbox", sandbox.Settings{
		Provider: base, Merchant: "shop-1", Secret: component.NewSecret(key), Title: "Sandbox wallet",
	}, nil)
	if err != nil {
		fmt.Println(err)
		return server, component.Action{}
	}
	p, err := c.Begin(context.Background(), component.Attempt{
		ID: "attempt1", MerchantName: "Corner shop", Description: "Two teas",
		Amount: order.Money{Amount: 1230, Currency: "CNY"}, Expires: time.Now().Add(time.Hour),
		ReturnAddress: "https://gateway.example/return", NotifyAddress: "https://gateway.example/notify",
		Actions: []component.ActionKind{component.ActionNative},
	})
	if err != nil {
		fmt.Println(err)
		return server, component.Action{}
	}
	return server, *p.Action
}

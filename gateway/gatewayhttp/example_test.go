package gatewayhttp_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// till is a gateway with one order, which two components can pay.
type till struct{ gateway.SecondServer }

func (till) Open(_ context.Context, address string, o gateway.Opening) (gateway.Session, error) {
	fmt.Println("opened", address, "by", o.App.Kind, o.App.Component)
	offers := []component.Offer{{Name: "blue", Kind: "blue", Title: "Blue Wallet"}, {Name: "red", Kind: "red", Title: "Red Wallet"}}
	return gateway.Session{MerchantName: "Tea House", State: order.StateOpen, Offers: offers,
		Order:       order.Order{Total: order.Money{Amount: 1230, Currency: "CNY"}},
		Instruction: gateway.Instruction{Mode: gateway.ModeApp, Component: o.App.Component, Wanted: gateway.ModeApp, Reason: gateway.ReasonPolicy}}, nil
}

// An app's web view opens the cashier and says that it carries a wallet; the
// gateway's policy calls that wallet.
func ExampleNewHandler() {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{'g'}, ed25519.SeedSize))
	signer, _ := wire.NewSigner(key, nil)
	nobody, _ := wire.NewKeys()

	handler, err := gatewayhttp.NewHandler(till{}, "http://pay.localhost", directory{Keys: nobody}, signer, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	network := wire.NewNetwork()
	listener, _ := network.Listen("pay.localhost:80")
	server := gatewayhttp.Server(handler, slog.Default())
	go server.Serve(listener)
	defer server.Close()

	req, _ := http.NewRequest("GET", "http://pay.localhost/pay/secret", nil)
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Scanning-App", "chat")
	req.Header.Set("Scanning-App-Component", "red")
	resp, err := (&http.Client{Transport: network.Transport()}).Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var page bytes.Buffer
	page.ReadFrom(resp.Body)
	fmt.Println(resp.Status, resp.Header.Get("Content-Type"))
	fmt.Println("one button to pay:", strings.Contains(page.String(), "Pay with Red Wallet</button>"))
	// Output:
	// opened http://pay.localhost/pay/secret by chat red
	// 200 OK text/html; charset=utf-8
	// one button to pay: true
}

// A server that can face the internet.
func ExampleServer() {
	server := gatewayhttp.Server(http.NotFoundHandler(), slog.Default())
	fmt.Println("headers within", server.ReadHeaderTimeout)
	// Output:
	// headers within 5s
}

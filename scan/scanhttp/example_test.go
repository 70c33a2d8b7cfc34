package scanhttp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// exampleNetwork is a network with one handler in it.
func exampleNetwork(handler http.HandlerFunc) (network *wire.Network, stop func() error) {
	network = wire.NewNetwork()
	listener, err := network.Listen("acquirer.localhost:80")
	if err != nil {
		panic(err)
	}
	server := &http.Server{Handler: handler}
	go server.Serve(listener)
	return network, server.Close
}

// A terminal fetches the page behind a code that it verified.
func ExampleNew() {
	network, stop := exampleNetwork(func(w http.ResponseWriter, r *http.Request) {
		wire.Encode(w, http.StatusOK, order.Page{Kind: order.PageDirect, Merchant: "tea", MerchantName: "Tea House", Currency: "CNY"})
	})
	defer stop()

	client := scanhttp.New(&http.Client{Transport: network.Transport()}, nil)
	page, err := client.Page(context.Background(), "http://acquirer.localhost/m/tea")
	fmt.Println(page.MerchantName, page.Kind, err)
	// Output:
	// Tea House direct <nil>
}

// A redirect is not followed: its address was not verified.
func ExampleRedirectError() {
	network, stop := exampleNetwork(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://moved.example/m/tea", http.StatusMovedPermanently)
	})
	defer stop()

	client := scanhttp.New(&http.Client{Transport: network.Transport()}, nil)
	_, err := client.Page(context.Background(), "http://acquirer.localhost/m/tea")
	if redirect, ok := errors.AsType[*scanhttp.RedirectError](err); ok {
		fmt.Println("verify first:", redirect.Address)
	}
	// Output:
	// verify first: https://moved.example/m/tea
}

// In development every name below localhost is this machine.
func ExampleLocalhostClient() {
	client := scanhttp.New(scanhttp.LocalhostClient(), &scanhttp.Options{Retries: -1})
	_, err := client.Page(context.Background(), "https://acquirer.example/m/tea")
	fmt.Println(order.CodeOf(err))
	// Output:
	// unavailable
}

// In production a terminal reaches the public internet alone, whatever a code or a
// name server says.
func ExamplePublicClient() {
	_, err := scanhttp.PublicClient().Get("http://127.0.0.1:8080/admin")
	fmt.Println(err)
	// Output:
	// Get "http://127.0.0.1:8080/admin": dial tcp 127.0.0.1:8080: 127.0.0.1:8080 is not on the public internet: not connected to
}

package orderhttp_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// busker is an acquirer with one merchant, who is paid what the payer enters.
type busker struct{ order.FirstServer }

func (busker) Page(context.Context, string) (order.Page, error) {
	return order.Page{Kind: order.PageDirect, Merchant: "busker", MerchantName: "Busker on the Bridge", Revision: "1", Currency: "EUR"}, nil
}

func (busker) Confirm(_ context.Context, _ string, c order.Confirmation) (order.PageJump, error) {
	fmt.Println("confirmed:", c.Total, "under the key", c.Key)
	return order.PageJump{Order: order.NewID(time.Unix(0, 0)), Address: "http://pay.localhost/pay/secret"}, nil
}

func (busker) Notify(_ context.Context, s order.Status) error {
	fmt.Println("told:", s.Order.Merchant, s.State)
	return nil
}

// exampleKey is a key of one role. A real one is kept by the role alone.
func exampleKey(role byte) (*wire.Signer, wire.Keys) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{role}, ed25519.SeedSize))
	signer, _ := wire.NewSigner(key, nil)
	keys, _ := wire.NewKeys(key.Public())
	return signer, keys
}

// exampleAcquirer serves the busker's acquirer in a network.
func exampleAcquirer() (network *wire.Network, stop func() error) {
	signer, _ := exampleKey('a')
	_, gatewayKeys := exampleKey('g')
	handler, err := orderhttp.NewHandler(busker{}, "http://acquirer.localhost", "http://pay.localhost",
		gatewayKeys, signer, bytes.Repeat([]byte{'f'}, 32), nil)
	if err != nil {
		panic(err)
	}
	network = wire.NewNetwork()
	listener, err := network.Listen("acquirer.localhost:80")
	if err != nil {
		panic(err)
	}
	server := orderhttp.Server(handler, slog.Default())
	go server.Serve(listener)
	return network, server.Close
}

// One address gives a browser a page and a program JSON.
func ExampleNewHandler() {
	network, stop := exampleAcquirer()
	defer stop()
	client := &http.Client{Transport: network.Transport()}

	for _, accept := range []string{"text/html", "application/json"} {
		req, _ := http.NewRequest("GET", "http://acquirer.localhost/m/busker", nil)
		req.Header.Set("Accept", accept)
		resp, err := client.Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer resp.Body.Close()
		fmt.Println(resp.Status, resp.Header.Get("Content-Type"))
	}

	req, _ := http.NewRequest("POST", "http://acquirer.localhost/m/busker/orders",
		strings.NewReader(`{"merchant":"busker","revision":"1","total":{"amount":200,"currency":"EUR"}}`))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", `"k1"`)
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	jump, _ := io.ReadAll(resp.Body)
	_, address, _ := strings.Cut(string(jump), `"address":`)
	fmt.Println(resp.Status, address)
	// Output:
	// 200 OK text/html; charset=utf-8
	// 200 OK application/json
	// confirmed: 2.00 EUR under the key k1
	// 200 OK "http://pay.localhost/pay/secret"}
}

// A gateway tells an acquirer what became of an order. The message and its
// acknowledgement are signed.
func ExampleNewNotifier() {
	network, stop := exampleAcquirer()
	defer stop()
	signer, _ := exampleKey('g')
	_, acquirerKeys := exampleKey('a')

	notifier, err := orderhttp.NewNotifier("http://acquirer.localhost/v1/notifications",
		wire.NewTransport(network.Transport(), signer, acquirerKeys, nil), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	id := order.NewID(time.Now())
	err = notifier.Notify(context.Background(), order.Status{Order: order.Order{ID: id, Merchant: "busker"}, State: order.StatePaid, Version: 2})
	fmt.Println("acknowledged:", err == nil)
	// Output:
	// told: busker paid
	// acknowledged: true
}

// An acquirer places its orders at a clearing institution that is not there.
// What became of the order is not known then, and it is placed again later under
// the same ID.
func ExampleNewClearing() {
	signer, _ := exampleKey('a')
	_, gatewayKeys := exampleKey('g')
	clearing, err := orderhttp.NewClearing("http://pay.localhost",
		wire.NewTransport(wire.NewNetwork().Transport(), signer, gatewayKeys, nil), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = clearing.Place(context.Background(), order.Order{ID: order.NewID(time.Now()), Merchant: "busker"})
	fmt.Println(order.CodeOf(err), order.CodeOf(err).Retryable())
	// Output:
	// unavailable true
}

// A server that can face the internet.
func ExampleServer() {
	server := orderhttp.Server(http.NotFoundHandler(), slog.Default())
	fmt.Println("headers within", server.ReadHeaderTimeout)
	// Output:
	// headers within 5s
}

package webhook_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/anyscan/anyscan/order/wire"
)

// receiver is a merchant's server. It verifies with the standard library, and
// answers with 2xx once it has the event.
func receiver(secret order.EndpointSecret, told chan<- order.Event) http.Handler {
	verifier, err := standard.NewWebhook(string(secret))
	if err != nil {
		log.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if err == nil {
			err = verifier.Verify(body, r.Header)
		}
		var event order.Event
		if err == nil {
			err = json.Unmarshal(body, &event)
		}
		if err != nil {
			http.Error(w, "not verified", http.StatusUnauthorized)
			return
		}
		told <- event // a real one would store it under the header webhook-id, which repeats
	})
}

func exampleStore() (s *store.Store, done func()) {
	dir, err := os.MkdirTemp("", "webhook")
	if err != nil {
		log.Fatal(err)
	}
	if s, err = sqlite.Open(context.Background(), filepath.Join(dir, "webhook.db"), nil); err != nil {
		log.Fatal(err)
	}
	return s, func() {
		s.Close()
		os.RemoveAll(dir)
	}
}

// A merchant's server learns that an order was paid. Everything runs in this
// process: the network is one of package wire.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	s, done := exampleStore()
	defer done()
	network := wire.NewNetwork()
	transport := network.Transport()
	keys := webhook.Keys{1: newSecret()}
	dispatcher, err := webhook.New(ctx, s, keys, &webhook.Options{Development: true, Transport: transport})
	if err != nil {
		log.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- dispatcher.Run(ctx) }()

	// The acquirer makes an endpoint for its merchant, and hands on the secret.
	acquirer := dispatcher.For("north", nil)
	made, err := acquirer.CreateEndpoint(ctx, order.EndpointRequest{
		Address: "http://tea.localhost/hook", Merchant: "tea", Events: []order.EventType{order.EventPaid}, Key: "1"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(made.Endpoint.Address, made.Secret, made.Endpoint.PublicKey[:5])
	told := make(chan order.Event)
	listener, err := network.Listen("tea.localhost:80")
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Handler: receiver(made.Secret, told), ReadHeaderTimeout: time.Second}
	go server.Serve(listener)
	defer server.Close()

	// An order is paid, and what that owes is part of the same transaction.
	err = s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return dispatcher.Owe(ctx, tx, "north", paid(time.Now().UTC()))
	})
	if err != nil {
		log.Fatal(err)
	}
	event := <-told
	fmt.Println(event.Type, event.Data.Order.Total, "with", event.Data.Payment.Component)
	stop()
	fmt.Println(<-ended)
	page, err := acquirer.Deliveries(context.Background(), order.DeliveryQuery{Endpoint: made.Endpoint.ID})
	fmt.Println(len(page.Deliveries), page.Deliveries[0].Type, err)
	// Output:
	// http://tea.localhost/hook [secret] whpk_
	// order.paid 12.50 CNY with blue
	// <nil>
	// 1 order.paid <nil>
}

// Whether a webhook may go to an address is first seen by its form.
func ExampleCheckAddress() {
	fmt.Println(webhook.CheckAddress("https://tea.example/hook", false))
	fmt.Println(webhook.CheckAddress("http://tea.localhost/hook", true))
	fmt.Println(order.CodeOf(webhook.CheckAddress("https://169.254.169.254/latest/meta-data/", false)))
	fmt.Println(order.CodeOf(webhook.CheckAddress("https://vault.internal/", false)))
	// Output:
	// <nil>
	// <nil>
	// invalid_request
	// invalid_request
}

// To rotate the gateway's own secret, add a version: endpoints move to it when
// they are rotated. Secrets do not print.
func ExampleKeys() {
	keys := webhook.Keys{1: {1}}
	keys[2] = webhook.Secret{2} // what is made or rotated from now on
	fmt.Println(keys)
	delete(keys, 1) // nothing is signed any more with what came from it
	fmt.Println(keys)
	// Output:
	// map[1:[secret] 2:[secret]]
	// map[2:[secret]]
}

// What New cannot work with, it says.
func ExampleNew() {
	s, done := exampleStore()
	defer done()
	_, err := webhook.New(context.Background(), s, webhook.Keys{0: {1}}, nil)
	fmt.Println(err)
	// Output:
	// webhook.New: invalid_request: version 0 of the keys is not usable: versions count from 1, each with 32 random bytes of its own
}

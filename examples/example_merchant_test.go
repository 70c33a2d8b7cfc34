package examples_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// A merchant's own server is told of each payment: the acquirer makes an endpoint
// for it and hands the secret on. What is told is listed, and told again by hand when
// the merchant has lost it; the secret is changed without a gap, and in the end the
// endpoint goes.
func Example_merchant() {
	ctx := context.Background()
	shop := &shopkeeper{told: make(chan string)}
	system, stop, err := withMerchant(ctx, shop, gateway.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	desk, err := system.Desk()
	if err != nil {
		fmt.Println(err)
		return
	}
	made, err := desk.CreateEndpoint(ctx, order.EndpointRequest{Address: "http://merchant.localhost/orders", Merchant: "cafe",
		Events: []order.EventType{order.EventPaid}, Key: "the cafe's"})
	if err == nil {
		err = shop.learn(made.Secret)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := pay(ctx, system, "cafe", &payer{picks: []string{"green"}}, nil, nil); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the merchant hears:", <-shop.told)

	page, err := desk.Deliveries(ctx, order.DeliveryQuery{Endpoint: made.Endpoint.ID})
	if err != nil || len(page.Deliveries) != 1 {
		fmt.Println(len(page.Deliveries), err)
		return
	}
	changed, err := desk.RotateSecret(ctx, order.SecretRotation{Endpoint: made.Endpoint.ID, Key: "every year"})
	if err == nil {
		err = shop.learn(changed.Secret)
	}
	if err == nil {
		_, err = desk.Replay(ctx, order.DeliveryReplay{Delivery: page.Deliveries[0].ID, Key: "they lost it"})
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("with another secret:", <-shop.told)

	delivery, err := desk.Delivery(ctx, page.Deliveries[0].ID)
	fmt.Println("the list says:", delivery.Type, "at", made.Endpoint.Address, err)
	if err := desk.DeleteEndpoint(ctx, order.EndpointDeletion{Endpoint: made.Endpoint.ID, Key: "they close"}); err != nil {
		fmt.Println(err)
		return
	}
	_, err = desk.Endpoint(ctx, made.Endpoint.ID)
	fmt.Println("in the end:", order.CodeOf(err))
	// Output:
	// Corner Café asks 25.00 CNY
	// the gateway offers 3 components, the payer picks green
	// paid: 25.00 CNY by green
	// the merchant hears: order.paid, 25.00 CNY
	// with another secret: order.paid, 25.00 CNY
	// the list says: order.paid at http://merchant.localhost/orders <nil>
	// in the end: not_found
}

// shopkeeper is a merchant's server, which verifies with the standard library and
// says what it is told. A real one would know again what it was told before, by the
// header webhook-id.
type shopkeeper struct {
	told chan string

	mu       sync.Mutex
	verifier *standard.Webhook
}

// learn takes the endpoint's secret.
func (s *shopkeeper) learn(secret order.EndpointSecret) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verifier, err = standard.NewWebhook(string(secret))
	return err
}

func (s *shopkeeper) verify(body []byte, header http.Header) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.verifier.Verify(body, header)
}

func (s *shopkeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err == nil {
		err = s.verify(body, r.Header)
	}
	var event order.Event
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	if err != nil {
		http.Error(w, "not verified", http.StatusUnauthorized)
		return
	}
	select {
	case s.told <- fmt.Sprintf("%s, %s", event.Type, event.Data.Order.Total):
	case <-r.Context().Done():
	}
}

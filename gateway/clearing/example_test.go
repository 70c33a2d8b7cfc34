package clearing_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// An acquirerEnd stands for an acquirer that can be notified.
type acquirerEnd chan order.Status

func (a acquirerEnd) Notify(_ context.Context, s order.Status) error {
	a <- s
	return nil
}

// exampleServer is a gateway with one acquirer, north, on a store in the
// directory. close ends it.
func exampleServer(ctx context.Context, dir string, north order.Notifier, wallets ...component.Component) (s *clearing.Server, close func() error, err error) {
	store, err := sqlite.Open(ctx, filepath.Join(dir, "clearing.db"), nil)
	if err != nil {
		return nil, nil, err
	}
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, nil, err
	}
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{
		Name:          "north",
		Keys:          []clearing.Key{{Public: public}},
		Merchants:     []clearing.Merchant{{ID: "tea", Name: "Tea House", Domains: []string{"tea.example"}}},
		ReturnOrigins: []string{"https://tea.example"},
	}}, nil)
	if err != nil {
		return nil, nil, err
	}
	components, err := component.NewRegistry(wallets...)
	if err != nil {
		return nil, nil, err
	}
	var secret clearing.Secret
	rand.Read(secret[:])
	keys := clearing.Keys{Tokens: map[int]clearing.Secret{1: secret}}
	s, err = clearing.New(ctx, store, directory, components, keys,
		func(clearing.Acquirer) order.Notifier { return north }, "https://pay.example", nil)
	return s, store.Close, err
}

// placed is the gateway address of a new order of north's.
func placed(ctx context.Context, s *clearing.Server) (address string, err error) {
	acquirer, err := s.For("north")
	if err != nil {
		return "", err
	}
	now := time.Now()
	placement, err := acquirer.Place(ctx, order.Order{ID: order.NewID(now), Merchant: "tea",
		Total: order.Money{Amount: 1250, Currency: "CNY"}, Created: now, Expires: now.Add(time.Hour)})
	return placement.Address, err
}

// paidBy is what a terminal does at a gateway address: it opens it, begins an
// attempt with the payer's wallet, and comes back from it.
func paidBy(ctx context.Context, s *clearing.Server, address, wallet string, pay func(attempt string)) (gateway.Attempt, error) {
	camera := gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}
	session, err := s.Open(ctx, address, camera)
	if err != nil {
		return gateway.Attempt{}, err
	}
	fmt.Printf("%s to %s: %s\n", session.Order.Total, session.MerchantName, session.Instruction.Mode)
	for _, offer := range session.Offers {
		fmt.Printf("- %s %s\n", offer.Title, offer.Parameters)
	}
	attempt, err := s.Begin(ctx, address, gateway.Beginning{Component: wallet, Opening: camera,
		Actions: []component.ActionKind{component.ActionRedirect}, Key: "1"})
	if err != nil {
		return attempt, err
	}
	fmt.Println(attempt.State, attempt.Action.Kind())
	pay(attempt.ID)
	attempt, err = s.Resume(ctx, attempt.ReturnAddress, component.Return{})
	fmt.Println(attempt.State)
	return attempt, err
}

// A whole payment at the gateway: the acquirer places an order, the payer's
// terminal opens the gateway address, picks one of two wallets and comes back,
// and the acquirer is notified.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	dir, err := os.MkdirTemp("", "clearing")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	north := make(acquirerEnd)
	blue, red := gatewaytest.NewWallet("blue"), gatewaytest.NewWallet("red") // instruments: see packages of component
	server, closeStore, err := exampleServer(ctx, dir, north, blue, red)
	if err != nil {
		log.Fatal(err)
	}
	defer closeStore()
	ended := make(chan error)
	go func() { ended <- server.Run(ctx) }()

	address, err := placed(ctx, server)
	if err != nil {
		log.Fatal(err)
	}
	attempt, err := paidBy(ctx, server, address, "red", func(attempt string) { red.Decide(attempt, component.OutcomeSucceeded) })
	if err != nil {
		log.Fatal(err)
	}
	// The provider says so too, and the acquirer learns of it.
	ack, err := server.Receive(ctx, "red", red.Notice(red.Evidence(attempt.ID)))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("the provider is answered: %s\n", ack.Body)
	status := <-north
	fmt.Println("north is told:", status.State, "with", status.Payment.Component)
	stop()
	fmt.Println(<-ended)
	// Output:
	// 12.50 CNY to Tea House: choose
	// - The blue wallet {"brand":"blue"}
	// - The red wallet {"brand":"red"}
	// invoked redirect
	// succeeded
	// the provider is answered: taken by red
	// north is told: paid with red
	// <nil>
}

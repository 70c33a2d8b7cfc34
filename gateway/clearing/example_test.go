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
	store, err := sqlite.Open(ctx, filepath.Join(dir, "clearing.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		log.Fatal(err)
	}
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{
		Name:          "north",
		Keys:          []clearing.Key{{Public: public}},
		Merchants:     []clearing.Merchant{{ID: "tea", Name: "Tea House", Domains: []string{"tea.example"}}},
		ReturnOrigins: []string{"https://tea.example"},
	}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	blue, red := gatewaytest.NewWallet("blue"), gatewaytest.NewWallet("red") // instruments: see packages of component
	components, err := component.NewRegistry(blue, red)
	if err != nil {
		log.Fatal(err)
	}
	var secret clearing.Secret
	rand.Read(secret[:])
	keys := clearing.Keys{Tokens: map[int]clearing.Secret{1: secret}}
	north := make(acquirerEnd)
	server, err := clearing.New(ctx, store, directory, components, keys,
		func(clearing.Acquirer) order.Notifier { return north }, "https://pay.example", nil)
	if err != nil {
		log.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- server.Run(ctx) }()

	// The acquirer places the order.
	acquirer, err := server.For("north")
	if err != nil {
		log.Fatal(err)
	}
	now := time.Now()
	placement, err := acquirer.Place(ctx, order.Order{ID: order.NewID(now), Merchant: "tea",
		Total: order.Money{Amount: 1250, Currency: "CNY"}, Created: now, Expires: now.Add(time.Hour)})
	if err != nil {
		log.Fatal(err)
	}

	// The terminal opens its address.
	camera := gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}
	session, err := server.Open(ctx, placement.Address, camera)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s to %s: %s\n", session.Order.Total, session.MerchantName, session.Instruction.Mode)
	for _, offer := range session.Offers {
		fmt.Printf("- %s %s\n", offer.Title, offer.Parameters)
	}
	attempt, err := server.Begin(ctx, placement.Address, gateway.Beginning{Component: "red", Opening: camera,
		Actions: []component.ActionKind{component.ActionRedirect}, Key: "1"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(attempt.State, attempt.Action.Kind())
	red.Decide(attempt.ID, component.OutcomeSucceeded) // the payer pays there
	attempt, err = server.Resume(ctx, attempt.ReturnAddress, component.Return{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(attempt.State)

	// The provider says so too.
	ack, err := server.Receive(ctx, "red", red.Notice(red.Evidence(attempt.ID)))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("the provider is answered: %s\n", ack.Body)

	// The acquirer learns of it.
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

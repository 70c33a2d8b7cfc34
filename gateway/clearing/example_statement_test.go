package clearing_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order/reconcile"
)

// A clearing institution matches what the provider of a component says of a day: it
// has taken less than the order was for.
func ExampleServer_MatchStatement() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "clearing")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	blue := gatewaytest.NewWallet("blue")
	server, closeStore, err := exampleServer(ctx, dir, make(acquirerEnd), blue)
	if err != nil {
		log.Fatal(err)
	}
	defer closeStore()
	address, err := placed(ctx, server)
	if err != nil {
		log.Fatal(err)
	}
	attempt, err := server.Begin(ctx, address, gateway.Beginning{Component: "blue", Key: "1",
		Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}, Actions: []component.ActionKind{component.ActionRedirect}})
	if err != nil {
		log.Fatal(err)
	}
	blue.Decide(attempt.ID, component.OutcomeSucceeded)
	if _, err := server.Resume(ctx, attempt.ReturnAddress, component.Return{}); err != nil {
		log.Fatal(err)
	}

	now := time.Now()
	statement := func(yield func(reconcile.Entry, error) bool) { // as the provider's file or API has it
		yield(reconcile.Entry{Kind: reconcile.Payment, Attempt: attempt.ID, State: reconcile.StatePaid, Booked: now,
			Currency: "CNY", Gross: 1150}, nil)
	}
	today := reconcile.Period{From: now.Add(-time.Hour), Until: now.Add(time.Hour)}
	report, err := server.MatchStatement(ctx, "blue", today, statement, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range report.Breaks {
		fmt.Println(b.Kind, b.Here.Gross, b.There.Gross, b.There.Currency)
	}
	// Output:
	// amount 1250 1150 CNY
}

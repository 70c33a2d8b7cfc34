package clearing_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
)

// Why was this payment made with the blue wallet? What was asked and what was
// answered is on record.
func ExampleServer_Decision() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "clearing")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	server, closeStore, err := exampleServer(ctx, dir, make(acquirerEnd), gatewaytest.NewWallet("blue"))
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
	record, err := server.Decision(ctx, attempt.ID)
	if err != nil {
		log.Fatal(err)
	}
	q := record.Question
	fmt.Println("asked:", q.Amount, q.Acquirer, q.Merchant, q.Opening.App.Kind, q.Candidates)
	fmt.Println("answered:", record.Decision.Offers, record.Decision.Instruction.Mode, record.Decision.Instruction.Reason)
	fmt.Println("used:", record.Chosen.Component)
	// Output:
	// asked: 12.50 CNY north tea camera [{blue blue-wallet false}]
	// answered: [blue] choose policy
	// used: blue
}

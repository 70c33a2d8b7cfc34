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

// A provider takes back its word on a payment. The order stays paid, and somebody of
// the clearing institution sees to it.
func ExampleServer_Reviews() {
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
	word := blue.Evidence(attempt.ID)
	for _, outcome := range []component.Outcome{component.OutcomeSucceeded, component.OutcomeFailed} {
		word.Outcome = outcome
		if _, err := server.Receive(ctx, "blue", blue.Notice(word)); err != nil {
			log.Fatal(err)
		}
	}

	open, err := server.Reviews(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range open {
		fmt.Println(r.Acquirer, r.Kind, r.Detail)
		fmt.Println(server.CloseReview(ctx, r.ReviewID, "ada", "the provider has confirmed that it was paid"))
	}
	open, err = server.Reviews(ctx, nil)
	fmt.Println(len(open), err)
	// Output:
	// north contradiction the provider says failed after it said succeeded: failed
	// <nil>
	// 0 <nil>
}

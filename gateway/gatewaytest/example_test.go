package gatewaytest_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// entries are the kit's acquirers as our directory takes them.
func entries(all []gatewaytest.Acquirer) (acquirers []clearing.Acquirer) {
	for i, a := range all {
		entry := clearing.Acquirer{Name: a.Name, Keys: []clearing.Key{{Public: ed25519.PublicKey(fmt.Sprintf("nobody signs with this key:%5d", i))}},
			ReturnOrigins: a.ReturnOrigins, Components: a.Components, Limits: clearing.Limits{Amounts: a.Amounts}, Disabled: a.Disabled}
		for _, m := range a.Merchants {
			entry.Merchants = append(entry.Merchants, clearing.Merchant{ID: m.ID, Name: m.Name, Domains: m.Domains})
		}
		acquirers = append(acquirers, entry)
	}
	return acquirers
}

// newServer makes a server of ours as the kit wants it; put yours in its place.
func newServer(t *testing.T, s gatewaytest.Setup) gatewaytest.Subject {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "clearing.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	directory, err := clearing.NewDirectory(entries(s.Acquirers), nil)
	if err != nil {
		t.Fatal(err)
	}
	notifier := func(to clearing.Acquirer) order.Notifier {
		for _, a := range s.Acquirers {
			if a.Name == to.Name {
				return a.Notifier
			}
		}
		return nil
	}
	keys := clearing.Keys{Tokens: map[int]clearing.Secret{1: {1}}, Codes: s.Codes}
	start := func() *clearing.Server {
		server, err := clearing.New(t.Context(), store, directory, s.Components, keys, notifier, "https://pay.example",
			&clearing.Options{Policy: s.Policy, Now: s.Now})
		if err != nil {
			t.Fatal(err)
		}
		return server
	}
	return gatewaytest.Subject{Server: start(),
		Work:    gatewaytest.Drain(store, s.Now, func(ctx context.Context) error { return start().Run(ctx) }),
		Replace: func(all []gatewaytest.Acquirer) error { return directory.Replace(entries(all)) }}
}

// The body of a test of yours. TestSecondServer of package clearing is ours.
func ExampleRun() {
	testServer := func(t *testing.T) { gatewaytest.Run(t, newServer) }
	_ = testing.InternalTest{Name: "TestServer", F: testServer}
	// Output:
}

// A wallet's provider does what the test says.
func ExampleNewWallet() {
	ctx := context.Background()
	blue := gatewaytest.NewWallet("blue", "CNY")
	attempt := component.Attempt{ID: "a1", Amount: order.Money{Amount: 500, Currency: "CNY"}, Actions: []component.ActionKind{component.ActionRedirect}}
	begun, err := blue.Begin(ctx, attempt)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(begun.Action.Address())
	blue.Decide("a1", component.OutcomeSucceeded)
	evidence, err := blue.Query(ctx, attempt)
	fmt.Println(evidence.Outcome, evidence.Amount, err)
	// Output:
	// https://blue.example/pay/a1
	// succeeded 5.00 CNY <nil>
}

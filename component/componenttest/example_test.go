package componenttest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/componenttest"
	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// newHarness makes the sandbox's component, with its company in the process;
// put yours in its place, with a test system of its provider.
func newHarness(t *testing.T) componenttest.Harness {
	const company = "http://wallet.localhost"
	network := wire.NewNetwork()
	listener, err := network.Listen("wallet.localhost:80")
	if err != nil {
		t.Fatal(err)
	}
	transport := network.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	client, secret := &http.Client{Transport: transport}, []byte("0123456789abcdef")
	provider, err := sandbox.NewProvider(company, map[string][]byte{"shop-1": secret}, nil)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: provider}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close(); provider.Close() })
	settings := []byte(`{"provider": "` + company + `", "merchant": "shop-1", "secret": "` + string(secret) + `", "title": "Mine"}`)
	newMine := func(text []byte) (component.Component, error) {
		schema, err := sandbox.SettingsSchema()
		if err != nil {
			return nil, err
		}
		s, err := component.ReadSettings[sandbox.Settings](text, schema, nil)
		if err != nil {
			return nil, err
		}
		return sandbox.New("mine", s, &sandbox.Options{Client: client})
	}
	mine, err := newMine(settings)
	if err != nil {
		t.Fatal(err)
	}
	return componenttest.Harness{
		Component: mine,
		Settings:  settings,
		Make:      newMine,
		Attempt: component.Attempt{
			Merchant: "m-1", MerchantName: "Corner shop", Amount: order.Money{Amount: 1230, Currency: "CNY"},
			Expires: time.Now().Add(time.Hour), ReturnAddress: "https://gateway.example/return", NotifyAddress: "https://gateway.example/notify",
			Actions: []component.ActionKind{component.ActionRedirect},
		},
		Decide: func(ctx context.Context, _ component.Attempt, action component.Action, approve bool) error {
			button := wallet.Approve
			if !approve {
				button = wallet.Decline
			}
			app, err := wallet.New(company, &wallet.Options{Button: button, Client: client})
			if err != nil {
				return err
			}
			_, err = app.Invoke(ctx, action)
			return err
		},
		Charges: func(a component.Attempt) (n int) {
			for _, charge := range provider.Charges() {
				if charge.Number == a.ID {
					n++
				}
			}
			return n
		},
	}
}

// The body of a test of yours; TestRun below is it.
func ExampleRun() {
	testComponent := func(t *testing.T) { componenttest.Run(t, newHarness) }
	_ = testing.InternalTest{Name: "TestComponent", F: testComponent}
	// Output:
}

// The harness of the example is one: the kit passes on it.
func TestRun(t *testing.T) { componenttest.Run(t, newHarness) }

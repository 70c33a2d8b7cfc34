package componenttest_test

import (
	"context"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/componenttest"
	"github.com/anyscan/anyscan/order"
)

// A component's test makes a harness and runs the kit. It has no output here
// because the kit needs the *testing.T of a test, such as TestConformance in
// package sandbox.
func ExampleRun() {
	_ = func(t *testing.T) {
		componenttest.Run(t, func(t *testing.T) componenttest.Harness {
			var mine component.Component // made with a test system of its provider
			return componenttest.Harness{
				Component: mine,
				Attempt: component.Attempt{
					Merchant: "m-1", MerchantName: "Corner shop", Amount: order.Money{Amount: 1230, Currency: "CNY"},
					Expires: time.Now().Add(time.Hour), ReturnAddress: "https://gateway.example/return", NotifyAddress: "https://gateway.example/notify",
					Actions: []component.ActionKind{component.ActionRedirect},
				},
				Decide: func(ctx context.Context, a component.Attempt, action component.Action, approve bool) error {
					return nil // press the button on the provider's page
				},
			}
		})
	}
}

package gatewaytest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
)

func attempt(id string) component.Attempt {
	return component.Attempt{ID: id, Amount: order.Money{Amount: 500, Currency: "CNY"}}
}

// A wallet's provider does what the test says.
func ExampleWallet() {
	ctx := context.Background()
	blue := gatewaytest.NewWallet("blue")
	progress, err := blue.Begin(ctx, attempt("a1"))
	fmt.Println(progress.Action.Address(), err)
	blue.Decide("a1", component.OutcomeSucceeded) // the payer pays
	receipt, err := blue.Receive(ctx, blue.Notice(blue.Evidence("a1")))
	fmt.Println(receipt.Evidence.Outcome, receipt.Evidence.Amount, err)
	// Output:
	// https://blue.example/pay/a1 <nil>
	// succeeded 5.00 CNY <nil>
}

// A wallet whose answers are lost works all the same, and finds its payment
// again; one that was asked first refuses to begin later.
func TestWalletKeepsTheContract(t *testing.T) {
	w := gatewaytest.NewWallet("blue", "CNY")
	if _, err := component.NewRegistry(w); err != nil {
		t.Fatal(err)
	}
	w.Deafen(true)
	if _, err := w.Begin(t.Context(), attempt("a1")); err == nil {
		t.Error("the answer was not lost")
	}
	w.Decide("a1", component.OutcomeFailed)
	w.Decide("a1", component.OutcomeSucceeded)
	w.Deafen(false)
	if e, err := w.Query(t.Context(), attempt("a1")); err != nil || e.Outcome != component.OutcomeFailed {
		t.Errorf("the first decision did not stay: %v, %v", e, err)
	}
	if e, err := w.Query(t.Context(), attempt("a2")); err != nil || e.Outcome != component.OutcomeFailed {
		t.Errorf("an attempt that was never begun: %v, %v", e, err)
	}
	if p, err := w.Begin(t.Context(), attempt("a2")); err != nil || p.Action != nil || p.Evidence.Outcome != component.OutcomeFailed {
		t.Errorf("it began after it was said to have failed: %v, %v", p, err)
	}
	n := w.Notice(w.Evidence("a1"))
	n.Header.Set("Seal", "made up")
	if _, err := w.Receive(t.Context(), n); !errors.Is(err, order.CodeUnauthenticated) {
		t.Errorf("a forged notice: %v", err)
	}
}

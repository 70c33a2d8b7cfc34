package examples_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// A confirmation that is sent again under its key, by an impatient payer or
// after a lost answer, gives the same order at the same gateway address.
// Another confirmation under that key is refused.
func Example_repeatedConfirmation() {
	ctx := context.Background()
	system, stop, err := inProcess(ctx, gateway.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	servers := scanhttp.New(system.Client(), nil)
	address, err := system.Code(ctx, "cafe")
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := servers.Page(ctx, address)
	if err != nil {
		fmt.Println(err)
		return
	}
	confirmation := order.Confirmation{Merchant: page.Merchant, Revision: page.Revision, Total: page.Total, Key: "one key"}
	first, err := servers.Confirm(ctx, address, confirmation)
	if err != nil {
		fmt.Println(err)
		return
	}
	second, err := servers.Confirm(ctx, address, confirmation)
	fmt.Println("the same jump:", first == second, err)

	confirmation.Revision = "another"
	_, err = servers.Confirm(ctx, address, confirmation)
	fmt.Println("another under that key:", order.CodeOf(err), errors.Is(err, order.CodeIdempotencyKeyReused))
	// Output:
	// the same jump: true <nil>
	// another under that key: idempotency_key_reused true
}

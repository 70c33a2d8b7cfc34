package examples_test

import (
	"fmt"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/gateway"
)

// A declined attempt leaves the order open: the payer goes back to the offers
// and pays with another component, even where the first was instructed.
func Example_declineThenAnother() {
	p := &payer{picks: []string{"amber"}}
	fmt.Println(payment(gateway.Policy{Mode: gateway.ModeGateway, Default: "blue"}, "cafe", p,
		map[string]wallet.Decision{"blue": wallet.Decline}, nil))
	fmt.Println(instruction(p.paid))
	// Output:
	// Corner Café asks 25.00 CNY
	// blue failed: declined
	// the gateway offers 3 components, the payer picks amber
	// paid: 25.00 CNY by amber
	// <nil>
	// mode choose (wanted gateway, payer)
}

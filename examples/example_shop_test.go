package examples_test

import (
	"fmt"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// A code can lead to a display of merchandise: the payer selects goods and
// confirms the order information page.
func Example_shop() {
	p := &payer{picks: []string{"blue"}, takes: scan.Answer{Choices: []order.Choice{
		{Item: "oolong", Quantity: 2}, {Item: "cup", Quantity: 1},
	}}}
	fmt.Println(payment(gateway.Policy{}, "teahouse", p, nil, nil))
	// Output:
	// Jade Teahouse displays 3 goods
	// Jade Teahouse asks 168.00 CNY
	// the gateway offers 3 components, the payer picks blue
	// paid: 168.00 CNY by blue
	// <nil>
}

package examples_test

import (
	"fmt"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/scan"
)

// Mode choose: the gateway sends the parameters of all components, the payer
// picks one of them.
func Example_modeChoose() {
	p := &payer{picks: []string{"amber"}}
	fmt.Println(payment(gateway.Policy{Mode: gateway.ModeChoose}, "cafe", p, nil, nil))
	fmt.Println(instruction(p.paid))
	// Output:
	// Corner Café asks 25.00 CNY
	// the gateway offers 3 components, the payer picks amber
	// paid: 25.00 CNY by amber
	// <nil>
	// mode choose (wanted choose, policy)
}

// Mode app: the component that comes with the scanning app pays. A scanning app
// without one lets the payer choose, and the reason is recorded.
func Example_modeApp() {
	policy := gateway.Policy{Mode: gateway.ModeApp}
	p := &payer{}
	fmt.Println(payment(policy, "cafe", p, nil, func(o *scan.Options) {
		o.App = gateway.ScanningApp{Kind: "wallet", Component: "blue"}
	}))
	fmt.Println(instruction(p.paid))

	p = &payer{picks: []string{"green"}}
	fmt.Println(payment(policy, "cafe", p, nil, nil))
	fmt.Println(instruction(p.paid))
	// Output:
	// Corner Café asks 25.00 CNY
	// paid: 25.00 CNY by blue
	// <nil>
	// mode app (wanted app, policy)
	// Corner Café asks 25.00 CNY
	// the gateway offers 3 components, the payer picks green
	// paid: 25.00 CNY by green
	// <nil>
	// mode choose (wanted app, not_named)
}

// Mode gateway: the component that the gateway has set by default pays (claim 3).
func Example_modeGateway() {
	p := &payer{}
	fmt.Println(payment(gateway.Policy{Mode: gateway.ModeGateway, Default: "green"}, "cafe", p, nil, nil))
	fmt.Println(instruction(p.paid))
	// Output:
	// Corner Café asks 25.00 CNY
	// paid: 25.00 CNY by green
	// <nil>
	// mode gateway (wanted gateway, policy)
}

// Mode terminal: the terminal's own default component pays (claim 4).
func Example_modeTerminal() {
	p := &payer{}
	fmt.Println(payment(gateway.Policy{Mode: gateway.ModeTerminal}, "cafe", p, nil, func(o *scan.Options) { o.Default = "amber" }))
	fmt.Println(instruction(p.paid))
	// Output:
	// Corner Café asks 25.00 CNY
	// paid: 25.00 CNY by amber
	// <nil>
	// mode terminal (wanted terminal, policy)
}

package examples_test

import (
	"context"
	"fmt"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// The method of claim 1, step by step: an app without payment functions scans a
// merchant's code, the browser opens the merchant's page and then the unified
// payment gateway's, the components configured there are offered, the payer
// picks one, and a separate app pays.
func Example_claim1() {
	ctx := context.Background()
	system, stop, err := inProcess(ctx, gateway.Policy{Mode: gateway.ModeChoose})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()

	// The merchant shows a code; the clearing institution has signed it.
	address, err := system.Code(ctx, "cafe")
	if err != nil {
		fmt.Println(err)
		return
	}
	code, err := print.QR(address, nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	// The payer's terminal: a camera app without payment functions, a browser,
	// and the paying apps of three wallets.
	terminal, err := camera(system, &payer{picks: []string{"green"}}, nil, func(o *scan.Options) {
		o.OnStep = func(_ context.Context, r scan.Report) { fmt.Println("-", r.Step) }
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	scanned, err := terminal.Scan(ctx, code.Image())
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := terminal.Pay(ctx, scanned); err != nil {
		fmt.Println(err)
	}
	// Output:
	// - scan
	// - verify
	// - page
	// Corner Café asks 25.00 CNY
	// - confirm
	// - order
	// - gateway
	// - session
	// the gateway offers 3 components, the payer picks green
	// - choose
	// - begin
	// - act
	// - return
	// - session
	// paid: 25.00 CNY by green
	// - result
}

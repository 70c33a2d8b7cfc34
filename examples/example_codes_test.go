package examples_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/scan"
)

// A till has a code with an amount issued, a payer pays it, and the next one
// cannot pay it again. The code on the counter was stolen: it is taken back, and
// whoever scans it is told. For a domain that is not the merchant's there is no
// code at all.
func Example_codes() {
	ctx := context.Background()
	system, stop, err := inProcess(ctx, gateway.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	office, done, err := system.Office(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer done()
	terminal, err := camera(system, &payer{picks: []string{"green"}}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	bill, err := office.DynamicCode(ctx, "teahouse", order.Money{Amount: 13600, Currency: "CNY"}, "receipt-0042")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the first payer:", scanAndPay(ctx, terminal, bill.Address))
	if err := seen(ctx, office, bill.ID); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the next payer:", scanAndPay(ctx, terminal, bill.Address))

	counter, err := office.StaticCode(ctx, "cafe", time.Now().AddDate(1, 0, 0), "counter")
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := office.RevokeCode(ctx, counter.ID); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("at the counter:", scanAndPay(ctx, terminal, counter.Address))

	desk, err := system.Desk()
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = desk.Issue(ctx, order.IssueRequest{Kind: order.IssuedStatic, Merchant: "cafe", Address: "https://evil.example/m/cafe",
		Expires: time.Now().AddDate(1, 0, 0), Key: "evil"})
	fmt.Println("elsewhere:", err)
	// Output:
	// Jade Teahouse asks 136.00 CNY
	// the gateway offers 3 components, the payer picks green
	// paid: 136.00 CNY by green
	// the first payer: <nil>
	// the next payer: page conflict
	// at the counter: page revoked
	// elsewhere: orderhttp.Issue: refused: the gateway does not sign this code: /address has the host "evil.example", which is not among the domains of merchant "cafe"
}

// seen waits until the till sees that its code is paid: the acquirer hears of it
// from the gateway.
func seen(ctx context.Context, office *acquirer.Server, bill order.ID) error {
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		if status, err := office.CodeOrder(ctx, bill); err != nil || status.State.Final() {
			return err
		}
	}
}

// scanAndPay is one payment; where it stops, it says at which step and why.
func scanAndPay(ctx context.Context, terminal *scan.Payer, address string) any {
	code, err := terminal.Read(ctx, address)
	if err == nil {
		_, err = terminal.Pay(ctx, code)
	}
	if stop, ok := errors.AsType[*scan.StepError](err); ok {
		return fmt.Sprint(stop.Step, " ", order.CodeOf(err))
	}
	return err
}

package examples_test

import (
	"context"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
)

// The cake was sold out: a program of the acquirer's gives a part of a payment back.
// The gateway has the payer's wallet do it, and tells the acquirer how that ended.
// More than is left of the payment does not go back.
func Example_refund() {
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
	person := &payer{picks: []string{"green"}}
	if err := pay(ctx, system, "cafe", person, nil, nil); err != nil {
		fmt.Println(err)
		return
	}
	paid := person.paid.Order
	if _, err := heard(ctx, office, paid.ID, func(s order.Status) bool { return s.State == order.StatePaid }); err != nil {
		fmt.Println(err)
		return
	}

	// Whoever keeps the ID before asking can ask again after a crash or a lost answer,
	// and it is the same refund.
	cake := order.RefundRequest{ID: order.NewID(time.Now()), Order: paid.ID,
		Amount: order.Money{Amount: 800, Currency: "CNY"}, Reason: "The cake was sold out"}
	if _, err := office.Refund(ctx, cake); err != nil {
		fmt.Println(err)
		return
	}
	told, err := heard(ctx, office, paid.ID, func(s order.Status) bool { return s.Refunds[0].State.Final() })
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the gateway tells:", told.Refunds[0].Amount, told.Refunds[0].State)
	left := order.Money{Amount: order.Left(told.Payment.Amount, told.Refunds), Currency: "CNY"}
	fmt.Println("the order is", told.State, "and", left, "are left")

	again, err := office.Refund(ctx, cake)
	fmt.Println("the same again:", len(again.Refunds), "refund", err)
	_, err = office.Refund(ctx, order.RefundRequest{ID: order.NewID(time.Now()), Order: paid.ID, Amount: paid.Total})
	fmt.Println("all of it:", err)
	// Output:
	// Corner Café asks 25.00 CNY
	// the gateway offers 3 components, the payer picks green
	// paid: 25.00 CNY by green
	// the gateway tells: 8.00 CNY succeeded
	// the order is paid and 17.00 CNY are left
	// the same again: 1 refund <nil>
	// all of it: acquirer.Refund: refused: 25.00 CNY are more than is left of the payment: 17.00 CNY of 25.00 CNY
}

// heard waits until the gateway has told the acquirer enough of an order.
func heard(ctx context.Context, office *acquirer.Server, id order.ID, enough func(order.Status) bool) (order.Status, error) {
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		if s, err := office.Order(ctx, id); err != nil || enough(s) {
			return s, err
		}
	}
}

package acquirer_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/internal/minttest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/anyscan/anyscan/verify"
)

// A payer scans the code of a shop, chooses, and confirms; later the gateway
// tells that the order is paid.
func Example() {
	dir, err := os.MkdirTemp("", "acquirer")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	st, err := sqlite.Open(ctx, filepath.Join(dir, "acquirer.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer st.Close()

	shop := acquirer.Merchants{{ID: "teahouse", Name: "Jade Teahouse", Currency: "CNY", Goods: []order.Item{
		{ID: "oolong", Name: "Oolong, 100 g", Price: order.Money{Amount: 6800, Currency: "CNY"}},
		{ID: "cup", Name: "Cup, celadon", Price: order.Money{Amount: 3200, Currency: "CNY"}},
	}}}
	var clearing order.Clearing = &peer{} // orderhttp.NewClearing reaches a real one
	server, err := acquirer.New(ctx, st, clearing, shop, "https://acquirer.example", nil)
	if err != nil {
		log.Fatal(err)
	}
	background, stop := context.WithCancel(ctx)
	stopped := make(chan error)
	go func() { stopped <- server.Run(background) }()

	code := server.CodeAddress("teahouse")
	page, err := server.Page(ctx, code)
	fmt.Println(page.MerchantName, len(page.Goods), err)
	choices := []order.Choice{{Item: "cup", Quantity: 2}}
	review, err := server.Review(ctx, code, choices)
	fmt.Println(review.Lines[0].Name, review.Total, err)
	jump, err := server.Confirm(ctx, code, order.Confirmation{Merchant: "teahouse", Revision: review.Revision,
		Choices: choices, Total: review.Total, Key: "made-by-the-terminal"})
	fmt.Println(jump.Address == "https://pay.example/o/"+string(jump.Order), err)

	status, err := server.Order(ctx, jump.Order)
	fmt.Println(status.State, err)
	err = server.Notify(ctx, told(status.Order, order.StatePaid, 2)) // orderhttp.NewHandler checks who tells
	fmt.Println(err)
	status, err = server.Result(ctx, status.Order.ReturnAddress)
	fmt.Println(status.State, status.Payment.Amount, err)

	stop()
	fmt.Println(<-stopped)
	// Output:
	// Jade Teahouse 2 <nil>
	// Cup, celadon 64.00 CNY <nil>
	// true <nil>
	// open <nil>
	// <nil>
	// paid 64.00 CNY <nil>
	// <nil>
}

// The acquirer's own ledger changes in the same transaction as the order: what was
// paid comes in, what was refunded goes out.
func ExampleOptions_onChange() {
	options := &acquirer.Options{OnChange: func(ctx context.Context, tx *sql.Tx, c acquirer.Change) error {
		if c.State != order.StatePaid {
			return nil
		}
		amount := c.Payment.Amount
		if c.Refund != nil {
			if c.Refund.State != order.RefundSucceeded {
				return nil // no money has moved
			}
			amount = c.Refund.Amount
			amount.Amount = -amount.Amount
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO ledger (order_id, amount, currency) VALUES ($1, $2, $3)`,
			string(c.Order.ID), amount.Amount, amount.Currency)
		return err
	}}
	fmt.Println(options.OnChange(context.Background(), nil, acquirer.Change{From: order.StatePlacing, Status: order.Status{State: order.StateOpen}}))
	// Output: <nil>
}

func ExampleMerchant_Validate() {
	m := acquirer.Merchant{ID: "tea house", Name: "Jade Teahouse", Currency: "CNY",
		Direct: &acquirer.Direct{Max: order.Money{Amount: 50000, Currency: "EUR"}}}
	fmt.Println(m.Validate())
	// Output: acquirer.Merchant: invalid_request: the merchant is not valid: /id "tea house" is not an identifier: want 1 to 128 of A-Z a-z 0-9 . _ -; /direct/max is in EUR: the merchant's currency is CNY
}

func ExampleMerchants() {
	_, err := acquirer.Merchants{}.Merchant(context.Background(), "teahouse")
	fmt.Println(err)
	// Output: acquirer.Merchants: not_found: there is no such merchant
}

// A till shows a code with an amount and is told when it is paid; the code on
// the counter is taken back.
func ExampleServer_DynamicCode() {
	dir, err := os.MkdirTemp("", "acquirer")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	st, err := sqlite.Open(ctx, filepath.Join(dir, "acquirer.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer st.Close()
	desk := minttest.New(nil) // orderhttp.NewClearing reaches a real one
	signature, err := verify.NewSignature([]verify.Key{{Public: desk.Public()}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	codes, err := verify.Any([]verify.Method{signature}, nil)
	if err != nil {
		log.Fatal(err)
	}
	server, err := acquirer.New(ctx, st, &peer{}, merchants(), "https://acquirer.example", &acquirer.Options{Issuer: desk, Verify: codes})
	if err != nil {
		log.Fatal(err)
	}

	bill, err := server.DynamicCode(ctx, "teahouse", order.Money{Amount: 13600, Currency: "CNY"}, "receipt-0042")
	fmt.Println(bill.Kind, bill.Amount, err)
	page, err := server.Page(ctx, bill.Address)
	fmt.Println(page.Kind, page.MerchantName, page.Total, err)
	_, err = server.Confirm(ctx, bill.Address, order.Confirmation{Merchant: "teahouse", Revision: page.Revision, Total: page.Total, Key: "phone"})
	if err != nil {
		log.Fatal(err)
	}
	status, err := server.CodeOrder(ctx, bill.ID)
	fmt.Println("the till sees", status.State, err)
	if err := server.Notify(ctx, told(status.Order, order.StatePaid, 2)); err != nil {
		log.Fatal(err)
	}
	_, err = server.Page(ctx, bill.Address)
	fmt.Println(order.CodeOf(err))

	counter, err := server.StaticCode(ctx, "cafe", time.Now().AddDate(1, 0, 0), "counter")
	fmt.Println(counter.Kind, err)
	_, err = server.RevokeCode(ctx, counter.ID)
	fmt.Println(err)
	_, err = server.Page(ctx, counter.Address)
	fmt.Println(order.CodeOf(err))
	// Output:
	// dynamic 136.00 CNY <nil>
	// direct Jade Teahouse 136.00 CNY <nil>
	// the till sees open <nil>
	// conflict
	// static <nil>
	// <nil>
	// revoked
}

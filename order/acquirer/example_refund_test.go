package acquirer_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// exampleOrder is an order for 25.00 CNY at a server and a clearing institution that
// keep it in dir.
func exampleOrder(ctx context.Context, dir string) (*acquirer.Server, *desk, order.ID) {
	st, err := sqlite.Open(ctx, filepath.Join(dir, "acquirer.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	context.AfterFunc(ctx, func() { st.Close() })
	gateway := newDesk() // orderhttp.NewClearing reaches a real one
	server, err := acquirer.New(ctx, st, gateway, merchants(), "https://acquirer.example",
		&acquirer.Options{Refunder: gateway, Canceler: gateway})
	if err != nil {
		log.Fatal(err)
	}
	code := server.CodeAddress("cafe")
	page, err := server.Page(ctx, code)
	if err != nil {
		log.Fatal(err)
	}
	jump, err := server.Confirm(ctx, code, order.Confirmation{Merchant: "cafe", Revision: page.Revision, Total: page.Total, Key: "phone"})
	if err != nil {
		log.Fatal(err)
	}
	return server, gateway, jump.Order
}

// The café gives a part of what was paid back.
func ExampleServer_Refund() {
	dir, err := os.MkdirTemp("", "acquirer")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, gateway, id := exampleOrder(ctx, dir)
	if err := server.Notify(ctx, gateway.pay(fatal{}, id)); err != nil {
		log.Fatal(err)
	}

	// The ID is kept before asking, so that after a crash or a lost answer the same
	// request is asked again, and is the same refund.
	request := order.RefundRequest{ID: order.NewID(time.Now()), Order: id,
		Amount: order.Money{Amount: 800, Currency: "CNY"}, Reason: "The cake was sold out"}
	status, err := server.Refund(ctx, request)
	fmt.Println(status.State, status.Refunds[0].Amount, status.Refunds[0].State, err)

	if err := server.Notify(ctx, gateway.settle(fatal{}, id, 0, order.RefundSucceeded)); err != nil {
		log.Fatal(err)
	}
	status, err = server.Refund(ctx, request)
	fmt.Println(status.State, status.Refunds[0].Amount, status.Refunds[0].State, err)

	request.ID, request.Amount.Amount = order.NewID(time.Now()), 1800
	_, err = server.Refund(ctx, request)
	fmt.Println(err)
	// Output:
	// paid 8.00 CNY pending <nil>
	// paid 8.00 CNY succeeded <nil>
	// acquirer.Refund: refused: 18.00 CNY are more than is left of the payment: 17.00 CNY of 25.00 CNY
}

// The till takes an order back that nobody has paid.
func ExampleServer_Cancel() {
	dir, err := os.MkdirTemp("", "acquirer")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, _, id := exampleOrder(ctx, dir)

	status, err := server.Cancel(ctx, id)
	fmt.Println(status.State, err)
	// Output: canceled <nil>
}

// fatal ends the program.
type fatal struct{}

func (fatal) Helper()           {}
func (fatal) Fatal(args ...any) { log.Fatal(args...) }

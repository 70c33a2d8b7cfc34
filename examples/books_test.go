package examples_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// books are a system whose three parties can be asked what they hold.
type books struct {
	*local.System
	t      *testing.T
	wallet *sandbox.Provider
	code   string // address of the merchant's; "" is a new one of the café's for each payment
}

// pay takes one payment; the order that the terminal was sent on with
// is left in jump.
func (b *books) pay(ctx context.Context, jump *order.ID) (scan.Result, error) {
	terminal, code, err := b.terminal(ctx, jump)
	if err != nil {
		return scan.Result{}, err
	}
	return terminal.Pay(ctx, code)
}

// terminal has read the merchant's code.
func (b *books) terminal(ctx context.Context, jump *order.ID) (*scan.Payer, scan.Code, error) {
	address := b.code
	if address == "" {
		var err error
		if address, err = b.Code(ctx, "cafe"); err != nil {
			return nil, scan.Code{}, err
		}
	}
	terminal, err := camera(b.System, silent{jump}, nil, nil)
	if err != nil {
		return nil, scan.Code{}, err
	}
	code, err := terminal.Read(ctx, address)
	return terminal, code, err
}

// check compares what all parties hold of a payment before which there were so
// many charges: paid once, and all agree.
func (b *books) check(ctx context.Context, name string, result scan.Result, before int) {
	b.t.Helper()
	if result.State != order.StatePaid || result.Payment == nil {
		b.t.Errorf("%s: order %s is %s at the gateway", name, result.Order.ID, result.State)
		return
	}
	if charges := b.wallet.Charges()[before:]; len(charges) != 1 || charges[0].Number != result.Payment.Attempt {
		b.t.Errorf("%s: the payer was charged %+v, want once for attempt %s", name, charges, result.Payment.Attempt)
	}
	b.agree(ctx, name, result)
}

// agree compares what both servers hold of an order that the terminal was told is
// paid.
func (b *books) agree(ctx context.Context, name string, result scan.Result) {
	b.t.Helper()
	there, err := b.atGateway(ctx, result.Order.ID)
	if err != nil {
		b.t.Errorf("%s: %v", name, err)
	}
	here, err := b.atAcquirer(ctx, result.Order.ReturnAddress)
	if err != nil {
		b.t.Errorf("%s: %v", name, err)
	}
	if diff := cmp.Diff(there, here); there.State != order.StatePaid || diff != "" {
		b.t.Errorf("%s: the order is %s at the gateway; (-gateway +acquirer):\n%s", name, there.State, diff)
	}
}

// atGateway asks until it is answered: this message may be disturbed too.
func (b *books) atGateway(ctx context.Context, id order.ID) (s order.Status, err error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ; ; <-tick.C {
		if s, err = b.AskGateway(ctx, id); !errors.Is(err, order.CodeUnavailable) || ctx.Err() != nil {
			return s, err
		}
	}
}

// atAcquirer waits for the notification to arrive.
func (b *books) atAcquirer(ctx context.Context, address string) (s order.Status, err error) {
	acquirer := scanhttp.New(b.Client(), nil)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ; ; <-tick.C {
		s, err = acquirer.Result(ctx, address)
		lost := errors.Is(err, order.CodeUnavailable) && ctx.Err() == nil
		if !lost && (err != nil || s.State.Final()) {
			return s, err
		}
	}
}

// silent is a payer who says nothing, takes one of a shop's first goods, picks
// blue, and remembers the order that the gateway first showed.
type silent struct{ jump *order.ID }

func (silent) Page(_ context.Context, p order.Page) (a scan.Answer, err error) {
	if p.Kind == order.PageShop {
		a.Choices = []order.Choice{{Item: p.Goods[0].ID, Quantity: 1}}
	}
	return a, nil
}

func (s silent) Choose(_ context.Context, session gateway.Session) (string, error) {
	*s.jump = session.Order.ID
	return "blue", nil
}

func (silent) Result(context.Context, scan.Result) error { return nil }

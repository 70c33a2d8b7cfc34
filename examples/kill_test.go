package examples_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// A payment survives the death of either server at any of its numbered
// messages, before the message is served or after it was served and before its
// answer arrives: restarted on the same files, the same payment goes on.
// Nothing that was answered is lost, and the payer is charged once.
func TestKilledServersContinueTheSamePayment(t *testing.T) {
	if testing.Short() {
		t.Skip("short: kills servers dozens of times")
	}
	for _, victim := range []string{"acquirer", "gateway"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, answer lost %v", victim, after), func(t *testing.T) {
				t.Parallel()
				d := newDistrict(t)
				kills := 0
				for range rounds() {
					kills += d.killAtEachMessage(victim, after)
				}
				if !t.Failed() {
					t.Logf("%d kills: 0 lost, 0 doubled, 0 not notified", kills)
				}
			})
		}
	}
}

// rounds is how often every kill is tried; .ci/long tries more often.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("ANYSCAN_ROUNDS")); err == nil {
		return n
	}
	return 1
}

// killAtEachMessage takes payments until one had fewer messages than the number
// to kill at.
func (d *district) killAtEachMessage(victim string, after bool) (kills int) {
	for at := 1; ; at++ {
		d.arm(at, victim, after)
		d.payAndCheck(fmt.Sprintf("%s killed at message %d, answer lost %v", victim, at, after))
		if !d.fired() || d.t.Failed() {
			return kills
		}
		kills++
	}
}

// payAndCheck takes one payment and compares what all parties hold afterwards.
func (d *district) payAndCheck(name string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	var jump order.ID // as the terminal was answered
	before := len(d.wallet.Charges())
	result, err := d.pay(ctx, &jump)
	if err != nil {
		d.t.Errorf("%s: %v", name, err)
		return
	}
	if result.State != order.StatePaid || result.Order.ID != jump {
		d.t.Errorf("%s: order %s is %s at the gateway; the terminal was sent on with order %s", name, result.Order.ID, result.State, jump)
		return
	}
	if charges := d.wallet.Charges()[before:]; len(charges) != 1 || charges[0].Number != result.Payment.Attempt {
		d.t.Errorf("%s: the payer was charged %+v, want once for attempt %s", name, charges, result.Payment.Attempt)
	}
	if !strings.HasSuffix(result.Payment.Attempt, "01") { // the gateway numbers an order's attempts
		d.t.Errorf("%s: attempt %s paid: a beginning that was sent again made another attempt", name, result.Payment.Attempt)
	}
	there, err := d.atGateway(ctx, jump)
	if err != nil {
		d.t.Errorf("%s: %v", name, err)
	}
	here, err := d.atAcquirer(ctx, result.Order.ReturnAddress)
	if err != nil {
		d.t.Errorf("%s: %v", name, err)
	}
	if diff := cmp.Diff(there, here); there.State != order.StatePaid || diff != "" {
		d.t.Errorf("%s: the order is %s at the gateway; (-gateway +acquirer):\n%s", name, there.State, diff)
	}
}

// pay takes one payment at the café; what the terminal was told on its way is
// left in jump.
func (d *district) pay(ctx context.Context, jump *order.ID) (scan.Result, error) {
	address, err := d.Code(ctx, "cafe")
	if err != nil {
		return scan.Result{}, err
	}
	terminal, err := camera(d.System, silent{jump}, nil, nil)
	if err != nil {
		return scan.Result{}, err
	}
	code, err := terminal.Read(ctx, address)
	if err != nil {
		return scan.Result{}, err
	}
	return terminal.Pay(ctx, code)
}

// atGateway asks until it is answered: the kill may hit this message too.
func (d *district) atGateway(ctx context.Context, id order.ID) (s order.Status, err error) {
	for {
		if s, err = d.AskGateway(ctx, id); !errors.Is(err, order.CodeUnavailable) || ctx.Err() != nil {
			return s, err
		}
	}
}

// atAcquirer waits for the notification to arrive.
func (d *district) atAcquirer(ctx context.Context, address string) (s order.Status, err error) {
	acquirer := scanhttp.New(d.Client(), nil)
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		if s, err = acquirer.Result(ctx, address); err != nil || s.State.Final() {
			return s, err
		}
	}
}

// silent is a payer who says nothing, picks blue, and remembers the order that
// the gateway first showed.
type silent struct{ jump *order.ID }

func (silent) Page(context.Context, order.Page) (scan.Answer, error) { return scan.Answer{}, nil }

func (s silent) Choose(_ context.Context, session gateway.Session) (string, error) {
	*s.jump = session.Order.ID
	return "blue", nil
}

func (silent) Result(context.Context, scan.Result) error { return nil }

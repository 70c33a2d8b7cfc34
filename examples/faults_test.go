package examples_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/scan"
)

// hops are all the ways that a message of a payment takes.
func hops() []string {
	return []string{"acquirer→gateway", "gateway→acquirer", "gateway→merchant", "gateway→provider", "provider→gateway", "terminal→acquirer", "terminal→gateway"}
}

// hop is the way that a message takes; "" is between the payer's app and the
// wallet company, which is theirs.
func hop(m wire.Message) string {
	host, _, _ := strings.Cut(m.Address, ".")
	first := strings.Split(m.Path, "/")[1]
	return map[string]string{
		"acquirer m": "terminal→acquirer", "acquirer orders": "terminal→acquirer", "acquirer v1": "gateway→acquirer",
		"gateway pay": "terminal→gateway", "gateway return": "terminal→gateway", "gateway v1": "acquirer→gateway",
		"gateway notify": "provider→gateway", "wallet payments": "gateway→provider", "merchant webhooks": "gateway→merchant",
	}[host+" "+first]
}

// A payment survives every fault of the network at any one of its messages, and
// when a way is shut for many in a row: nothing is lost, nothing is done twice,
// every error says what it is and at which step, and the payment can be continued
// until it is paid.
func TestAnyMessageMayGoWrong(t *testing.T) {
	for name, trouble := range map[string]trouble{
		"late":                             {wire.Fault{Delay: 4 * time.Second}, 1},  // beyond the servers' patience with each other
		"very late":                        {wire.Fault{Delay: 50 * time.Second}, 1}, // beyond everybody's
		"cut before it was acted on":       {wire.Fault{CutRequest: true}, 1},
		"cut after it was acted on":        {wire.Fault{CutAnswer: true}, 1},
		"truncated in its head":            {wire.Fault{CutAnswer: true, Keep: 40}, 1},
		"truncated in its body":            {wire.Fault{CutAnswer: true, Keep: 700}, 1},
		"cut behind its answer":            {wire.Fault{CutAnswer: true, Keep: 1 << 20}, 1},
		"twice":                            {wire.Fault{Twice: true}, 1},
		"twice and then cut":               {wire.Fault{Twice: true, CutAnswer: true}, 1},
		"late, twice, and then cut":        {wire.Fault{Delay: 50 * time.Second, Twice: true, CutAnswer: true}, 1},
		"cut, and seven more":              {wire.Fault{CutRequest: true}, 8},
		"acted on and cut, and seven more": {wire.Fault{CutAnswer: true}, 8},
		"very late, and seven more":        {wire.Fault{Delay: 50 * time.Second}, 8},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDisturbed(t, trouble)
				for _, way := range hops() {
					d.atEachMessage(way, name)
				}
				t.Logf("%d faults; %d times a payer had to continue; 0 lost, 0 doubled", d.faults, d.continued)
			})
		})
	}
}

// trouble is a fault, and how many messages in a row have it.
type trouble struct {
	fault wire.Fault
	times int
}

// disturbed is a system in whose network messages go wrong.
type disturbed struct {
	books
	trouble
	merchant          *merchant
	faults, continued int
	deliveries        map[order.ID]order.Delivery // that are over, by their ID
	orders            map[order.ID]order.Status   // of these

	mu     sync.Mutex
	way    string  // that is disturbed
	number int     // of the last message on it
	at     int     // number of the first that goes wrong
	sent   []tried // to the merchant
}

// newDisturbed runs a system in the process until the test ends.
func newDisturbed(t *testing.T, what trouble) *disturbed {
	t.Helper()
	d := &disturbed{books: books{t: t}, trouble: what, deliveries: map[order.ID]order.Delivery{}, orders: map[order.ID]order.Status{}}
	network := wire.NewNetwork()
	network.Disturb(d.disturb)
	d.System, d.wallet = runIn(t, network)
	d.merchant = openMerchant(t, network, d.System)
	return d
}

// disturb numbers the messages of a way, and lets some go wrong.
func (d *disturbed) disturb(m wire.Message) wire.Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.next(hop(m))
	if hop(m) == "gateway→merchant" {
		d.sent = append(d.sent, tried{time.Now(), f})
	}
	return f
}

// next is what happens to the next message of a way.
func (d *disturbed) next(way string) wire.Fault {
	if way != d.way {
		return wire.Fault{}
	}
	d.number++
	if d.number < d.at || d.number >= d.at+d.times {
		return wire.Fault{}
	}
	return d.fault
}

// arm numbers the messages of a way from 1 again and sets from which on they go
// wrong.
func (d *disturbed) arm(way string, at int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.way, d.number, d.at = way, 0, at
}

func (d *disturbed) fired() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.number >= d.at
}

// atEachMessage takes payments until one had fewer messages on the way than the
// number of the one that was to go wrong.
func (d *disturbed) atEachMessage(way, name string) {
	d.t.Helper()
	for at := 1; !d.t.Failed(); at++ {
		d.arm(way, at)
		d.payAndCheck(fmt.Sprintf("%s, message %d %s", way, at, name))
		if !d.fired() {
			if at == 1 {
				d.t.Errorf("no message goes %s", way)
			}
			return
		}
		d.faults++
	}
}

// payAndCheck takes one payment, continues it as often as it stops, and lets
// everything that is on its way arrive before it compares the books.
func (d *disturbed) payAndCheck(name string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Hour)
	defer cancel()
	var jump order.ID
	before := len(d.wallet.Charges())
	terminal, code, err := d.terminal(ctx, &jump)
	if err != nil {
		d.t.Fatal(err)
	}
	result, err := terminal.Pay(ctx, code)
	for tries := 0; err != nil || !result.State.Final(); tries++ {
		if tries == 6 || err != nil && !typed(err) {
			d.t.Errorf("%s: order %s is %q and cannot be continued: %v", name, result.Order.ID, result.State, err)
			return
		}
		d.continued++
		if result.GatewayAddress == "" { // before there is an order: from the start
			result, err = terminal.Pay(ctx, code)
		} else {
			result, err = terminal.Continue(ctx, result.GatewayAddress)
		}
	}
	time.Sleep(5 * time.Minute) // of the bubble
	d.check(ctx, name, result, before)
	d.checkMerchant(name, result)
	if d.times == 1 && !d.t.Failed() && !strings.HasSuffix(result.Payment.Attempt, "01") { // the gateway numbers them
		d.t.Errorf("%s: attempt %s paid: a beginning that arrived again made another attempt", name, result.Payment.Attempt)
	}
}

// typed reports an error that says at which step a payment stopped, and what an
// order.Error says: what can be done.
func typed(err error) bool {
	_, step := errors.AsType[*scan.StepError](err)
	e, ok := errors.AsType[*order.Error](err)
	return step && ok && e.Code.Retryable()
}

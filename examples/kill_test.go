package examples_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order"
)

// A payment survives the death of either server at any of its numbered
// messages, before the message is served or after it was served and before its
// answer arrives: restarted on the same files, the same payment goes on.
// Nothing that was answered is lost, and the payer is charged once.
func TestKilledServersContinueTheSamePayment(t *testing.T) {
	killed(t, func() string { return "" })
}

// The same with both servers on PostgreSQL, where a killed server leaves behind
// connections, transactions and leases.
func TestKilledServersOnPostgresContinueTheSamePayment(t *testing.T) {
	if testing.Short() {
		t.Skip("short: kills servers dozens of times")
	}
	c := pgtest.Start(t)
	killed(t, func() string { return c.Database(t) })
}

func killed(t *testing.T, newDB func() string) {
	if testing.Short() {
		t.Skip("short: kills servers dozens of times")
	}
	for _, c := range []struct{ merchant, victim string }{
		{"cafe", "acquirer"}, {"cafe", "gateway"},
		{"teahouse", "acquirer"}, // whose pages differ; the gateway's messages do not
	} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, %s, answer lost %v", c.merchant, c.victim, after), func(t *testing.T) {
				t.Parallel()
				d := newDistrict(t, newDB(), newDB())
				if c.merchant != "cafe" {
					d.code = d.counter(c.merchant)
				}
				kills := 0
				for range rounds() {
					kills += d.killAtEachMessage(c.victim, after)
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

// counter is the code on the merchant's counter.
func (d *district) counter(merchant string) string {
	d.t.Helper()
	address, err := d.Code(d.t.Context(), merchant)
	if err != nil {
		d.t.Fatal(err)
	}
	return address
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
	if result.Payment == nil || result.Order.ID != jump {
		d.t.Errorf("%s: order %s is %s at the gateway; the terminal was sent on with order %s", name, result.Order.ID, result.State, jump)
		return
	}
	if !strings.HasSuffix(result.Payment.Attempt, "01") { // the gateway numbers an order's attempts
		d.t.Errorf("%s: attempt %s paid: a beginning that was sent again made another attempt", name, result.Payment.Attempt)
	}
	d.check(ctx, name, result, before)
}

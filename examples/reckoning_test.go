//go:build unix

package examples_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component/sandbox"
)

// A reckoning is what all parties of a besieged system hold once nothing is on its way any
// more, and what does not fit together.
type reckoning struct {
	payments, charges, returned, orders, continued int

	lost    []string // money or orders that somebody holds and another does not
	doubled []string // money that was taken twice
	untold  []string // ends that the acquirer does not know of
}

// String tells figures, and the first of what is wrong.
func (r reckoning) String() string {
	text := fmt.Sprintf("%d payments, %d charges of which %d were given back, %d orders, %d times a payer had to continue: %d lost, %d doubled, %d never notified",
		r.payments, r.charges, r.returned, r.orders, r.continued, len(r.lost), len(r.doubled), len(r.untold))
	for _, all := range [][]string{r.lost, r.doubled, r.untold} {
		for _, one := range all[:min(len(all), 5)] {
			text += "\n\t" + one
		}
	}
	return text
}

func (r reckoning) wrong() bool { return len(r.lost)+len(r.doubled)+len(r.untold) > 0 }

// reckon waits until nothing is on its way any more, or until nothing has arrived for
// so long, and compares.
func (b *besieged) reckon(t *testing.T, limit time.Duration) reckoning {
	t.Helper()
	ctx := t.Context()
	l, err := b.openLedgers(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	least := math.MaxInt
	for end := time.Now().Add(limit); ; <-tick.C {
		under, err := b.underWay(ctx, l)
		if err != nil {
			t.Fatal(err)
		}
		if under < least { // what many kills have put off takes its time
			least, end = under, time.Now().Add(limit)
		}
		if under == 0 || time.Now().After(end) {
			break
		}
	}
	r, err := b.compare(ctx, l)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// underWay is how much the servers still have to do by themselves.
func (b *besieged) underWay(ctx context.Context, l ledgers) (n int, err error) {
	n, err = count(ctx, l.acquirer, `SELECT count(*) FROM acquirer_orders WHERE state = 'placing'`)
	if err != nil {
		return n, err
	}
	jobs, err := count(ctx, l.gateway, `SELECT count(*) FROM outbox_jobs WHERE queue IN ('clearing.notify', 'clearing.refund')`)
	if err != nil {
		return n, err
	}
	if n += jobs; n > 0 {
		return n, nil // the rest takes longer to read
	}
	all, err := l.attempts(ctx)
	for _, c := range b.wallet.Charges() {
		if a, known := all[attemptOf(c)]; known && !a.money {
			n++
		}
	}
	return n, err
}

// attemptOf is the attempt of a charge: its number, but where a bug made another.
func attemptOf(c sandbox.Charge) string { return c.Number[:min(len(c.Number), 28)] }

// orderOf is the gateway's key of an attempt's order.
func orderOf(attempt string) string { return attempt[:min(len(attempt), 26)] }

// compare holds the provider's ledger, both stores and what payers were told
// against each other.
func (b *besieged) compare(ctx context.Context, l ledgers) (r reckoning, err error) {
	there, err := l.atGateway(ctx)
	if err != nil {
		return r, err
	}
	here, err := l.atAcquirer(ctx)
	if err != nil {
		return r, err
	}
	attempts, err := l.attempts(ctx)
	if err != nil {
		return r, err
	}
	refunds, err := l.refunds(ctx)
	if err != nil {
		return r, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	charges, back := b.wallet.Charges(), b.givenBack()
	r.payments, r.charges, r.orders, r.continued = len(b.paid), len(charges), len(there), b.again
	for _, s := range b.stuck {
		r.lost = append(r.lost, "a payer is stuck: "+s)
	}
	kept := r.checkCharges(charges, back, there, attempts)
	if diff := cmp.Diff(back, refunds); diff != "" {
		r.lost = append(r.lost, "given back by attempts (-provider +gateway):\n"+diff)
	}
	r.checkOrders(there, here, kept)
	r.checkPayers(b.paid, b.shown, there, here)
	return r, nil
}

// givenBack is how much of each charge went back, by its number.
func (b *besieged) givenBack() map[string]int64 {
	all := map[string]int64{}
	for _, f := range b.wallet.Refunds() {
		all[f.Payment] += f.Amount.Amount
	}
	return all
}

//go:build unix

package examples_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// A reckoning is what all parties of a besieged system hold once nothing is on its way any
// more, and what does not fit together.
type reckoning struct {
	payments, charges, orders, continued int

	lost    []string // money or orders that somebody holds and another does not
	doubled []string // money that was taken twice
	untold  []string // ends that the acquirer does not know of
}

// String tells figures, and the first of what is wrong.
func (r reckoning) String() string {
	text := fmt.Sprintf("%d payments, %d charges, %d orders, %d times a payer had to continue: %d lost, %d doubled, %d never notified",
		r.payments, r.charges, r.orders, r.continued, len(r.lost), len(r.doubled), len(r.untold))
	for _, all := range [][]string{r.lost, r.doubled, r.untold} {
		for _, one := range all[:min(len(all), 5)] {
			text += "\n\t" + one
		}
	}
	return text
}

func (r reckoning) wrong() bool { return len(r.lost)+len(r.doubled)+len(r.untold) > 0 }

// reckon waits until nothing is on its way any more, so long at most, and compares.
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
	for end := time.Now().Add(limit); ; <-tick.C {
		under, err := b.underWay(ctx, l)
		if err != nil {
			t.Fatal(err)
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
	charged := map[string]bool{}
	for _, c := range b.wallet.Charges() {
		charged[attemptOf(c)] = true
	}
	n, err = count(ctx, l.acquirer, `SELECT count(*) FROM acquirer_orders WHERE state = 'placing'`)
	if err != nil {
		return n, err
	}
	notices, err := count(ctx, l.gateway, `SELECT count(*) FROM outbox_jobs WHERE queue = 'clearing.notify'`)
	if err != nil {
		return n, err
	}
	all, err := l.attempts(ctx)
	for id, a := range all {
		if charged[id] && !a.state.Final() {
			n++
		}
	}
	return n + notices, err
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
	b.mu.Lock()
	defer b.mu.Unlock()
	charges := b.wallet.Charges()
	r.payments, r.charges, r.orders, r.continued = len(b.paid), len(charges), len(there), b.again
	for _, s := range b.stuck {
		r.lost = append(r.lost, "a payer is stuck: "+s)
	}
	charged := r.checkCharges(charges, there, attempts)
	r.checkOrders(there, here, charged)
	r.checkPayers(b.paid, b.shown, there, here)
	return r, nil
}

// checkCharges wants for each charge one order that it paid, and returns which
// attempts were charged.
func (r *reckoning) checkCharges(charges []sandbox.Charge, there map[order.ID]entry, attempts map[string]attempted) map[string]bool {
	byKey := map[string]entry{}
	for _, e := range there {
		byKey[e.key] = e
	}
	charged, paying := map[string]bool{}, map[string]string{}
	for _, c := range charges {
		id := attemptOf(c)
		charged[id] = true
		if first, twice := paying[orderOf(id)]; twice {
			r.doubled = append(r.doubled, fmt.Sprintf("order %s was charged by %s and by %s", orderOf(id), first, c.Number))
			continue
		}
		paying[orderOf(id)] = c.Number
		e, known := byKey[orderOf(id)]
		a := attempts[id]
		if !known || e.state != order.StatePaid || e.payment != id || e.order.Total != c.Amount || a.state != gateway.AttemptSucceeded || a.excess {
			r.lost = append(r.lost, fmt.Sprintf("%s was charged for %s: attempt %+v of order %q, which is %q, paid by %q",
				c.Amount, c.Number, a, e.order.ID, e.state, e.payment))
		}
	}
	return charged
}

// checkOrders wants that the servers agree, and that there was money for what is
// paid.
func (r *reckoning) checkOrders(there, here map[order.ID]entry, charged map[string]bool) {
	for id, e := range there {
		own, known := here[id]
		switch {
		case !known:
			r.lost = append(r.lost, fmt.Sprintf("order %s is %s at the gateway and not at the acquirer", id, e.state))
		case own.state != e.state || own.payment != e.payment:
			r.untold = append(r.untold, fmt.Sprintf("order %s is %s by %q at the gateway and %s by %q at the acquirer", id, e.state, e.payment, own.state, own.payment))
		case e.state == order.StatePaid && !charged[e.payment]:
			r.lost = append(r.lost, fmt.Sprintf("order %s is paid by %q, which nobody was charged for", id, e.payment))
		}
	}
	for id, own := range here {
		if _, known := there[id]; !known {
			r.lost = append(r.lost, fmt.Sprintf("order %s is %s at the acquirer and not at the gateway", id, own.state))
		}
	}
}

// checkPayers wants that what payers were told is so.
func (r *reckoning) checkPayers(paid map[order.ID]string, shown map[order.ID]bool, there, here map[order.ID]entry) {
	for id, attempt := range paid {
		if e := there[id]; e.state != order.StatePaid || e.payment != attempt {
			r.lost = append(r.lost, fmt.Sprintf("a payer was told that order %s is paid by %s; at the gateway it is %q by %q", id, attempt, e.state, e.payment))
		}
	}
	for id := range shown {
		if there[id].key == "" || here[id].order.ID == "" {
			r.lost = append(r.lost, fmt.Sprintf("order %s was shown to a payer, and a server does not have it", id))
		}
	}
}

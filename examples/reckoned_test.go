//go:build unix

package examples_test

import (
	"fmt"

	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// checkCharges wants for each charge that was not given back one order that it
// paid, and that what was given back was in excess. It returns which attempts' money
// stayed.
func (r *reckoning) checkCharges(charges []sandbox.Charge, back map[string]int64, there map[order.ID]entry, attempts map[string]attempted) map[string]bool {
	byKey := map[string]entry{}
	for _, e := range there {
		byKey[e.key] = e
	}
	kept, paying := map[string]bool{}, map[string]string{}
	for _, c := range charges {
		id := attemptOf(c)
		e, a := byKey[orderOf(id)], attempts[id]
		if back[c.Number] == c.Amount.Amount && a.excess && e.payment != id {
			r.returned++
			continue
		}
		kept[id] = true
		if first, twice := paying[orderOf(id)]; twice {
			r.doubled = append(r.doubled, fmt.Sprintf("order %s was charged by %s and by %s", orderOf(id), first, c.Number))
			continue
		}
		paying[orderOf(id)] = c.Number
		if e.state != order.StatePaid || e.payment != id || e.order.Total != c.Amount || a.state != gateway.AttemptSucceeded || a.excess || back[c.Number] != 0 {
			r.lost = append(r.lost, fmt.Sprintf("%s was charged for %s, and %d given back: attempt %+v of order %q, which is %q, paid by %q",
				c.Amount, c.Number, back[c.Number], a, e.order.ID, e.state, e.payment))
		}
	}
	return kept
}

// checkOrders wants that the servers agree, and that there was money for what is
// paid.
func (r *reckoning) checkOrders(there, here map[order.ID]entry, kept map[string]bool) {
	for id, e := range there {
		own, known := here[id]
		switch {
		case !known:
			r.lost = append(r.lost, fmt.Sprintf("order %s is %s at the gateway and not at the acquirer", id, e.state))
		case own.state != e.state || own.payment != e.payment:
			r.untold = append(r.untold, fmt.Sprintf("order %s is %s by %q at the gateway and %s by %q at the acquirer", id, e.state, e.payment, own.state, own.payment))
		case e.state == order.StatePaid && !kept[e.payment]:
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

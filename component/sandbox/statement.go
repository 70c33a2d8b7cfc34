package sandbox

import (
	"iter"
	"slices"

	"github.com/anyscan/anyscan/order/reconcile"
)

// Statement is what the company tells a merchant of a period when it is over: every
// charge, by when the payer decided, and every refund, by when it counts. An entry has
// the merchant's numbers for the payment and the refund, the company's reference and
// the amount; of the order behind it the company knows nothing. The gateway matches it with
// clearing.Server.MatchStatement.
func (p *Provider) Statement(merchant string, period reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	var entries []reconcile.Entry
	add := func(owner string, e reconcile.Entry) {
		if owner == merchant && period.Contains(e.Booked) {
			e.Moved = e.Booked
			entries = append(entries, e)
		}
	}
	for _, c := range p.Charges() {
		add(c.Merchant, reconcile.Entry{Kind: reconcile.Payment, Attempt: c.Number, Reference: c.Reference, State: reconcile.StatePaid,
			Booked: c.At, Currency: c.Amount.Currency, Gross: c.Amount.Amount})
	}
	for _, r := range p.Refunds() {
		add(r.Merchant, reconcile.Entry{Kind: reconcile.Refund, Attempt: r.Payment, Refund: r.Number, Reference: r.Reference,
			State: reconcile.StateRefunded, Booked: r.At, Currency: r.Amount.Currency, Gross: -r.Amount.Amount})
	}
	slices.SortStableFunc(entries, func(a, b reconcile.Entry) int { return a.Booked.Compare(b.Booked) })
	return func(yield func(reconcile.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

package sandbox

import (
	"iter"

	"github.com/anyscan/anyscan/order/reconcile"
)

// Statement is what the company tells a merchant of a period when it is over: every
// charge, by when the payer decided. An entry has the merchant's number for the
// payment as its attempt, the company's reference and the amount; of the order
// behind it the company knows nothing. The gateway matches it with
// clearing.Server.MatchStatement.
func (p *Provider) Statement(merchant string, period reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	return func(yield func(reconcile.Entry, error) bool) {
		for _, c := range p.Charges() {
			if c.Merchant != merchant || !period.Contains(c.At) {
				continue
			}
			e := reconcile.Entry{Kind: reconcile.Payment, Attempt: c.Number, Reference: c.Reference, State: reconcile.StatePaid,
				Booked: c.At, Moved: c.At, Currency: c.Amount.Currency, Gross: c.Amount.Amount}
			if !yield(e, nil) {
				return
			}
		}
	}
}

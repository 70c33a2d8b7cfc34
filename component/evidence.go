package component

import (
	"time"

	"github.com/anyscan/anyscan/order"
)

// Outcome is what a provider says about a payment.
type Outcome string

const (
	OutcomePending   Outcome = "pending"   // not decided yet
	OutcomeSucceeded Outcome = "succeeded" // the money is the merchant's
	OutcomeFailed    Outcome = "failed"    // no money moved and none will for this attempt
)

const maxReference = 128 // bytes

// Evidence is a provider's word about an attempt, verified by the component: it
// comes from a signed notification or from the provider's answer to a query,
// never from what a terminal brought. The gateway alone turns it into "paid".
type Evidence struct {
	Outcome   Outcome
	Attempt   string      // the attempt that it is about
	Reference string      // the provider's; one payment at the provider has one; text of at most 128 bytes
	Amount    order.Money // that was paid; set when the outcome is succeeded
	At        time.Time   // when the provider decided
	Reason    string      // why it failed, such as "declined"; a stable word
}

// Check compares evidence with the attempt that it should be about. The error,
// an *order.Error with CodeRefused, says which part differs: evidence for
// another attempt, over another amount or currency, or without a reference
// proves nothing.
func (e Evidence) Check(a Attempt) error {
	const op = "component.Evidence.Check"
	switch {
	case e.Attempt != a.ID:
		return refused(op, "is about attempt %.40q, not %q", e.Attempt, a.ID)
	case a.Reference != "" && e.Reference != "" && e.Reference != a.Reference:
		return refused(op, "is about payment %.128q at the provider, not %q", e.Reference, a.Reference)
	case e.Reference != "" && order.CheckText(e.Reference, maxReference) != nil:
		return refused(op, "has a provider's reference that %v", order.CheckText(e.Reference, maxReference))
	case e.Outcome == OutcomePending || e.Outcome == OutcomeFailed:
		return nil
	case e.Outcome != OutcomeSucceeded:
		return refused(op, "has the unknown outcome %.40q", e.Outcome)
	case e.Reference == "":
		return refused(op, "has no provider's reference")
	case e.Amount != a.Amount:
		return refused(op, "is for %s, the attempt for %s", e.Amount, a.Amount)
	}
	return nil
}

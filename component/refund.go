package component

import (
	"context"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/order"
)

// A Refunder can give money back at its provider.
type Refunder interface {
	// Refund gives back a part or all of what the attempt's payment brought, and
	// says how that stands: OutcomePending until the provider has decided,
	// OutcomeFailed when no money moved and none will for this refund. Called again
	// with the same r it makes no second refund but says how the first one stands:
	// that is how the gateway asks. An error means that it is not known.
	Refund(ctx context.Context, a Attempt, r Refund) (RefundEvidence, error)
}

// Refund is what a component is told about one refund of an attempt's payment.
type Refund struct {
	ID     string      // the gateway's, at most 32 of a-z 0-9: the number to give the provider
	Amount order.Money // to give back; all refunds of a payment that did not fail come to at most what was paid
	Reason string      // for people, one line, may be empty
}

// RefundEvidence is a provider's word about a refund, verified by the component as
// [Evidence] is.
type RefundEvidence struct {
	Outcome   Outcome
	Refund    string      // the ID of the refund that it is about
	Reference string      // the provider's; text of at most 128 bytes; set when the outcome is succeeded
	Amount    order.Money // that was given back; set when the outcome is succeeded
	At        time.Time   // when the provider decided
	Reason    string      // why it failed, such as "window_closed"; a stable word
}

// Check compares evidence with the refund that it should be about. The error, an
// *order.Error with CodeRefused, says which part differs: such evidence proves
// nothing.
func (e RefundEvidence) Check(r Refund) error {
	const op = "component.RefundEvidence.Check"
	switch {
	case e.Refund != r.ID:
		return refused(op, "is about refund %.40q, not %q", e.Refund, r.ID)
	case e.Reference != "" && order.CheckText(e.Reference, maxReference) != nil:
		return refused(op, "has a provider's reference that %v", order.CheckText(e.Reference, maxReference))
	case e.Outcome == OutcomePending || e.Outcome == OutcomeFailed:
		return nil
	case e.Outcome != OutcomeSucceeded:
		return refused(op, "has the unknown outcome %.40q", e.Outcome)
	case e.Reference == "":
		return refused(op, "has no provider's reference")
	case e.Amount != r.Amount:
		return refused(op, "is for %s, the refund for %s", e.Amount, r.Amount)
	}
	return nil
}

func refused(op, format string, args ...any) error {
	return &order.Error{Code: order.CodeRefused, Op: op, Detail: "the evidence " + fmt.Sprintf(format, args...)}
}

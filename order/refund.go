package order

import (
	"context"
	"slices"
	"time"
)

// RefundRequest asks for money of a paid order to go back to its payer: all of it
// or a part, once or in several refunds that together come to no more than was
// paid.
type RefundRequest struct {
	// ID is the acquirer's, as [NewID] makes them, unique within the order. It makes
	// the request idempotent: two refunds of the same amount under two IDs are two
	// refunds. It travels as the Idempotency-Key header, too.
	ID     ID     `json:"id"`
	Order  ID     `json:"-"` // the paid order
	Amount Money  `json:"amount"`
	Reason string `json:"reason,omitempty"` // for people, the payer among them; one line
}

// Refund is a refund that an acquirer asked for. What the gateway gives back by
// itself, because an order never had the money, is not among an order's refunds.
type Refund struct {
	ID        ID          `json:"id"`               // the acquirer's
	Number    string      `json:"number,omitempty"` // the gateway's, which the provider knows it by; "" before the gateway has taken it
	Amount    Money       `json:"amount"`
	Reason    string      `json:"reason,omitempty"`
	State     RefundState `json:"state"`
	Failure   string      `json:"failure,omitempty"`   // why it failed or was refused, a word such as "window_closed"
	Reference string      `json:"reference,omitempty"` // the provider's, of one that succeeded
	Created   time.Time   `json:"created"`             // when it was asked for
	Changed   time.Time   `json:"changed"`             // when it came into its state
	Moved     time.Time   `json:"moved,omitzero"`      // when the provider gave the money back
}

// MaxRefunds is how many refunds an order may have, whatever became of them.
const MaxRefunds = 50

// RefundState is where a refund stands. The acquirer's own states come first; from
// RefundPending on they are the gateway's, which alone decides, on a component's
// verified evidence.
//
//	acquirer: placing → pending → succeeded | failed
//	                  → refused → pending, where an earlier request arrived late
//	gateway:            pending → succeeded | failed
//
// The tables are [AcquirerRefundTransitions] and [RefundTransitions].
type RefundState string

const (
	RefundPlacing   RefundState = "placing"   // made and stored at the acquirer; the gateway's answer is not known yet
	RefundRefused   RefundState = "refused"   // the gateway does not take it: no money moves for it; final, unless it is told otherwise
	RefundPending   RefundState = "pending"   // the provider has not decided, or was not reached yet
	RefundSucceeded RefundState = "succeeded" // the provider gave the money back; final
	RefundFailed    RefundState = "failed"    // no money moved, and none will for this refund; final
)

// Final reports whether nothing more is to be done about the refund. Only
// RefundRefused may still change: when an earlier request, which was thought lost,
// reached the gateway after the refusal.
func (s RefundState) Final() bool {
	return s == RefundSucceeded || s == RefundFailed || s == RefundRefused
}

// Counts reports whether a refund in the state takes its amount off what is left of
// the payment: every refund does that may have moved money, or may yet.
func (s RefundState) Counts() bool { return s != RefundFailed && s != RefundRefused }

// Left is what of a payment can still be refunded, in minor units.
func Left(paid Money, refunds []Refund) int64 {
	left := paid.Amount
	for _, r := range refunds {
		if r.State.Counts() {
			left -= r.Amount.Amount
		}
	}
	return left
}

// RefundTransition is one step that a refund may take, and the operation that
// takes it.
type RefundTransition struct {
	From RefundState // "" for a refund that is not stored yet
	To   RefundState
	By   string
}

// RefundTransitions are all the steps that a refund takes at the gateway.
func RefundTransitions() []RefundTransition {
	return append([]RefundTransition{
		{"", RefundPending, "refund, or settle: money in excess"},
	}, refundDecisions("settle")...)
}

// AcquirerRefundTransitions are all the steps that a refund takes at the acquirer,
// where the gateway's word stands above a refusal of one request. One that the gateway tells of and the acquirer does not know, because its store is
// older than that refund, is taken in as it stands.
func AcquirerRefundTransitions() []RefundTransition {
	const told = "notify, query"
	return append([]RefundTransition{
		{"", RefundPlacing, "refund"},
		{"", RefundPending, told},
		{"", RefundSucceeded, told},
		{"", RefundFailed, told},
		{RefundPlacing, RefundRefused, "refund"},
		{RefundPlacing, RefundPending, "refund, " + told},
		{RefundPlacing, RefundSucceeded, "refund, " + told},
		{RefundPlacing, RefundFailed, "refund, " + told},
		{RefundRefused, RefundPending, told},
		{RefundRefused, RefundSucceeded, told},
		{RefundRefused, RefundFailed, told},
	}, refundDecisions("refund, "+told)...)
}

// refundDecisions are how a pending refund ends.
func refundDecisions(by string) []RefundTransition {
	return []RefundTransition{{RefundPending, RefundSucceeded, by}, {RefundPending, RefundFailed, by}}
}

// CanBecome reports whether a refund may go from s to next, at the acquirer or at
// the gateway. It may always stay where it is.
func (s RefundState) CanBecome(next RefundState) bool {
	return s == next || slices.ContainsFunc(AcquirerRefundTransitions(), func(t RefundTransition) bool { return t.From == s && t.To == next })
}

// Refunder gives money of paid orders back. A value is bound to its acquirer.
type Refunder interface {
	// Refund asks for a refund. The answer is how the order stands, with the refund
	// among its refunds, which has to be looked at: mostly [RefundPending], since
	// providers take their time, and its end is notified. The same request again
	// gives the refund as it stands; another under the same ID is
	// [CodeIdempotencyKeyReused].
	//
	// Errors are *[Error]: [CodeNotFound]; [CodeConflict] for an order that is not
	// paid; [CodeRefused] for more than is left of the payment, for more than
	// [MaxRefunds], and where the component that was paid with cannot refund. After
	// [CodeUnavailable] it is not known, and may be repeated.
	Refund(ctx context.Context, r RefundRequest) (Status, error)
}

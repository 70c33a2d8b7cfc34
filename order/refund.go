package order

import "slices"

// RefundState is where a refund stands at the gateway: money that goes back to the
// payer, all of what a payment brought or a part of it.
//
//	pending → succeeded | failed
//
// The table is [RefundTransitions].
type RefundState string

const (
	RefundPending   RefundState = "pending"   // the provider has not decided, or was not reached yet
	RefundSucceeded RefundState = "succeeded" // the provider gave the money back; final
	RefundFailed    RefundState = "failed"    // no money moved, and none will for this refund; final
)

// Final reports whether the state never changes again.
func (s RefundState) Final() bool { return s == RefundSucceeded || s == RefundFailed }

// RefundTransition is one step that a refund may take, and the operation that
// takes it.
type RefundTransition struct {
	From RefundState // "" for a refund that is not stored yet
	To   RefundState
	By   string
}

// RefundTransitions are all the steps that a refund takes.
func RefundTransitions() []RefundTransition {
	return []RefundTransition{
		{"", RefundPending, "settle: money in excess"},
		{RefundPending, RefundSucceeded, "settle"},
		{RefundPending, RefundFailed, "settle"},
	}
}

// CanBecome reports whether a refund may go from s to next. It may always stay
// where it is.
func (s RefundState) CanBecome(next RefundState) bool {
	return s == next || slices.ContainsFunc(RefundTransitions(), func(t RefundTransition) bool { return t.From == s && t.To == next })
}

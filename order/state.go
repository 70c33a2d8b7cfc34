package order

import "slices"

// State is where an order stands. The acquirer's own states come first; from
// StateOpen on they are the gateway's, which alone decides that an order is paid.
//
//	acquirer: placing → open → paid | canceled | expired
//	                  → refused
//	gateway:            open → paid | canceled | expired
//
// The tables are [AcquirerTransitions] and [GatewayTransitions].
type State string

const (
	StatePlacing  State = "placing"  // made and stored at the acquirer; the gateway's answer is not known yet
	StateRefused  State = "refused"  // the gateway does not take the order; final
	StateOpen     State = "open"     // at the gateway, waiting to be paid
	StatePaid     State = "paid"     // paid on a component's verified evidence; final
	StateCanceled State = "canceled" // canceled before it was paid; final
	StateExpired  State = "expired"  // not paid in time; final
)

// Final reports whether the state never changes again.
func (s State) Final() bool {
	return s == StatePaid || s == StateCanceled || s == StateExpired || s == StateRefused
}

// Transition is one step that an order may take, and the operation that takes it.
type Transition struct {
	From State // "" for an order that is not stored yet
	To   State
	By   string // the operation, in the words of the package documentation
}

// AcquirerTransitions are all the steps that an order takes at the acquirer. The
// gateway's decision may reach an acquirer that does not know yet whether its
// order arrived.
func AcquirerTransitions() []Transition {
	return append([]Transition{
		{"", StatePlacing, "confirm"},
		{StatePlacing, StateOpen, "place"},
		{StatePlacing, StateRefused, "place"},
		{StatePlacing, StatePaid, "notify, query"},
		{StatePlacing, StateCanceled, "notify, query"},
		{StatePlacing, StateExpired, "notify, query, or expire: never placed"},
	}, decisions("notify, query", "notify, query", "notify, query")...)
}

// GatewayTransitions are all the steps that an order takes at the gateway.
func GatewayTransitions() []Transition {
	return append([]Transition{{"", StateOpen, "place"}}, decisions("settle", "cancel", "expire")...)
}

// decisions are how an open order ends.
func decisions(pay, cancel, expire string) []Transition {
	return []Transition{{StateOpen, StatePaid, pay}, {StateOpen, StateCanceled, cancel}, {StateOpen, StateExpired, expire}}
}

// CanBecome reports whether an order may go from s to next, at the acquirer or
// at the gateway. An order may always stay where it is.
func (s State) CanBecome(next State) bool {
	return s == next || slices.ContainsFunc(AcquirerTransitions(), func(t Transition) bool { return t.From == s && t.To == next })
}

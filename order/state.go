package order

// State is where an order stands. The acquirer's own states come first; from
// StateOpen on they are the gateway's, which alone decides that an order is paid.
//
//	acquirer: placing → open → paid | canceled | expired
//	                  → refused
//	gateway:            open → paid | canceled | expired
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

// CanBecome reports whether an order may go from s to next. An order may always
// stay where it is.
func (s State) CanBecome(next State) bool {
	switch s {
	case next:
		return true
	case StatePlacing:
		return next == StateOpen || next == StateRefused || next == StatePaid || next == StateCanceled || next == StateExpired
	case StateOpen:
		return next == StatePaid || next == StateCanceled || next == StateExpired
	}
	return false
}

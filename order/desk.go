package order

import "context"

// Desk is where the clearing institution serves one acquirer: everything that
// this acquirer may ask of it. A value is bound to its acquirer; what belongs to
// another is [CodeNotFound], whether it exists or not. It is safe for
// concurrent use.
type Desk interface {
	Clearing
	Canceler
	Refunder
	Issuer
	Webhooks
}

// Canceler ends orders before they are paid. A value is bound to its acquirer.
type Canceler interface {
	// Cancel asks for the end of an order: from then on nobody begins to pay it,
	// and what was begun is closed at its provider. The answer is how the order
	// stands, which has to be looked at: [StateCanceled] when that is done;
	// [StateOpen] while something of it may still be paid, and the end is notified;
	// [StatePaid] or [StateExpired] when it ended so before. An order that is paid
	// meanwhile is paid. Repeating it changes nothing.
	//
	// Errors are *[Error]: [CodeNotFound]; after [CodeUnavailable] it may be
	// repeated.
	Cancel(ctx context.Context, id ID) (Status, error)
}

package order

import "context"

// FirstServer is the acquirer (claim 1, "first server"): the halves that its
// two peers may call. Its implementation is acquirer.Server; transports and
// kits speak to this interface. It is safe for concurrent use.
type FirstServer interface {
	Storefront
	Notifier
}

// Storefront is what a terminal may ask of an acquirer. Each call but Result
// names the code address that the terminal scanned and verified.
//
// Errors are *[Error]: [CodeNotFound] for an address that is not one of the
// acquirer's merchants, [CodePageChanged] when goods or prices differ from what
// the payer saw, [CodeIdempotencyKeyReused] for a key that stands for another
// confirmation, [CodeUnavailable] when the gateway could not be reached: the
// order is stored then, and the same confirmation under the same key goes on
// with it.
type Storefront interface {
	// Page is the page behind a code address: to pay the merchant directly, or
	// the display of its merchandise (claim 1, "first page").
	Page(ctx context.Context, address string) (Page, error)
	// Review is the order information page for goods chosen from a display.
	Review(ctx context.Context, address string, choices []Choice) (Page, error)
	// Confirm makes the order, places it at the clearing institution and
	// answers with the jump to the unified payment gateway. Repeating it under
	// the same key gives the same order.
	Confirm(ctx context.Context, address string, c Confirmation) (PageJump, error)
	// Result is the order as the acquirer holds it, at the order's return
	// address: what a payer sees who comes back to the merchant.
	Result(ctx context.Context, address string) (Status, error)
}

// Notifier is what a gateway may tell an acquirer.
type Notifier interface {
	// Notify hands over the order as the gateway holds it. A nil error is the
	// acknowledgement: the acquirer has stored this version or a newer one.
	// After any error the gateway tells it again.
	Notify(ctx context.Context, s Status) error
}

// Clearing is what an acquirer may ask of the clearing institution (claim 1,
// "second server"). A value is bound to its acquirer: what belongs to another
// is [CodeNotFound].
type Clearing interface {
	// Place hands over an order and returns its address on the unified payment
	// gateway. The order's ID is its idempotency key: the same order again
	// gives the same address, another order under that ID is [CodeIdempotencyKeyReused].
	Place(ctx context.Context, o Order) (Placement, error)
	// Query is the order as the gateway holds it now.
	Query(ctx context.Context, id ID) (Status, error)
}

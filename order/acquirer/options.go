package acquirer

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

// Options are the settings of [New]. The zero value of a field, and a nil
// *Options, stand for the defaults.
type Options struct {
	// Lifetime is how long a payer has to pay an order. Default: 15 min.
	Lifetime time.Duration
	// OnChange keeps the acquirer's own books. It runs inside the transaction
	// that records a change of an order's state or of a refund, so that the books
	// and the order change together or not at all: an error undoes both, and
	// leaves a notification unacknowledged, so that the gateway tells it again. It
	// uses tx for database work only, on its own goroutine, and keeps it short; to
	// do more once the change is certain, see store.AfterCommit. Each change
	// that is committed was handed over once. Default: none.
	OnChange func(ctx context.Context, tx *sql.Tx, c Change) error
	// Verify tells whether a code's address is legal: signed, not expired. In a
	// plain browser nothing else has asked that before the merchant page opens.
	// A code that names an amount needs a verify.Signature among its methods,
	// the first one where the policy is verify.Any. Default: every code of a
	// known merchant is legal, and none that names an amount.
	Verify verify.Verifier
	// Issuer is where merchants' codes are signed: the clearing institution. It
	// needs a Verify that verifies signatures: nothing else keeps a code that was
	// revoked from being changed into one that was not. Default: none; StaticCode and
	// DynamicCode are refused.
	Issuer order.Issuer
	// Refunder is where refunds are asked for: the clearing institution. Default:
	// none; Refund is refused, and what the gateway tells of refunds is kept
	// nevertheless.
	Refunder order.Refunder
	// Canceler is where the end of orders is asked for: the clearing institution.
	// Default: none; Cancel is refused.
	Canceler order.Canceler
	// DynamicLifetime is how long a dynamic code is good. Default: 5 min.
	DynamicLifetime time.Duration
	// Timeout is how long one call to the gateway may take. Default: 20 s.
	Timeout time.Duration
	// Retry are the pauses between looks at an order, or a refund, whose placing or
	// whose end is not known; the last one repeats until it is. The first is also how
	// long [Server.Run] leaves a new order to Confirm and a new refund to Refund, and how long after its
	// time it waits for the gateway to tell. Default: 30 s, 1, 2, 5, 10 and
	// 30 min, 1 h.
	Retry []time.Duration
	// Now is the clock. Default: time.Now.
	Now func() time.Time
	// Logger learns what an operator should know. It gets no address that
	// works. Default: discard.
	Logger *slog.Logger
}

// Change is one change of an order's state or of one of its refunds, as
// [Options.OnChange] sees it. Where one transaction has several, the order's comes
// first, and then one for each refund that changed.
type Change struct {
	// From is the state before; "" when the order was just made. In the change of a
	// refund it is State, which is [order.StatePaid] then: books that count payments
	// leave out what has a Refund.
	From order.State
	order.Status
	// Refund is the refund that changed, as it is now, and nil in a change of the
	// order itself. It stands among Refunds, too.
	Refund *order.Refund
	// RefundFrom is the state of Refund before: "" when it was just asked for, or is
	// new here because the gateway told of it first.
	RefundFrom order.RefundState
}

func (o *Options) withDefaults() Options {
	var full Options
	if o != nil {
		full = *o
	}
	if full.Lifetime == 0 {
		full.Lifetime = 15 * time.Minute
	}
	if full.DynamicLifetime == 0 {
		full.DynamicLifetime = 5 * time.Minute
	}
	if full.OnChange == nil {
		full.OnChange = func(context.Context, *sql.Tx, Change) error { return nil }
	}
	if full.Timeout == 0 {
		full.Timeout = 20 * time.Second
	}
	if len(full.Retry) == 0 {
		full.Retry = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
			10 * time.Minute, 30 * time.Minute, time.Hour}
	}
	if full.Now == nil {
		full.Now = time.Now
	}
	if full.Logger == nil {
		full.Logger = slog.New(slog.DiscardHandler)
	}
	return full
}

func (o Options) check(p *problems) {
	p.positive("/options/lifetime", o.Lifetime)
	p.positive("/options/dynamic_lifetime", o.DynamicLifetime)
	p.positive("/options/timeout", o.Timeout)
	if o.Issuer != nil && o.Verify == nil {
		p.add("/options/verify", "is missing: who issues codes checks them")
	}
	for i, pause := range o.Retry {
		p.positive(fmt.Sprintf("/options/retry/%d", i), pause)
	}
	if o.Retry[0] <= o.Timeout {
		p.add("/options/retry/0", "is %v: want more than the timeout, %v, so that nobody asks while Confirm is placing", o.Retry[0], o.Timeout)
	}
}

func (p *problems) positive(path string, d time.Duration) {
	if d <= 0 {
		p.add(path, "is %v: want more than 0", d)
	}
}

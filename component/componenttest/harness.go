package componenttest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Harness is a component under test, with a provider that the kit can drive.
type Harness struct {
	Component component.Component
	// Attempt is what the kit's attempts look like: an amount that the component
	// takes, addresses that its provider accepts, an expiry to come, and every
	// kind of action. The kit gives each attempt an ID of its own.
	Attempt component.Attempt
	// Decide lets a payer approve or decline the attempt at the provider, led
	// there by the action that Begin answered with. It returns once the provider
	// tells the decision when it is asked.
	Decide func(ctx context.Context, a component.Attempt, action component.Action, approve bool) error
	// Visit lets a payer come to the provider, led there by the action, without
	// deciding. It is for providers at which a payment comes to be only then: a
	// payment that nobody visited need not be closed by Cancel, which says pending.
	// nil: Begin makes the payment.
	Visit func(ctx context.Context, a component.Attempt, action component.Action) error
	// Notice returns the provider's genuine notification about a decided
	// attempt, as it came in. nil: this provider sends none.
	Notice func(ctx context.Context, a component.Attempt) (component.Notification, error)
	// Late returns the genuine notification n about a decided attempt as the provider
	// would have sent it so long ago that the component takes it no more. nil: it takes
	// notifications of any age.
	Late func(a component.Attempt, n component.Notification) (component.Notification, error)
	// Foreign returns n as the provider genuinely tells it to another of its customers.
	// nil: it cannot be made.
	Foreign func(a component.Attempt, n component.Notification) (component.Notification, error)
	// Settings are valid settings as an operator writes them, JSON with the secrets
	// in it. nil: the component has none.
	Settings []byte
	// Make makes a component of settings like these. It is needed where the component
	// describes settings.
	Make func(settings []byte) (component.Component, error)
	// Charges counts how often the provider charged a payer for the attempt.
	// nil: it cannot be known.
	Charges func(a component.Attempt) int
	// Refunds is how much the provider gave back of the attempt's payment, or is
	// about to, in minor units. nil: it cannot be known.
	Refunds func(a component.Attempt) int64
}

// Run checks the component that newHarness makes, in one subtest for each
// sentence of the contract. Every subtest gets a harness of its own, which
// newHarness may tie to the subtest's life with t.Cleanup and t.Context.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			err := c.run(t.Context(), newHarness(t))
			if s, ok := errors.AsType[skipped](err); ok {
				t.Skip(string(s))
			}
			if err != nil {
				t.Errorf("%v\n\tcontract: %s", err, c.contract)
			}
		})
	}
}

type check struct {
	name     string
	contract string
	run      func(ctx context.Context, h Harness) error
}

// skipped is why a check does not apply.
type skipped string

func (s skipped) Error() string { return string(s) }

// attempt is a new attempt.
func (h Harness) attempt() component.Attempt {
	a := h.Attempt
	a.ID = string(order.NewID(time.Now()))
	return a
}

// begin begins an attempt and returns it as the gateway would keep it.
func (h Harness) begin(ctx context.Context, a component.Attempt) (component.Attempt, component.Action, error) {
	p, err := h.Component.Begin(ctx, a)
	if err != nil {
		return a, component.Action{}, fmt.Errorf("beginning: %w", err)
	}
	a.Reference = p.Reference
	if p.Action == nil { // the provider reaches the payer by itself
		return a, component.Action{}, nil
	}
	return a, *p.Action, nil
}

// decided begins a new attempt and lets the payer decide it.
func (h Harness) decided(ctx context.Context, approve bool) (component.Attempt, error) {
	a, action, err := h.begin(ctx, h.attempt())
	if err == nil {
		err = h.Decide(ctx, a, action, approve)
	}
	return a, err
}

// ask is what the provider says now, by a query or else by coming back.
func (h Harness) ask(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	return component.Ask(ctx, h.Component, a)
}

// receiver is the component's, with a genuine notification of an approved
// attempt.
func (h Harness) receiver(ctx context.Context) (r component.Receiver, a component.Attempt, n component.Notification, err error) {
	r, ok := component.As[component.Receiver](h.Component)
	if !ok || h.Notice == nil {
		return nil, a, n, skipped("the component takes no notifications")
	}
	if a, err = h.decided(ctx, true); err == nil {
		n, err = h.Notice(ctx, a)
	}
	return r, a, n, err
}

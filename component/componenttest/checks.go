package componenttest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

func checks() []check {
	return []check{
		{"Described", "a registry takes the component: its names, title, kinds and currencies are well formed, its parameters fit their schema", described},
		{"Configured", "valid settings make a component; whatever is missing or not known is named, all at once", configured},
		{"Discreet", "no secret leaves: in print, in offers, in actions, in errors", discreet},
		{"Actions", "Begin answers only with a kind of action that the component describes and the terminal can perform", actions},
		{"BeginAgain", "Begin again for the same attempt finds the same payment, and the payer is charged once", beginAgain},
		{"Approved", "evidence of an approved attempt names it, its amount and the provider's reference and time", approved},
		{"Declined", "a declined attempt failed, for a reason, and nobody was charged", declined},
		{"Notified", "a genuine notification proves what a query proves, however often it comes", notified},
		{"Mismatched", "evidence for one attempt proves nothing for another attempt, amount or currency", mismatched},
		{"Tampered", "a notification that was changed is refused for good, or proves just the same", tampered},
		{"Current", "a notification that is too old, or for another account, is refused for good and says why", current},
		{"Hint", "what a terminal brings back is a hint and proves nothing", hint},
		{"NeverBegun", "an attempt that the provider never heard of has not failed unless it will be refused from then on", neverBegun},
		{"Closed", "a payment that was canceled at the provider takes no money, and one that was paid is not said to have failed", closed},
		{"Refunded", "a refund is made once for its ID, in parts or whole, and never above what was paid", refunded},
		{"Canceled", "calls end with their context", canceled},
		{"Concurrent", "a component is called from many goroutines at once", concurrent},
		{"Tidy", "no goroutine stays behind when calls have ended", tidy},
	}
}

func described(_ context.Context, h Harness) error {
	_, err := component.NewRegistry(h.Component)
	return err
}

func actions(ctx context.Context, h Harness) error {
	own := h.Component.Describe().Actions
	offers := [][]component.ActionKind{nil, h.Attempt.Actions}
	for _, kind := range own {
		offers = append(offers, []component.ActionKind{kind})
	}
	for _, offer := range offers {
		a := h.attempt()
		a.Actions = offer
		p, err := h.Component.Begin(ctx, a)
		if err != nil || p.Action == nil {
			continue // to refuse a terminal is allowed
		}
		if err := p.Action.Validate(); err != nil {
			return err
		}
		if kind := p.Action.Kind(); !slices.Contains(offer, kind) || !slices.Contains(own, kind) {
			return fmt.Errorf("begin answered with %s; the terminal can %v, the component describes %v", kind, offer, own)
		}
	}
	return nil
}

func beginAgain(ctx context.Context, h Harness) error {
	first, action, err := h.begin(ctx, h.attempt())
	if err != nil {
		return err
	}
	again := first
	again.Reference = "" // as after a crash that forgot the answer
	again, actionAgain, err := h.begin(ctx, again)
	if err != nil {
		return err
	}
	if first.Reference != again.Reference {
		return fmt.Errorf("begin found payment %q, and again %q", first.Reference, again.Reference)
	}
	if err := h.Decide(ctx, first, action, true); err != nil {
		return err
	}
	_ = h.Decide(ctx, first, actionAgain, true) // may be refused, must not charge
	return h.charged(first, 1)
}

func (h Harness) charged(a component.Attempt, want int) error {
	if h.Charges == nil {
		return nil
	}
	if got := h.Charges(a); got != want {
		return fmt.Errorf("the payer was charged %d times, not %d", got, want)
	}
	return nil
}

func approved(ctx context.Context, h Harness) error {
	a, err := h.decided(ctx, true)
	if err != nil {
		return err
	}
	e, err := h.ask(ctx, a)
	if err != nil {
		return err
	}
	return errors.Join(succeeded(e, a), h.charged(a, 1))
}

func succeeded(e component.Evidence, a component.Attempt) error {
	if e.Outcome != component.OutcomeSucceeded {
		return fmt.Errorf("the outcome is %q, not succeeded", e.Outcome)
	}
	if e.At.IsZero() {
		return errors.New("the evidence has no time")
	}
	return e.Check(a)
}

func declined(ctx context.Context, h Harness) error {
	a, err := h.decided(ctx, false)
	if err != nil {
		return err
	}
	e, err := h.ask(ctx, a)
	switch {
	case err != nil:
		return err
	case e.Outcome != component.OutcomeFailed:
		return fmt.Errorf("the outcome is %q, not failed", e.Outcome)
	case e.Reason == "":
		return errors.New("the evidence has no reason")
	}
	return errors.Join(e.Check(a), h.charged(a, 0))
}

func mismatched(ctx context.Context, h Harness) error {
	a, err := h.decided(ctx, true)
	if err != nil {
		return err
	}
	e, err := h.ask(ctx, a)
	if err != nil {
		return err
	}
	another, dearer, foreign := a, a, a
	another.ID = h.attempt().ID
	dearer.Amount.Amount++
	if foreign.Amount.Currency = "XCG"; a.Amount.Currency == "XCG" {
		foreign.Amount.Currency = "CHF"
	}
	for _, wrong := range []component.Attempt{another, dearer, foreign} {
		if err := e.Check(wrong); !errors.Is(err, order.CodeRefused) {
			return fmt.Errorf("evidence for attempt %s over %s passes for %s over %s", a.ID, a.Amount, wrong.ID, wrong.Amount)
		}
		// A component that repeats what it was asked about proves anything.
		e, err := h.ask(ctx, wrong)
		if err == nil && e.Outcome == component.OutcomeSucceeded && e.Check(wrong) == nil {
			return fmt.Errorf("%s over %s was paid, but asked about %s over %s the component says that this was", a.ID, a.Amount, wrong.ID, wrong.Amount)
		}
	}
	return nil
}

func hint(ctx context.Context, h Harness) error {
	a, _, err := h.begin(ctx, h.attempt())
	if err != nil {
		return err
	}
	claim := "number=" + a.ID + "&result=succeeded&result_code=SUCCESS&status=succeeded&trade_status=TRADE_SUCCESS"
	p, err := h.Component.Resume(ctx, a, component.Return{Query: claim, Form: claim, Data: `{"status":"succeeded"}`})
	if err == nil && p.Evidence != nil && p.Evidence.Outcome != component.OutcomePending {
		return fmt.Errorf("nobody has decided, but Resume says %q", p.Evidence.Outcome)
	}
	return nil
}

func neverBegun(ctx context.Context, h Harness) error {
	q, ok := component.As[component.Querier](h.Component)
	if !ok {
		return skipped("the component cannot ask its provider")
	}
	a := h.attempt()
	e, err := q.Query(ctx, a)
	if err != nil || e.Outcome == component.OutcomePending {
		return nil // it does not claim to know
	}
	if e.Outcome != component.OutcomeFailed {
		return fmt.Errorf("the outcome is %q", e.Outcome)
	}
	if p, err := h.Component.Begin(ctx, a); err == nil && p.Action != nil {
		return errors.New("query said that the attempt failed, but then Begin made a payment of it")
	}
	return nil
}

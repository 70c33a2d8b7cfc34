package scan

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// actions are the kinds that this terminal can perform for an offer: what its
// browser can, and what a paying app installed for it can.
func (p *Payer) actions(o component.Offer) []component.ActionKind {
	var kinds []component.ActionKind
	if p.app(o) != nil {
		kinds = append(kinds, component.ActionNative, component.ActionDeepLink)
	}
	if p.options.Browser != nil {
		kinds = append(kinds, component.ActionRedirect, component.ActionForm)
	}
	return kinds
}

// performs reports whether the terminal can do anything that the offer may ask
// for. An offer that does not say what it asks for is tried.
func (p *Payer) performs(o component.Offer) bool {
	can := p.actions(o)
	return len(o.Actions) == 0 || slices.ContainsFunc(o.Actions, func(k component.ActionKind) bool { return slices.Contains(can, k) })
}

// app is the installed paying app for an offer, by name or else by kind.
func (p *Payer) app(o component.Offer) Invoker {
	if app := p.options.Apps[o.Name]; app != nil {
		return app
	}
	return p.options.Apps[o.Kind]
}

// offered is the offer that was chosen.
func (y *payment) offered() (o component.Offer, ok bool) {
	i := slices.IndexFunc(y.session.Offers, func(o component.Offer) bool { return o.Name == y.offer })
	if i < 0 {
		return o, false
	}
	return y.session.Offers[i], true
}

// act hands the payer over to the paying app or the browser (claim 1,
// "executing a payment component of the second application").
func (y *payment) act(ctx context.Context, a component.Action) (component.Return, error) {
	if err := a.Validate(); err != nil {
		return component.Return{}, err
	}
	var by Invoker
	switch a.Kind() {
	case component.ActionNative, component.ActionDeepLink:
		o, _ := y.offered()
		by = y.app(o)
	case component.ActionRedirect, component.ActionForm:
		by = y.options.Browser
	}
	if by == nil {
		return component.Return{}, fmt.Errorf("nothing on this terminal performs a %s action for %s", a.Kind(), y.offer)
	}
	return by.Invoke(ctx, a)
}

// comeBack tells the gateway that the action is done and waits until the attempt is
// decided, has another action, or patience ends, or until another one has paid.
func (y *payment) comeBack(ctx context.Context, back component.Return) (string, error) {
	done := y.attempt.Action // nil when there was none to perform
	end := y.options.Now().Add(y.options.Patience)
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		decided, err := y.resume(ctx, back, done)
		late := !y.options.Now().Add(pause).Before(end)
		// The payer may have paid: a gateway that cannot be reached now is asked
		// again, like a provider that has not decided.
		if err != nil && (late || !mayPass(err)) {
			return "", err
		}
		if decided || late {
			return outcome(*y.attempt), nil
		}
		if pause >= slow && y.decidedElsewhere(ctx) {
			return "decided by another attempt", nil
		}
		if err := sleep(ctx, pause); err != nil {
			return "", err
		}
	}
}

// slow is from when on a wait is long enough to ask about the order, too.
const slow = 400 * time.Millisecond

// decidedElsewhere reports that the order was decided while this attempt waits, as by
// an earlier one whose provider was slower. What may become of this one is the
// gateway's to follow, and no reason for the payer to wait.
func (y *payment) decidedElsewhere(ctx context.Context) bool {
	s, err := y.peers.Cashier.Open(ctx, y.gateway, y.opening())
	if err != nil || s.State == order.StateOpen {
		return false
	}
	y.attempt = nil // of what was decided tells the session
	return true
}

// mayPass tells a gateway that cannot answer now from every other failure: one
// that is not a server's own is no reason to wait.
func mayPass(err error) bool {
	e, ok := errors.AsType[*order.Error](err)
	return ok && e.Code.Retryable()
}

// resume takes over the gateway's word on the attempt and reports whether it is
// decided or has another action. The action that was just performed may still be
// in it while the provider decides; it is not performed twice.
func (y *payment) resume(ctx context.Context, back component.Return, done *component.Action) (decided bool, err error) {
	verdict, err := y.peers.Gateways.Verify(ctx, y.attempt.ReturnAddress)
	if err != nil {
		return false, err
	}
	a, err := y.peers.Cashier.Resume(ctx, verdict.Address.String(), back)
	switch {
	case err != nil:
		return false, err
	case a.ID != y.attempt.ID:
		return false, fmt.Errorf("the gateway answered about attempt %.40q, not %s", a.ID, y.attempt.ID)
	case reflect.DeepEqual(a.Action, done):
		a.Action = nil
	}
	y.attempt = &a
	return a.State.Final() || a.Action != nil, nil
}

func outcome(a gateway.Attempt) string {
	if a.Reason != "" {
		return fmt.Sprintf("%s: %s", a.State, a.Reason)
	}
	return string(a.State)
}

// sleep waits, or ends with the context.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

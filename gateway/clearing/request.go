package clearing

import (
	"fmt"
	"slices"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// Bounds of what terminals and providers send.
const (
	maxKey     = 128      // bytes of an idempotency key or a provider's reference
	maxName    = 64       // bytes of a name that a terminal gives
	maxReturn  = 64 << 10 // bytes of each part of what came back from an action
	maxNotice  = 1 << 20  // bytes of a notification
	maxActions = 16       // kinds of action that a terminal may name
)

// checkOpening bounds what a terminal says of itself.
func checkOpening(op string, o gateway.Opening) error {
	var p problems
	p.opening("", o)
	return p.err(op, "what the terminal says of itself is not valid")
}

func checkBeginning(op string, b gateway.Beginning) error {
	if b.Key == "" {
		return order.Errorf(order.CodeIdempotencyKeyMissing, op, "a beginning needs an idempotency key")
	}
	var p problems
	p.text("/key", b.Key, maxKey)
	p.text("/component", b.Component, maxName)
	p.opening("/opening", b.Opening)
	if len(b.Actions) > maxActions {
		p.add("/actions", "has %d entries: at most %d", len(b.Actions), maxActions)
		return p.err(op, "the beginning is not valid")
	}
	for i, kind := range b.Actions {
		if !known(kind) {
			p.add(fmt.Sprintf("/actions/%d", i), "%.40q is no kind of action", kind)
		}
	}
	return p.err(op, "the beginning is not valid")
}

func (p *problems) opening(path string, o gateway.Opening) {
	p.text(path+"/app/kind", o.App.Kind, maxName)
	p.text(path+"/app/component", o.App.Component, maxName)
	p.text(path+"/default", o.Default, maxName)
}

func known(k component.ActionKind) bool {
	switch k {
	case component.ActionRedirect, component.ActionForm, component.ActionDeepLink,
		component.ActionBridge, component.ActionPaymentRequest, component.ActionNative:
		return true
	}
	return false
}

func checkReturn(op string, r component.Return) error {
	if max(len(r.Query), len(r.Form), len(r.Data)) > maxReturn {
		return order.Errorf(order.CodeTooLarge, op, "what came back has more than %d bytes", maxReturn)
	}
	return nil
}

// checkProgress holds a component to its description and to what the terminal
// can do. Its own mistake is an outcome that is not known.
func checkProgress(p component.Progress, a attemptRow, o component.Offer) error {
	if p.Action != nil {
		if err := p.Action.Validate(); err != nil {
			return err
		}
		if kind := p.Action.Kind(); !slices.Contains(o.Actions, kind) || !slices.Contains(a.actions, kind) {
			return fmt.Errorf("clearing: the component answered with the action %s: it offers %v, the terminal can perform %v",
				kind, o.Actions, a.actions)
		}
	}
	if err := order.CheckText(p.Reference, maxKey); err != nil && p.Reference != "" {
		return fmt.Errorf("clearing: the component gave a reference that %w", err)
	}
	return nil
}

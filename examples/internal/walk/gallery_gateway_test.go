package walk

import (
	"context"
	"encoding/json"
	"path"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// counter is a gateway whose addresses, by their tokens, stand for the states of its
// cashier; one that is named after an error is answered with it.
type counter struct {
	gateway.Receiver
	base   string
	stages []stage
}

var _ gateway.SecondServer = counter{}

func (c counter) Open(_ context.Context, address string, _ gateway.Opening) (gateway.Session, error) {
	name := path.Base(address)
	for _, s := range c.stages {
		if s.name == name {
			return c.session(s), nil
		}
	}
	return gateway.Session{}, failure(name)
}

// Begin hands over by the action that the component is named after, or fails with the
// error that it is.
func (c counter) Begin(_ context.Context, _ string, b gateway.Beginning) (gateway.Attempt, error) {
	action := c.action(component.ActionKind(b.Component))
	if action == nil {
		return gateway.Attempt{}, failure(b.Component)
	}
	return *c.attempt(gateway.AttemptInvoked, action), nil
}

func (c counter) Resume(context.Context, string, component.Return) (gateway.Attempt, error) {
	return gateway.Attempt{}, failure(string(order.CodeNotFound))
}

func (c counter) For(string) (order.Desk, error) {
	return nil, failure(string(order.CodeUnauthenticated))
}

// action is one of each kind that a page performs.
func (c counter) action(kind component.ActionKind) *component.Action {
	to := c.base + provider
	switch kind {
	case component.ActionRedirect:
		return &component.Action{Redirect: &component.Redirect{Address: to}}
	case component.ActionForm:
		return &component.Action{Form: &component.Form{Address: to, Fields: []component.Field{{Name: "sign", Value: "1"}}}}
	case component.ActionDeepLink:
		return &component.Action{DeepLink: &component.DeepLink{Address: "redwallet://pay", Fallback: to}}
	case component.ActionBridge:
		return &component.Action{Bridge: &component.Bridge{Object: "TeaBridge", Method: "invoke", Parameters: json.RawMessage(`["pay"]`)}}
	case component.ActionPaymentRequest:
		return &component.Action{PaymentRequest: &component.PaymentRequest{Method: to, Data: json.RawMessage(`{}`)}}
	}
	return nil
}

func (c counter) attempt(state gateway.AttemptState, action *component.Action) *gateway.Attempt {
	return &gateway.Attempt{ID: "a1", Component: "form", State: state, Action: action, ReturnAddress: c.base + "/return/r1", GatewayAddress: c.base + "/pay/choose",
		Chosen: gateway.Instruction{Mode: gateway.ModeChoose, Wanted: gateway.ModeChoose, Reason: gateway.ReasonPayer}}
}

// session is that of the stage: of an open order, with one way to pay for each action
// that takes no script, and one that fails, none of which is called.
func (c counter) session(now stage) gateway.Session {
	s := gateway.Session{Order: ordered(), MerchantName: "Jade Teahouse & Daughters", State: order.StateOpen,
		Instruction: gateway.Instruction{Mode: gateway.ModeChoose, Wanted: gateway.ModeChoose, Reason: gateway.ReasonPolicy}}
	s.Offers = []component.Offer{offering(component.ActionRedirect, "Blue Wallet"), offering(component.ActionDeepLink, "Amber Bank"),
		offering(component.ActionForm, "Red Wallet of the United Savings Banks of the Northern Region"),
		offering(component.ActionKind(order.CodeConflict), "Grey Card")}
	if now.attempt != "" {
		s.Attempt = c.attempt(now.attempt, c.action(now.action))
	}
	if now.change != nil {
		now.change(&s)
	}
	return s
}

// offering is an offer that is named after what it does.
func offering(kind component.ActionKind, title string) component.Offer {
	return component.Offer{Name: string(kind), Kind: "wallet", Version: "1", Title: title, Actions: []component.ActionKind{kind}}
}

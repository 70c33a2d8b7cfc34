package scantest

import (
	"context"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

func yuan(fen int64) order.Money { return order.Money{Amount: fen, Currency: "CNY"} }

// acquirer is the scripted first server.
type acquirer struct {
	log       *log
	page      order.Page
	review    order.Page
	jump      order.PageJump
	confirmed order.Confirmation
}

func newAcquirer(l *log) *acquirer {
	return &acquirer{log: l,
		page: order.Page{Kind: order.PageDirect, Merchant: "teahouse", MerchantName: "Tea House", Revision: "r1", Currency: "CNY", Total: yuan(500)},
		jump: order.PageJump{Order: order.NewID(time.UnixMilli(1)), Address: payAddress},
	}
}

// display makes the first page a shop with one kind of tea.
func (a *acquirer) display() {
	price := yuan(250)
	a.page.Kind, a.page.Total = order.PageShop, order.Money{}
	a.page.Goods = []order.Item{{ID: "oolong", Name: "Oolong", Price: price}}
	a.review = a.page
	a.review.Kind, a.review.Goods, a.review.Total = order.PageReview, nil, yuan(500)
	a.review.Lines = []order.Line{{Item: "oolong", Name: "Oolong", Quantity: 2, Price: price}}
}

func (a *acquirer) Page(_ context.Context, address string) (order.Page, error) {
	a.log.add("page")
	if address != codeAddress {
		return order.Page{}, order.Errorf(order.CodeNotFound, "", "no merchant at %s", address)
	}
	return a.page, nil
}

func (a *acquirer) Review(context.Context, string, []order.Choice) (order.Page, error) {
	a.log.add("review")
	return a.review, nil
}

func (a *acquirer) Confirm(_ context.Context, _ string, c order.Confirmation) (order.PageJump, error) {
	a.log.add("confirm")
	a.confirmed = c
	return a.jump, nil
}

func (a *acquirer) Result(context.Context, string) (order.Status, error) {
	return order.Status{}, errNotHere
}
func (a *acquirer) Notify(context.Context, order.Status) error { return errNotHere }

// cashier is the scripted second server.
type cashier struct {
	log         *log
	first       *acquirer
	instruction gateway.Instruction
	offers      []component.Offer                        // default: blue and green
	total       order.Money                              // default: what was confirmed
	order       order.ID                                 // default: that of the page jump
	merchant    string                                   // name; default: that of the page
	decline     string                                   // component whose attempts fail
	overtaken   bool                                     // an attempt pays before the next beginning arrives
	gone        bool                                     // it cannot answer from the next beginning on
	unknown     int                                      // how many beginnings leave the component in doubt
	pending     int                                      // how many resumes find the provider undecided
	elsewhere   int                                      // after how many resumes another attempt pays; 0 for never
	busy        int                                      // how many resumes reach a gateway that cannot answer now
	back        string                                   // return address; default: backAddress
	act         func(component string) *component.Action // default: a redirect
	alter       func(*gateway.Session)                   // changes what is shown; default: nothing
	answers     string                                   // attempt that resumes are answered about; default: the latest
	opened      gateway.Opening
	begun       []gateway.Beginning
	attempt     *gateway.Attempt
	won         *gateway.Attempt // that paid elsewhere
	paid        bool
}

func (c *cashier) Open(_ context.Context, address string, o gateway.Opening) (gateway.Session, error) {
	c.log.add("open")
	if address != payAddress {
		return gateway.Session{}, order.Errorf(order.CodeNotFound, "", "no order at %s", address)
	}
	if c.gone && c.paid {
		return gateway.Session{}, order.Errorf(order.CodeUnavailable, "", "restarting")
	}
	c.opened = o
	s := gateway.Session{Order: order.Order{ID: c.first.jump.Order, Merchant: "teahouse", Total: c.first.confirmed.Total},
		MerchantName: "Tea House", State: order.StateOpen, Offers: c.offers, Instruction: c.instruction, Attempt: c.attempt}
	if s.Instruction.Mode == "" {
		s.Instruction = gateway.Instruction{Mode: gateway.ModeChoose, Wanted: gateway.ModeChoose, Reason: gateway.ReasonPolicy}
	}
	if s.Instruction.Reason == "" {
		s.Instruction.Reason = gateway.ReasonPolicy
	}
	if s.Offers == nil {
		s.Offers = []component.Offer{offer("blue", component.ActionRedirect, component.ActionNative), offer("green", component.ActionRedirect, component.ActionNative)}
	}
	if c.order != "" {
		s.Order.ID = c.order
	}
	if c.total != (order.Money{}) {
		s.Order.Total = c.total
	}
	if c.merchant != "" {
		s.MerchantName = c.merchant
	}
	if c.paid {
		s.State, s.Payment = order.StatePaid, &order.Payment{Component: c.attempt.Component, Attempt: c.attempt.ID,
			Reference: "r1", Amount: s.Order.Total}
	}
	if c.won != nil {
		s.Attempt, s.State = c.won, order.StatePaid
		s.Payment = &order.Payment{Component: c.won.Component, Attempt: c.won.ID, Reference: "r2", Amount: s.Order.Total}
	}
	if c.alter != nil {
		c.alter(&s)
	}
	return s, nil
}

func offer(name string, actions ...component.ActionKind) component.Offer {
	return component.Offer{Name: name, Kind: name, Version: "1", Title: name, Actions: actions}
}

// attempt is one that waits for its action.
func attempt(name string, a *component.Action) *gateway.Attempt {
	return &gateway.Attempt{ID: "attempt" + name, Component: name, State: gateway.AttemptInvoked, Action: a,
		ReturnAddress: backAddress, GatewayAddress: payAddress,
		Chosen: gateway.Instruction{Mode: gateway.ModeChoose, Component: name, Wanted: gateway.ModeChoose, Reason: gateway.ReasonPolicy}}
}

func (c *cashier) Begin(_ context.Context, _ string, b gateway.Beginning) (gateway.Attempt, error) {
	c.log.add("begin " + b.Component)
	c.begun = append(c.begun, b)
	if c.overtaken {
		c.attempt, c.paid = attempt("green", nil), true
		c.attempt.State = gateway.AttemptSucceeded
	}
	if c.paid {
		return gateway.Attempt{}, order.Errorf(order.CodeConflict, "", "the order is paid already")
	}
	back := c.back
	if back == "" {
		back = backAddress
	}
	action := &component.Action{Redirect: &component.Redirect{Address: "http://wallet.localhost/pay"}}
	if c.act != nil {
		action = c.act(b.Component)
	}
	c.attempt = attempt(b.Component, action)
	c.attempt.ReturnAddress = back
	if c.unknown > 0 {
		c.unknown--
		c.attempt.State, c.attempt.Action = gateway.AttemptUnknown, nil
	}
	return *c.attempt, nil
}

func (c *cashier) Resume(_ context.Context, address string, _ component.Return) (gateway.Attempt, error) {
	c.log.add("resume")
	if address != backAddress {
		return gateway.Attempt{}, order.Errorf(order.CodeNotFound, "", "no attempt at %s", address)
	}
	switch {
	case c.busy > 0:
		c.busy--
		return gateway.Attempt{}, order.Errorf(order.CodeUnavailable, "", "restarting")
	case c.pending > 0:
		c.pending--
		if c.elsewhere--; c.elsewhere == 0 {
			c.won = attempt("green", nil)
			c.won.State = gateway.AttemptSucceeded
		}
	case c.attempt.Component == c.decline:
		c.attempt.State, c.attempt.Action, c.attempt.Reason = gateway.AttemptFailed, nil, "declined"
	default:
		c.attempt.State, c.attempt.Action, c.paid = gateway.AttemptSucceeded, nil, true
	}
	if c.answers != "" {
		c.attempt.ID = c.answers
	}
	return *c.attempt, nil
}

func (c *cashier) For(string) (order.Desk, error) { return nil, errNotHere }

func (c *cashier) Receive(context.Context, string, component.Notification) (component.Acknowledgement, error) {
	return component.Acknowledgement{}, errNotHere
}

package gatewayhttp

import (
	_ "embed"
	"html/template"
	"slices"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
)

//go:embed pages/payment.js
var script string

// stage is what the cashier shows.
type stage string

const (
	stagePaid     stage = "paid"
	stageCanceled stage = "canceled"
	stageExpired  stage = "expired"
	stageWait     stage = "wait"   // the provider has not decided
	stageAct      stage = "act"    // an attempt waits for its action
	stageCall     stage = "call"   // the instruction names a component
	stageChoose   stage = "choose" // the payer picks
	stageNone     stage = "none"   // nothing can pay the order
)

// cashier is what the template of the session is given.
type cashier struct {
	gateway.Session
	Stage   stage
	Called  *component.Offer  // by the instruction
	Picked  string            // name of the preselected offer
	Choices []component.Offer // without the called one, the preselected first
	Title   string            // of the latest attempt's component
	Failed  bool              // the latest attempt did
	Reason  string            // why it failed
	Act     actionView
	Form    string // where the offers' form goes
	Hidden  []web.Field
	Back    string // the merchant's page to return to
}

func newCashier(s gateway.Session, o gateway.Opening, address string, keys web.FormKey) *cashier {
	c := &cashier{Session: s, Form: address + "/attempts"}
	c.Hidden = hidden(o, keys.Mint(address), c.AnyScripted())
	if exchange.Origin(s.Order.ReturnAddress) != "" {
		c.Back = s.Order.ReturnAddress
	}
	c.Failed = s.Attempt != nil && s.Attempt.State == gateway.AttemptFailed
	c.arrange()
	c.follow()
	c.Stage = c.stage()
	return c
}

// hidden are the fields of the form that begins an attempt.
func hidden(o gateway.Opening, key string, scripted bool) []web.Field {
	fields := []web.Field{{Name: fieldKey, Value: key}}
	if scripted {
		fields = append(fields, web.Field{Name: fieldPerforms})
	}
	for _, f := range []web.Field{
		{Name: exchange.HeaderApp, Value: o.App.Kind}, {Name: exchange.HeaderComponent, Value: o.App.Component},
		{Name: exchange.HeaderDefault, Value: o.Default},
	} {
		if f.Value != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

// arrange puts the offers in the order in which they are shown. Once there was
// an attempt the payer chooses, whatever was instructed before; nothing is
// suggested while an attempt is under way, nor again what has failed.
func (c *cashier) arrange() {
	c.Choices = slices.Clone(c.Offers)
	i := slices.IndexFunc(c.Offers, func(o component.Offer) bool { return o.Name == c.Instruction.Component })
	tried := c.Attempt != nil
	if i < 0 || tried && (!c.Failed || c.Attempt.Component == c.Instruction.Component) {
		return
	}
	offer := c.Choices[i]
	c.Choices = slices.Delete(c.Choices, i, i+1)
	if c.Instruction.Mode != gateway.ModeChoose && !tried {
		c.Called = &offer
		return
	}
	c.Picked = offer.Name
	c.Choices = slices.Insert(c.Choices, 0, offer)
}

// follow says of the latest attempt what a payer can do about it. An action that
// cannot be shown is left out: the payer waits for its outcome then.
func (c *cashier) follow() {
	if c.Attempt == nil {
		return
	}
	c.Title = c.Attempt.Component
	for _, o := range c.Offers {
		if o.Name == c.Attempt.Component {
			c.Title = o.Title
		}
	}
	c.Reason = strings.NewReplacer("_", " ", "-", " ").Replace(c.Attempt.Reason)
	if c.Attempt.Action != nil {
		c.Act, _ = newActionView(*c.Attempt.Action)
	}
	if s := c.Act.Sheet; s != nil {
		s.Label, s.Currency, s.Value = c.MerchantName, c.Order.Total.Currency, c.Order.Total.Decimal()
		s.Return = c.Attempt.ReturnAddress
	}
	if b := c.Act.Bridge; b != nil {
		b.Return = c.Attempt.ReturnAddress
	}
}

// byScript reports a kind of action that takes a script.
func byScript(k component.ActionKind) bool {
	return k == component.ActionPaymentRequest || k == component.ActionBridge
}

// Scripted reports an offer that can be paid by the script alone.
func (c *cashier) Scripted(o component.Offer) bool {
	return !slices.ContainsFunc(o.Actions, func(k component.ActionKind) bool { return !byScript(k) })
}

// Sheet reports an offer that takes the browser's own payment sheet.
func (c *cashier) Sheet(o component.Offer) bool {
	return !slices.ContainsFunc(o.Actions, func(k component.ActionKind) bool { return k != component.ActionPaymentRequest })
}

// AnyScripted reports that the script could be of use for one of the offers.
func (c *cashier) AnyScripted() bool {
	return slices.ContainsFunc(c.Offers, func(o component.Offer) bool { return slices.ContainsFunc(o.Actions, byScript) })
}

func (c *cashier) stage() stage {
	switch c.State {
	case order.StatePaid:
		return stagePaid
	case order.StateCanceled:
		return stageCanceled
	case order.StateExpired:
		return stageExpired
	}
	trying := c.Attempt != nil && !c.Attempt.State.Final()
	switch {
	case trying && (c.Act.Link != "" || c.Act.Action != "" || c.Act.scripted()):
		return stageAct
	case trying || c.Attempt != nil && c.Attempt.State == gateway.AttemptSucceeded:
		return stageWait
	case c.Called != nil:
		return stageCall
	case len(c.Choices) > 0:
		return stageChoose
	}
	return stageNone
}

// page is the cashier for a person.
func (c *cashier) page() web.Page {
	p := web.Page{Template: "session.html", Title: "Pay " + c.MerchantName, Forms: []string{"'self'"}, Data: c}
	if c.Stage == stageAct {
		p.Forms = append(p.Forms, c.Act.forms()...)
	}
	// A payer who has approved and come back too early is shown the way to pay once
	// more: the page finds out by itself when the provider has decided.
	if c.Stage == stageWait || c.Stage == stageAct {
		p.Refresh = 5
	}
	if c.AnyScripted() || c.Act.scripted() {
		p.Script = template.JS(script)
	}
	if c.Stage == stageAct && c.Act.Sheet != nil {
		p.Connect = []string{"'self'", c.Act.Sheet.origin}
		p.Images = []string{c.Act.Sheet.origin} // Chromium loads the payment app's icon by the page's rules
	}
	if c.Stage == stageAct && c.Act.scripted() {
		p.Refresh = 0 // a page that is loaded again closes the payment sheet
	}
	if c.Stage == stageAct && c.Act.Bridge != nil {
		p.Connect = []string{"'self'"}
	}
	return p
}

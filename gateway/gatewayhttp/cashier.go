package gatewayhttp

import (
	"cmp"
	"strings"
	"time"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
)

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
	Is      map[string]bool
	Called  *way   // by the instruction
	Choices []way  // without the called one, the preselected first
	Title   string // of the latest attempt's component
	Failed  bool   // the latest attempt did
	Excess  bool   // the latest attempt has money that the order does not take
	Reason  string // why it failed
	Act     actionView
	Form    string // where the offers' form goes
	Hidden  []web.Field
	Back    string // the merchant's page to return to
	Left    int    // seconds until the order expires; 0 for one that is not waited for
	Trying  bool   // an attempt is under way
	Begins  bool   // nothing is under way, and the payer can begin
}

func (h *handler) newCashier(s gateway.Session, o gateway.Opening, address string, keys web.FormKey) *cashier {
	c := &cashier{Session: s, Form: address + "/attempts"}
	c.Hidden = hidden(o, keys.Mint(address), anyScripted(c.Offers))
	if exchange.Origin(s.Order.ReturnAddress) != "" {
		c.Back = s.Order.ReturnAddress
	}
	c.Failed = s.Attempt != nil && s.Attempt.State == gateway.AttemptFailed
	c.Excess = s.Attempt != nil && s.Attempt.Excess
	c.arrange(h.site.Picture)
	c.follow()
	c.Stage = c.stage()
	c.Is = map[string]bool{string(c.Stage): true}
	c.Trying, c.Begins = c.Stage == stageWait || c.Stage == stageAct, c.Stage == stageChoose || c.Stage == stageCall
	if left := c.Order.Expires.Sub(h.now()); c.State == order.StateOpen && left > 0 && left < time.Hour {
		c.Left = int((left + time.Second - 1) / time.Second)
	}
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

// follow says of the latest attempt what a payer can do about it. An action that
// cannot be shown is left out: the payer waits for its outcome then.
func (c *cashier) follow() {
	if c.Attempt == nil {
		return
	}
	c.Title = cmp.Or(c.Attempt.Title, c.title(c.Attempt.Component))
	c.Reason = strings.Map(spaced, c.Attempt.Reason)
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

// PaidWith is the component that the order was paid with, as a person knows it.
func (c *cashier) PaidWith() string {
	if c.Attempt != nil && c.Attempt.Component == c.Payment.Component {
		return c.Title
	}
	return c.title(c.Payment.Component)
}

// title is what a person knows a component by; its name if it is offered no more.
func (c *cashier) title(name string) string {
	for _, o := range c.Offers {
		if o.Name == name {
			return o.Title
		}
	}
	return name
}

// spaced makes the words of a reason such as insufficient_funds.
func spaced(r rune) rune {
	if r == '_' || r == '-' {
		return ' '
	}
	return r
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
	case trying && (c.Act.Link != "" || c.Act.Action != "" || c.Act.Scripted()):
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
	p := web.Page{Template: "session.html", Title: "Pay %s", Named: c.MerchantName, Forms: []string{"'self'"}, Left: c.Left, Data: c}
	p.State = string(c.State)
	if c.Attempt != nil {
		p.State += " " + c.Attempt.ID + " " + string(c.Attempt.State)
	}
	if c.Stage == stageAct {
		p.Forms = append(p.Forms, c.Act.forms()...)
	}
	// A payer who has approved and come back too early is shown the way to pay once
	// more: the page finds out by itself when the provider has decided. But a page that
	// is loaded again closes the payment sheet.
	if c.Stage == stageWait || c.Stage == stageAct && !c.Act.Scripted() {
		p.Refresh = 5
	}
	if c.Stage == stageAct && c.Act.Scripted() {
		p.Left = 0
	}
	if c.Stage == stageAct && c.Act.Sheet != nil {
		p.Connect = []string{c.Act.Sheet.origin}
		p.Images = []string{c.Act.Sheet.origin} // Chromium loads the payment app's icon by the page's rules
	}
	return p
}

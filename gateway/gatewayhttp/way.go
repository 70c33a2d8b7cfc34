package gatewayhttp

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
)

// way is an offer as the cashier shows it.
type way struct {
	Name, Title string
	Icon        string // address of its picture; "" for none
	Initial     string // in the place of a picture
	Picked      bool   // it is the preselected one
	Why         string // it is called or preselected, as a text of the pages; "" where that needs no word
	Sheet       bool   // it takes the browser's own payment sheet
	Bridge      bool   // it takes scripts, or the script object of an app
}

func newWay(o component.Offer, icon func(...string) string) way {
	first, _ := utf8.DecodeRuneInString(o.Title)
	w := way{Name: o.Name, Title: o.Title, Icon: icon(o.Name, o.Kind), Initial: string(unicode.ToUpper(first))}
	if !slices.ContainsFunc(o.Actions, func(k component.ActionKind) bool { return !byScript(k) }) {
		w.Bridge = slices.Contains(o.Actions, component.ActionBridge)
		w.Sheet = !w.Bridge
	}
	return w
}

// byScript reports a kind of action that takes a script.
func byScript(k component.ActionKind) bool {
	return k == component.ActionPaymentRequest || k == component.ActionBridge
}

// anyScripted reports that the script could be of use for one of the offers.
func anyScripted(offers []component.Offer) bool {
	return slices.ContainsFunc(offers, func(o component.Offer) bool { return slices.ContainsFunc(o.Actions, byScript) })
}

// arrange puts the offers in the order in which they are shown. Once there was
// an attempt the payer chooses, whatever was instructed before; nothing is
// suggested while an attempt is under way, nor again what has failed.
func (c *cashier) arrange(icon func(...string) string) {
	for _, o := range c.Offers {
		c.Choices = append(c.Choices, newWay(o, icon))
	}
	i := slices.IndexFunc(c.Offers, func(o component.Offer) bool { return o.Name == c.Instruction.Component })
	tried := c.Attempt != nil
	if i < 0 || tried && (!c.Failed || c.Attempt.Component == c.Instruction.Component) {
		return
	}
	named := c.Choices[i]
	named.Why = why(c.Instruction)
	c.Choices = slices.Delete(c.Choices, i, i+1)
	if c.Instruction.Mode != gateway.ModeChoose && !tried {
		c.Called = &named
		return
	}
	named.Picked = true
	c.Choices = slices.Insert(c.Choices, 0, named)
}

// why says for what reason a component is called or suggested.
func why(i gateway.Instruction) string {
	switch {
	case i.Reason != gateway.ReasonPolicy:
		return ""
	case i.Mode == gateway.ModeApp:
		return "It belongs to the app that you scanned with."
	case i.Mode == gateway.ModeTerminal:
		return "It is the one that your device prefers."
	}
	return ""
}

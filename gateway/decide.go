package gateway

import (
	"slices"
	"time"

	"github.com/anyscan/anyscan/order"
)

// A Question is all that a decision depends on besides the [Policy].
type Question struct {
	Amount   order.Money `json:"amount"`
	Acquirer string      `json:"acquirer"`
	Merchant string      `json:"merchant"`
	Opening  Opening     `json:"opening"`
	At       time.Time   `json:"at"`
	// Candidates are the components that can pay, in the registry's order.
	Candidates []Candidate `json:"candidates"`
}

// A Candidate is a component that can pay.
type Candidate struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Aside bool   `json:"aside,omitempty"` // it kept failing, and is set aside for now
}

// A Decision is what a policy says to a question.
type Decision struct {
	// Offers names the components to show, in this order. One that is set aside is not
	// among them unless all are.
	Offers      []string    `json:"offers"`
	Instruction Instruction `json:"instruction"`
	// Permitted are all that may be used: one that was set aside after a payer saw it
	// may still be tried.
	Permitted []string `json:"permitted"`
}

// A DecisionRecord is a decision about an attempt with all that it came from: the same
// policy says the same to the same question at any time.
type DecisionRecord struct {
	Policy   Policy      `json:"policy"`
	Question Question    `json:"question"`
	Decision Decision    `json:"decision"`
	Chosen   Instruction `json:"chosen"` // how the attempt's component came to be used: the instruction, unless the payer picked another
}

// Decide answers a question. A target that is absent, not offered or set aside falls
// back to [ModeChoose], with the reason.
func (p Policy) Decide(q Question) Decision {
	r := p.rule(q)
	permitted := r.permits(q.Candidates)
	shown := slices.DeleteFunc(slices.Clone(permitted), func(c Candidate) bool { return c.Aside })
	if len(shown) == 0 {
		shown = permitted // better than none
	}
	return Decision{Offers: names(shown), Permitted: names(permitted), Instruction: r.instruct(shown, permitted, q.Opening)}
}

// rule is the first that applies, with the policy's mode and default where it has none.
func (p Policy) rule(q Question) Rule {
	var r Rule
	if i := slices.IndexFunc(p.Rules, func(r Rule) bool { return r.When.fits(q) }); i >= 0 {
		r = p.Rules[i]
	}
	if r.Mode == "" {
		r.Mode = p.Mode
	}
	if r.Mode == "" {
		r.Mode = ModeChoose
	}
	if r.Default == "" {
		r.Default = p.Default
	}
	return r
}

func (r Rule) permits(all []Candidate) []Candidate {
	if len(r.Offer) == 0 {
		return slices.Clone(all)
	}
	var some []Candidate
	for _, name := range r.Offer {
		if i := slices.IndexFunc(all, func(c Candidate) bool { return c.Name == name }); i >= 0 {
			some = append(some, all[i])
		}
	}
	return some
}

func names(candidates []Candidate) []string {
	all := make([]string, 0, len(candidates))
	for _, c := range candidates {
		all = append(all, c.Name)
	}
	return all
}

func (r Rule) instruct(shown, permitted []Candidate, o Opening) Instruction {
	var target string
	switch r.Mode {
	case ModeApp:
		target = o.App.Component
	case ModeGateway:
		target = r.Default
	case ModeTerminal:
		target = o.Default
	default:
		return Instruction{ModeChoose, r.preselect(shown, o), ModeChoose, ReasonPolicy, r.Name}
	}
	if name, ok := match(shown, target); ok {
		return Instruction{r.Mode, name, r.Mode, ReasonPolicy, r.Name}
	}
	reason := ReasonNotOffered
	if _, ok := match(permitted, target); ok {
		reason = ReasonAside
	} else if target == "" {
		reason = ReasonNotNamed
	}
	return Instruction{ModeChoose, r.preselect(shown, o), r.Mode, reason, r.Name}
}

// preselect prefers what the payer's own device says over the gateway's wish.
func (r Rule) preselect(shown []Candidate, o Opening) string {
	for _, target := range []string{o.App.Component, o.Default, r.Default} {
		if name, ok := match(shown, target); ok {
			return name
		}
	}
	return ""
}

// match finds a component by its name, or else the first of that kind: an app knows
// which wallet it carries, not what a gateway calls it.
func match(all []Candidate, target string) (name string, ok bool) {
	if target == "" {
		return "", false
	}
	i := slices.IndexFunc(all, func(c Candidate) bool { return c.Name == target })
	if i < 0 {
		i = slices.IndexFunc(all, func(c Candidate) bool { return c.Kind == target })
	}
	if i < 0 {
		return "", false
	}
	return all[i].Name, true
}

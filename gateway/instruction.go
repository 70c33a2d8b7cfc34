package gateway

import (
	"fmt"
	"slices"

	"github.com/anyscan/anyscan/component"
)

// Mode says who determines the payment component.
type Mode string

// The specification's four ways.
const (
	ModeChoose   Mode = "choose"   // the payer picks among the offers (claim 1)
	ModeApp      Mode = "app"      // the component that comes with the scanning app
	ModeGateway  Mode = "gateway"  // the gateway's default (claim 3)
	ModeTerminal Mode = "terminal" // the terminal's default (claim 4)
)

// ParseMode reads a mode by its name.
func ParseMode(s string) (Mode, error) {
	switch m := Mode(s); m {
	case ModeChoose, ModeApp, ModeGateway, ModeTerminal:
		return m, nil
	}
	return "", fmt.Errorf("gateway: mode %.40q: want choose, app, gateway or terminal", s)
}

// Reason says why an [Instruction] is as it is.
type Reason string

// The reasons.
const (
	ReasonPolicy     Reason = "policy"      // the gateway's policy says so
	ReasonNotNamed   Reason = "not_named"   // the target of the policy's mode was not named
	ReasonNotOffered Reason = "not_offered" // it was named, but is not among the offers
	ReasonPayer      Reason = "payer"       // the payer picked another one; only on attempts
)

// Instruction is what the gateway tells the terminal to do with the offers
// ("used to instruct to call" one payment component, or show the options). The
// payer can always go back to the offers.
type Instruction struct {
	Mode Mode `json:"mode"`
	// Component is the one to call. In mode choose it is the one to show as
	// preselected, if any.
	Component string `json:"component,omitempty"`
	// Wanted is the policy's mode; it differs from Mode where the policy's
	// target was absent and the payer has to choose.
	Wanted Mode   `json:"wanted"`
	Reason Reason `json:"reason"`
}

// Policy is how a gateway determines the payment component.
type Policy struct {
	Mode    Mode   // "" means ModeChoose
	Default string // name of the gateway's default component; "" means none
}

// Instruct applies the policy to the offers of one order and to what a terminal
// said of itself. A target that is absent or not offered falls back to
// [ModeChoose], with the reason.
func (p Policy) Instruct(offers []component.Offer, o Opening) Instruction {
	var target string
	switch p.Mode {
	case ModeApp:
		target = o.App.Component
	case ModeGateway:
		target = p.Default
	case ModeTerminal:
		target = o.Default
	default:
		return Instruction{ModeChoose, p.preselect(offers, o), ModeChoose, ReasonPolicy}
	}
	name, ok := match(offers, target)
	switch {
	case ok:
		return Instruction{p.Mode, name, p.Mode, ReasonPolicy}
	case target == "":
		return Instruction{ModeChoose, p.preselect(offers, o), p.Mode, ReasonNotNamed}
	}
	return Instruction{ModeChoose, p.preselect(offers, o), p.Mode, ReasonNotOffered}
}

// preselect prefers what the payer's own device says over the gateway's wish.
func (p Policy) preselect(offers []component.Offer, o Opening) string {
	for _, target := range []string{o.App.Component, o.Default, p.Default} {
		if name, ok := match(offers, target); ok {
			return name
		}
	}
	return ""
}

// match finds an offer by its name, or else the first of that kind: an app knows
// which wallet it carries, not what a gateway calls it.
func match(offers []component.Offer, target string) (name string, ok bool) {
	if target == "" {
		return "", false
	}
	i := slices.IndexFunc(offers, func(o component.Offer) bool { return o.Name == target })
	if i < 0 {
		i = slices.IndexFunc(offers, func(o component.Offer) bool { return o.Kind == target })
	}
	if i < 0 {
		return "", false
	}
	return offers[i].Name, true
}

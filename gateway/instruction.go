package gateway

import "fmt"

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
	ReasonAside      Reason = "set_aside"   // it was named, but keeps failing and is set aside for now
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
	// Rule is the name of the policy's rule that was applied; "" for none.
	Rule string `json:"rule,omitempty"`
}

package gateway_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway"
)

func candidates() []gateway.Candidate {
	return []gateway.Candidate{{Name: "xbao-cn", Kind: "xbao"}, {Name: "xbao-eu", Kind: "xbao"}, {Name: "xtong", Kind: "xtong"}}
}

func TestInstructionObeysThePolicyOrSaysWhyNot(t *testing.T) {
	none := gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}
	app := gateway.Opening{App: gateway.ScanningApp{Kind: "xbao", Component: "xbao"}}
	terminal := gateway.Opening{Default: "xtong"}
	both := gateway.Opening{App: gateway.ScanningApp{Component: "xbao-eu"}, Default: "xtong"}
	for name, c := range map[string]struct {
		policy  gateway.Policy
		opening gateway.Opening
		want    gateway.Instruction
	}{
		"zero policy lets the payer choose": {gateway.Policy{}, none, gateway.Instruction{"choose", "", "choose", "policy", ""}},
		"choose preselects the app's own":   {gateway.Policy{Mode: "choose", Default: "xbao-cn"}, both, gateway.Instruction{"choose", "xbao-eu", "choose", "policy", ""}},
		"choose preselects the terminal's":  {gateway.Policy{Mode: "choose", Default: "xbao-cn"}, terminal, gateway.Instruction{"choose", "xtong", "choose", "policy", ""}},
		"choose preselects the gateway's":   {gateway.Policy{Mode: "choose", Default: "xbao-cn"}, none, gateway.Instruction{"choose", "xbao-cn", "choose", "policy", ""}},
		"app by kind takes the first":       {gateway.Policy{Mode: "app"}, app, gateway.Instruction{"app", "xbao-cn", "app", "policy", ""}},
		"app by name":                       {gateway.Policy{Mode: "app"}, both, gateway.Instruction{"app", "xbao-eu", "app", "policy", ""}},
		"app without a component":           {gateway.Policy{Mode: "app", Default: "xtong"}, none, gateway.Instruction{"choose", "xtong", "app", "not_named", ""}},
		"app's component is not offered":    {gateway.Policy{Mode: "app"}, gateway.Opening{App: gateway.ScanningApp{Component: "other"}}, gateway.Instruction{"choose", "", "app", "not_offered", ""}},
		"gateway":                           {gateway.Policy{Mode: "gateway", Default: "xtong"}, app, gateway.Instruction{"gateway", "xtong", "gateway", "policy", ""}},
		"gateway's default is not offered":  {gateway.Policy{Mode: "gateway", Default: "gone"}, terminal, gateway.Instruction{"choose", "xtong", "gateway", "not_offered", ""}},
		"terminal":                          {gateway.Policy{Mode: "terminal"}, both, gateway.Instruction{"terminal", "xtong", "terminal", "policy", ""}},
		"terminal without a default":        {gateway.Policy{Mode: "terminal"}, none, gateway.Instruction{"choose", "", "terminal", "not_named", ""}},
		"terminal's default is not offered": {gateway.Policy{Mode: "terminal"}, gateway.Opening{Default: "gone"}, gateway.Instruction{"choose", "", "terminal", "not_offered", ""}},
	} {
		if diff := cmp.Diff(c.want, c.policy.Decide(gateway.Question{Opening: c.opening, Candidates: candidates()}).Instruction); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFinalAttempts(t *testing.T) {
	for state, final := range map[gateway.AttemptState]bool{
		gateway.AttemptBegun: false, gateway.AttemptInvoked: false, gateway.AttemptPending: false, gateway.AttemptUnknown: false,
		gateway.AttemptSucceeded: true, gateway.AttemptFailed: true,
	} {
		if state.Final() != final {
			t.Errorf("%s.Final() = %v", state, state.Final())
		}
	}
}

func ExamplePolicy_Decide() {
	policy := gateway.Policy{Mode: gateway.ModeApp, Default: "xtong"}
	wallet := gateway.Opening{App: gateway.ScanningApp{Kind: "xbao", Component: "xbao"}}
	camera := gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}
	fmt.Printf("%+v\n", policy.Decide(gateway.Question{Opening: wallet, Candidates: candidates()}).Instruction)
	fmt.Printf("%+v\n", policy.Decide(gateway.Question{Opening: camera, Candidates: candidates()}).Instruction)
	// Output:
	// {Mode:app Component:xbao-cn Wanted:app Reason:policy Rule:}
	// {Mode:choose Component:xtong Wanted:app Reason:not_named Rule:}
}

func ExampleParseMode() {
	mode, err := gateway.ParseMode("terminal")
	fmt.Println(mode, err)
	_, err = gateway.ParseMode("auto")
	fmt.Println(err)
	// Output:
	// terminal <nil>
	// gateway: mode "auto": want choose, app, gateway or terminal
}

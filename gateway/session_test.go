package gateway_test

import (
	"fmt"
	"testing"

	"github.com/anyscan/anyscan/gateway"
)

// All that can become of an attempt.
func ExampleAttemptTransitions() {
	for _, t := range gateway.AttemptTransitions() {
		fmt.Printf("%-7s → %-9s  %s\n", t.From, t.To, t.By)
	}
	// Output:
	//         → begun      begin
	// begun   → invoked    begin: the component answers with an action
	// begun   → pending    begin: the component answers without an action
	// begun   → unknown    begin: the component could not tell
	// begun   → succeeded  settle
	// begun   → failed     settle
	// unknown → invoked    begin again, resume
	// unknown → pending    begin again, resume, settle
	// unknown → succeeded  settle
	// unknown → failed     settle
	// invoked → succeeded  settle
	// invoked → failed     settle
	// pending → invoked    resume: one more action
	// pending → unknown    resume: the component could not tell
	// pending → succeeded  settle
	// pending → failed     settle
}

// A final state has no way out, and every other one has a way to each end.
func TestAttemptTransitions(t *testing.T) {
	for _, step := range gateway.AttemptTransitions() {
		if step.From.Final() || step.To == step.From || step.To == "" {
			t.Errorf("%q may become %q", step.From, step.To)
		}
		if s := step.From; s != "" && (!s.CanBecome(gateway.AttemptFailed) || !s.CanBecome(gateway.AttemptSucceeded) || !s.CanBecome(s)) {
			t.Errorf("%q can be left without an end", s)
		}
	}
	if gateway.AttemptFailed.CanBecome(gateway.AttemptSucceeded) || gateway.AttemptInvoked.CanBecome(gateway.AttemptBegun) {
		t.Error("a step that is not in the table is taken for legal")
	}
}

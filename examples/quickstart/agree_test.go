package main

import (
	"bytes"
	"strings"
	"testing"
)

// A program that reads -json gets JSON alone while a person is asked.
func TestThePromptIsNotInTheOutput(t *testing.T) {
	var out, stderr bytes.Buffer
	status := run(t.Context(), []string{"-json", "-dir", t.TempDir()}, strings.NewReader("amber\n"), &out, &stderr)
	if status != 0 || !strings.Contains(stderr.String(), "Pay with") {
		t.Errorf("status %d, the prompt is missing in %q", status, stderr.String())
	}
	for _, l := range lines(t, out.String()) {
		if l.Step == "choose" && l.Detail != "amber, by the payer" {
			t.Errorf("chosen was %q", l.Detail)
		}
	}
}

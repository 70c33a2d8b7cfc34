package scantest_test

import (
	"testing"

	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scantest"
)

// newTerminal makes a terminal that calls both servers as Go values; put yours
// in its place.
func newTerminal(t *testing.T, s scantest.Setup) scan.Terminal {
	terminal, err := scan.New(scan.Peers{Codes: s.Codes, Gateways: s.Gateways, Storefront: s.First, Cashier: s.Second, Host: s.Host}, &s.Options)
	if err != nil {
		t.Fatal(err)
	}
	return terminal
}

// The body of a test of yours. TestTerminalKit of package scan runs it.
func ExampleRun() {
	testTerminal := func(t *testing.T) { scantest.Run(t, newTerminal) }
	_ = testing.InternalTest{Name: "TestTerminal", F: testTerminal}
	// Output:
}

package verify_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/anyscan/anyscan/verify"
)

// Of the addresses browsers are tested with, none that the door accepts goes
// to another host in a browser.
func TestBrowserAddresses(t *testing.T) {
	raw, err := os.ReadFile("../../shared/data/url/urltestdata.json")
	if err != nil {
		if os.Getenv("ANYSCAN_FULL") == "1" {
			t.Fatal(err)
		}
		t.Skip("the web-platform-tests are not here:", err)
	}
	var cases []json.RawMessage
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	accepted := 0
	for _, c := range cases {
		accepted += checkBrowserAddress(t, c)
	}
	t.Logf("%d entries, %d accepted", len(cases), accepted)
	if len(cases) < 800 || accepted == 0 {
		t.Error("too few to mean anything")
	}
}

func checkBrowserAddress(t *testing.T, raw json.RawMessage) (accepted int) {
	t.Helper()
	var c struct {
		Input, Hostname string
		Failure         bool
	}
	if raw[0] != '{' { // comments are plain strings
		return 0
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	for _, o := range []*verify.Options{nil, development()} {
		a, err := verify.Parse(c.Input, o)
		if err != nil {
			continue
		}
		accepted++
		if c.Failure || a.Host() != c.Hostname {
			t.Errorf("%q: a browser goes to %q (failure: %t), we to %q", c.Input, c.Hostname, c.Failure, a.Host())
		}
	}
	return accepted
}

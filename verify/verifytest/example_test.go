package verifytest_test

import (
	"testing"

	"github.com/anyscan/anyscan/verify"
	"github.com/anyscan/anyscan/verify/verifytest"
)

// The body of a test of yours; put your verifier in the place of Hosts.
func ExampleRun() {
	testVerifier := func(t *testing.T) {
		verifytest.Run(t, func(t *testing.T) verifytest.Subject {
			v, err := verify.Hosts([]string{"pay.example"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			return verifytest.Subject{
				Verifier: v,
				Legal:    []string{"https://pay.example/shop?counter=7"},
				Illegal:  []string{"https://evil.example/shop?counter=7"},
			}
		})
	}
	_ = testing.InternalTest{Name: "TestVerifier", F: testVerifier}
	// Output:
}

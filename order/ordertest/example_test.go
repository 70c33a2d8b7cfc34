package ordertest_test

import (
	"testing"

	"github.com/anyscan/anyscan/order/ordertest"
)

// The body of a test of yours; put your server in the place of sound.
func ExampleRun() {
	testServer := func(t *testing.T) { ordertest.Run(t, sound) }
	_ = testing.InternalTest{Name: "TestServer", F: testServer}
	// Output:
}

package acquirer_test

import (
	"fmt"

	"github.com/anyscan/anyscan/order/acquirer"
)

// Each entry of an order's history has a hash over these.
func ExampleAuditLog() {
	fmt.Println(acquirer.AuditLog().Content)
	// Output:
	// [at actor what from_state to_state version why]
}

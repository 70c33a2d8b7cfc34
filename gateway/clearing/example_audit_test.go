package clearing_test

import (
	"fmt"

	"github.com/anyscan/anyscan/gateway/clearing"
)

// Each entry of an order's history has a hash over these.
func ExampleAuditLog() {
	fmt.Println(clearing.AuditLog().Content)
	// Output:
	// [at actor what from_state to_state why]
}

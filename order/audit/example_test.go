package audit_test

import (
	"fmt"

	"github.com/anyscan/anyscan/order/audit"
)

// A program that is not written in Go hashes an entry like this, by hand.
func ExampleLog_Entry() {
	l := audit.Log{Name: "acquirer"}
	fmt.Println(l.Entry(audit.First(0), "06b3v7k2m1q8r5t9u0a4c6e2fo", 1, "1795424400000000", "terminal", "order", "", "placing", "0", "confirmed"))
	// printf '%s' '31:anyscan acquirer audit entry v1,1:0,26:06b3v7k2m1q8r5t9u0a4c6e2fo,1:1,16:1795424400000000,8:terminal,5:order,0:,7:placing,1:0,9:confirmed,' | sha256sum
	// Output:
	// 35e08c7e48bebe1f6065e9b37e918a523a7df3ca9b31e9fba5f2155704ac82d3
}

// Before the first entry of a chain stands how many entries have none.
func ExampleFirst() {
	fmt.Println(audit.First(0), audit.First(12))
	// Output:
	// 0 12
}

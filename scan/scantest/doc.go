// Package scantest is the specification of [scan.Terminal] as tests: whoever
// wraps a terminal, or builds another way for it to reach the servers, runs
// [Run] against it.
//
// Both servers are scripted: they are the kit's instruments, which record what
// a terminal asks of them and can misbehave on request. Real servers are held
// to ordertest and gatewaytest.
//
// # Errors
//
// Each check is a subtest that prints the sentence of the contract that it
// enforces.
//
// # Concurrency
//
// Every subtest gets a terminal of its own; the instruments are safe for
// concurrent use.
//
// # Security
//
// The kit's addresses are on *.localhost over http, accepted by a development
// policy. Never give that policy to a terminal that is shipped.
package scantest

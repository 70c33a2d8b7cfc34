// Package gatewaytest is the specification of [gateway.SecondServer] as tests:
// each subtest is named by the sentence of the contract that it holds an
// implementation to, and gets a server of its own.
//
// Who uses it: whoever implements the gateway, or a transport through which
// one is reached. The kit brings what a gateway stands between, as instruments:
// acquirers that record what they are told, a [Wallet] whose provider does what
// the check says, and a clock.
//
// One test is enough: it calls [Run] with a function that makes a server of a
// [Setup]. TestSecondServer of package clearing is the model.
//
//	check ──▶ Subject.Server: For, Open, Begin, Resume, Receive   (you are here)
//	              │ component.Component          │ order.Notifier
//	              ▼                              ▼
//	           Wallet                         inbox
//
// # Errors
//
// Checks look at the code of an error alone, since that is what crosses every
// transport.
//
// # Concurrency
//
// Checks run beside each other, each with a server of its own; within a check
// many goroutines may call the server at once.
//
// # Security
//
// The wallet's seal is a constant: it stands in for a signature and must never
// be configured outside a test.
package gatewaytest

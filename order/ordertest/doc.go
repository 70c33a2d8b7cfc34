// Package ordertest is the specification of [order.FirstServer] as tests: each
// subtest is named by the sentence of the contract that it holds an
// implementation to, and gets a server of its own.
//
// Who uses it: whoever implements an acquirer, or a transport through which one
// is reached. The kit brings the clearing institution that the acquirer places
// its orders at, as an instrument: it keeps the contract of [order.Clearing],
// counts what it is told, and, where a check says so, fails before it acted,
// loses its answer after it acted, refuses, or hangs.
//
//	func TestAcquirer(t *testing.T) {
//		ordertest.Run(t, func(t *testing.T, c order.Clearing) ordertest.Subject {
//			server := … // places its orders at c
//			return ordertest.Subject{Server: server, Fixed: …, Entered: …, Shop: …}
//		})
//	}
//
//	check ──▶ Subject.Server: Page, Review, Confirm, Notify, Result   (you are here)
//	              │ order.Clearing
//	              ▼
//	           clearing
//
// # Errors
//
// Checks look at the code of an error alone, since that is what crosses every
// transport.
//
// # Concurrency
//
// Checks run one after another; within a check many goroutines may call the
// server at once.
//
// # Security
//
// The instrument takes every order and believes every caller. It must never be
// configured outside a test.
package ordertest

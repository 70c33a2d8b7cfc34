// Package componenttest holds a payment component to its contract: package
// component says what one must do, this package checks it.
//
// Who imports it: tests of components, ours and those of others. A component's
// conformance test is one call:
//
//	componenttest.Run(t, newHarness)
//
//	test → Run ─▶ newHarness ─▶ Harness{Component, …} ─▶ component → provider
//	         (you are here: each check gets a harness of its own)
//
// The provider behind the component may be the real one's test system, or a
// simulation; [Harness] says what the kit needs of it.
//
// # Errors
//
// A check that fails reports what it saw and the sentence of the contract that
// it enforces.
//
// # Concurrency
//
// Checks run one after the other; one of them calls the component from many
// goroutines, so run the test with -race.
//
// # Security
//
// The kit changes genuine notifications in every byte and expects each to be
// refused, or to prove just the same, and looks for secrets in what leaves the
// component. It cannot find out everything: that a provider's answers are
// authenticated has to be reviewed.
package componenttest

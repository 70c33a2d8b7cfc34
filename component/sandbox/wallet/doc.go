// Package wallet is the sandbox's paying app: what a payer has on the device.
//
// Who imports it: super-apps, which register an [App] as the paying app of the
// sandbox component, and tests, in which it stands in for the app or for a
// person at a browser. It holds neither the wallet company's server nor its
// pages; those are in package sandbox.
//
//	gateway → terminal             wallet.App              wallet company
//	  │ Action ───────────────────────▶│ GET the page ────────▶│ payment, buttons
//	  │                                │ ask the payer         │
//	  │                                │ POST the button ─────▶│ decided
//	  │◀─────────────── Return (hint) ─│◀──────────── query ───│
//	                          (you are here)
//
// # Errors
//
// What the company refuses is an *order.Error: a payment that was already
// decided, that expired, or that it never heard of. What the payer's callback
// returns is returned as it is.
//
// # Concurrency
//
// An App is safe for concurrent use; its callback may be called by several
// payments at once.
//
// # Security
//
// An App opens the pages of its own company only, whatever address an action
// carries. What it returns is a hint: the gateway asks the company.
package wallet

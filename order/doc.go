// Package order is the vocabulary that every role of a payment shares: money,
// identifiers, states, the messages that cross between terminal, acquirer and
// clearing institution, the error they speak, and the interfaces of the halves
// that one peer may call on another. It depends on the standard library alone.
//
// Who imports it: everyone. Acquirer backends, super-apps, clearing
// institutions and authors of payment components all exchange these types.
//
// The flow, and where its messages are defined:
//
//	terminal                      acquirer                        clearing institution
//	  │ Storefront.Page ────────────▶│ Page                           │
//	  │ Storefront.Review ──────────▶│ Page (order information)       │
//	  │ Storefront.Confirm ─────────▶│ Confirmation → Order           │
//	  │                              │ Clearing.Place ───────────────▶│ Order
//	  │                              │◀───────────────────── Placement│
//	  │◀─────────────────── PageJump │                                │
//	  │   …the payment itself is spoken in package gateway…           │
//	  │                              │◀──────────── Notifier.Notify   │ Status
//	  │                              │ Clearing.Query ───────────────▶│ Status
//	  │                              │ Refunder.Refund ──────────────▶│ RefundRequest → Status
//	  │                              │ Issuer.Issue, Revoke ─────────▶│ IssueRequest, IssuedCode
//	                       (you are here: every message named above)
//
// # Errors
//
// [Error] is the only error that crosses a transport. Programs act on its
// [Code], never on its text. What caused an error inside a server stays in
// that process: [Error.Err] is for errors.Is, errors.As and the log, and is
// never sent.
//
// # Concurrency
//
// Messages are plain values. They are safe to share as long as nobody writes
// to them, and their slices are never modified by this module after they were
// handed over.
//
// # Security
//
// Money is counted in int64 minor units and never in floating point. Every
// message that carries text or money from one party to another has a Validate
// method that bounds it before it is shown, stored or sent on; it returns all
// problems at once, each with its path.
package order

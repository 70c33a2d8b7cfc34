// Package gateway is what the peers of the unified payment gateway say to it:
// the terminal's session, the instruction which component to call, the attempts
// to pay, and the interfaces of the gateway's halves.
//
// Who imports it: terminals and super-apps (they call [Cashier]), clearing
// institutions (they run clearing.Server, which implements [SecondServer]), and
// transports.
//
//	terminal                                 gateway
//	  │ Open the gateway address, naming the    │
//	  │ scanning app and the terminal's default▶│ Session: order, offers, Instruction
//	  │ the instruction names a component, or   │
//	  │ the payer picks one                     │
//	  │ Begin ─────────────────────────────────▶│ Attempt with an Action
//	  │ perform the action                      │
//	  │ Resume ────────────────────────────────▶│ Attempt: pending, succeeded or failed
//	  │ Open again ────────────────────────────▶│ Session: paid, or open for another try
//	  │                     provider ──────────▶│ Receive
//	             (you are here: Open, Begin, Resume, Receive)
//
// # Errors
//
// Every error is an *order.Error. [order.CodeNotOffered] names a component that
// is not among the order's offers, [order.CodeConflict] an order that is no
// longer open, [order.CodeExpired] one that is past its time.
//
// # Concurrency
//
// Implementations of the interfaces are safe for concurrent use; messages are
// plain values.
//
// # Security
//
// A gateway address is a capability: who has it may read this order's session
// and try to pay it, and nothing else. Opening it changes nothing. Coming back
// from a provider is a hint that makes the gateway ask; only a component's
// verified evidence makes an order paid.
package gateway

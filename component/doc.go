// Package component is the contract of a payment component: a wallet or other
// way to pay that is plugged into the unified payment gateway.
//
// Who imports it: authors of components, who implement [Component]; clearing
// institutions, who put configured components into a [Registry]; terminals,
// which read [Offer] and perform [Action].
//
// A component lives on the gateway's side. It holds the operator's settings and
// secrets, talks to one provider, and tells the gateway two things only: what
// the terminal has to do next ([Action]), and what the provider says happened
// ([Evidence]).
//
//	terminal                     gateway                      component → provider
//	  │ session ───────────────────▶│ Registry.Offers              │
//	  │◀──────────── offers         │                              │
//	  │ begin ─────────────────────▶│ Component.Begin ────────────▶│ make the payment there
//	  │◀──────────── action         │◀──────── Progress{Action} ───│
//	  │ perform the action …        │                              │
//	  │ come back ─────────────────▶│ Component.Resume ───────────▶│ ask what became of it
//	  │                             │◀────── Progress{Evidence} ───│
//	  │                             │ Receiver.Receive ◀───────────│ the provider notifies
//	                            (you are here: Begin, Resume, Receive)
//
// Two more abilities serve what comes after: [Canceler] closes a payment that
// nobody wants any more, [Refunder] gives money back.
//
// # Errors
//
// A component that knows that a payment failed says so with [Evidence]. An
// error means that it does not know: the gateway marks the attempt unknown and
// asks again through [Querier].
//
// # Concurrency
//
// A Component is called from many goroutines at once. A Registry does not
// change after it was made.
//
// # Security
//
// What a browser or terminal brings back is a hint, never evidence: Resume asks
// the provider or checks the provider's signature before it returns Evidence.
// The gateway compares the evidence's attempt, amount and currency with its own
// record and refuses what differs. A component that is not in the registry
// cannot be reached.
package component

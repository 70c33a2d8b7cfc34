// Package scan is the terminal: it reads a merchant's code, checks that the
// address in it is legal before anything opens, takes the payer through the
// merchant page, and pays at the unified payment gateway with the component
// that the gateway instructs or the payer picks.
//
// Who imports it: super-apps and payment terminals written in Go. A terminal
// has a scanning app, a browser and installed paying apps, each of which may be
// absent: the app that scans need not be able to pay (claim 1).
//
//	terminal (you are here)       acquirer                     gateway
//	  │ scan     decode the code     │                            │
//	  │ verify   is it legal?        │                            │
//	  │          no address: named   │                            │
//	  │ page ───────────────────────▶│                            │
//	  │ select   in a shop, goods ──▶│ order information page     │
//	  │ confirm  ask the payer       │                            │
//	  │ order ──────────────────────▶│ place ────────────────────▶│
//	  │◀──────────────── page jump ──│                            │
//	  │ gateway  verify its address  │                            │
//	  │ session ─────────────────────────────────────────────────▶│ offers, instruction
//	  │ choose   as instructed, or the payer picks                │
//	  │ begin ───────────────────────────────────────────────────▶│ action
//	  │ act      hand over to the paying app or the browser       │
//	  │ return ──────────────────────────────────────────────────▶│ what became of it
//	  │ result   show it             │                            │
//
// The terminal never imports a server, a store or a template; transports are
// handed in ([github.com/anyscan/anyscan/scan/scanhttp] over HTTP).
//
// # Errors
//
// Every error is a [*StepError] that names the step at which the payment
// stopped and wraps the cause: a *verify.RejectedError for an address that is
// not legal, a [*PayloadError] for a code that holds no address but the payload
// of another payment scheme, [ErrCanceled] when the payer said no, an
// *order.Error from a server. A failed attempt is not an error: the payer may
// pick another component.
//
// # Concurrency
//
// A Payer is safe for concurrent use; each Pay is one payment. Every step ends
// when its context does.
//
// # Security
//
// Pay takes only a [Code] that Scan or Read verified. A payload of another
// scheme is never opened, whatever the policy. The gateway address and every
// return address pass a policy of their own. The terminal compares what the
// gateway charges with what the payer confirmed and stops where it differs.
// "Paid" is what the gateway says, never what a paying app says.
package scan

// Package clearing is the second server of claim 1 of US 12,387,194 B2: the
// clearing institution with its unified payment gateway. It takes orders from
// acquirers, gives each a gateway address, instructs the terminal there which
// payment component to call, and decides, alone, that an order is paid.
//
// Who imports it: clearing institutions, and programs that try a whole payment
// out. Terminals and acquirers speak to it through package gateway and package
// order, over a transport or directly.
//
//	acquirer                     clearing.Server                     component → provider
//	  │ For(acquirer).Place ───────▶│ store, mint the gateway address   │
//	  │◀──────────────── address ───│                                   │
//	  │ Issue, Revoke a code ──────▶│ rules, sign; log                  │
//	terminal                        │                                   │
//	  │ Open the address ──────────▶│ offers, Instruction               │
//	  │ Begin ─────────────────────▶│ record the attempt; then Begin ──▶│
//	  │◀───────────────── action ───│ record what it answered           │
//	  │ … come back: Resume ───────▶│ Resume ──────────────────────────▶│
//	  │                             │ Receive ◀─────────────────────────│ notification
//	  │                             │ Run: Query what is not known ────▶│
//	acquirer                        │ evidence: attempt, order, audit   │
//	  │◀── Notify, until it has it ─│ and notification in one commit    │
//	                          (you are here)
//
// A [Directory] says who takes part, a component.Registry what can pay, [Keys]
// hold the secrets behind addresses. [New] makes a [Server] of them on a
// store; [Server.Run] does its background work.
//
// # Errors
//
// Every method returns an *order.Error. [order.CodeUnavailable] means that
// nothing is known to be decided: ask again under the same key. Constructors
// return an *order.Error with [order.CodeInvalid] that tells every problem of
// the configuration at once.
//
// # Concurrency
//
// A Server is safe for concurrent use, and several may share a store. What a
// component is asked, it is asked outside any transaction.
//
// # Security
//
// A gateway address and an attempt's return address end in an HMAC over the
// order or attempt and its purpose. Nothing of it is stored: a stolen database
// opens no address, and a secret that leaked is revoked by removing it.
//
// A code is signed only for a merchant of the acquirer that asks, and only on a
// domain that the directory has for that merchant. What was signed, taken back
// and refused stands in a log that the database lets nobody change. A code that
// was revoked keeps a good signature: it is the acquirer's page that refuses it,
// and its short life that ends it.
//
// Only evidence pays, and only if it is about this attempt of this component
// over this amount, with a payment at the provider that no other attempt has.
// Whatever else comes is refused, audited and logged. A final state is never
// overwritten: money that an order does not take is marked in excess, and owed
// back.
package clearing

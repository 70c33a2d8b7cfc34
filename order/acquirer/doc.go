// Package acquirer is the first server of claim 1 of US 12,387,194 B2: the
// acquiring institution behind merchants' codes. It shows what a merchant page
// says, makes an order of what a payer confirmed, places it at the clearing
// institution, sends the terminal on to the unified payment gateway, and keeps
// what the gateway tells about the order.
//
// Who imports it: acquirers. They bring a [Catalog] of merchants, a store, an
// order.Clearing that reaches their clearing institution, and, with
// [Options.OnChange], their own books. Terminals and gateways reach it through
// a transport, or directly as an [order.FirstServer].
//
//	terminal                     acquirer.Server                  clearing institution
//	  │ Page at the code address ──▶│ direct page, or shop            │
//	  │ Review the chosen goods ───▶│ order information page          │
//	  │ Confirm ───────────────────▶│ store order and duty to place   │
//	  │                             │ Place ─────────────────────────▶│
//	  │◀───────────────── PageJump ─│◀──────────────── its address ───│
//	  │                             │◀──────────────────────── Notify │
//	  │ Result at the return addr. ▶│                                 │
//	  │                             │ Run: Place and Query what is ──▶│
//	  │                             │ not known                       │
//	                        (you are here)
//
// A merchant's code leads to base + "/m/" + its ID ([Server.CodeAddress]),
// usually with a signature in the query; an order's return address is base +
// "/orders/" + its ID.
//
// # Errors
//
// Every method returns an *order.Error. [order.CodeUnavailable] means that
// nothing is known to be decided: ask again under the same key. [New] returns
// one with [order.CodeInvalid] that tells every problem of the configuration.
//
// # Concurrency
//
// A Server is safe for concurrent use, and several may share a store. The
// gateway is never called inside a transaction.
//
// # Security
//
// Prices are the catalogue's: a confirmation names the page's revision and a
// total, and is refused where either no longer fits. A page's revision is a
// hash of everything it says.
//
// An order is stored before the gateway hears of it, under an ID that stays the
// same however often it is placed, so that no crash, lost answer or double
// click makes two. Only the gateway says that an order is paid. What it says is
// compared with the order as it was made; a contradiction changes nothing, is
// refused and logged as an error. A final state is never overwritten.
//
// Whoever knows an order's return address may read its state. It holds no
// personal data, and an ID that cannot be guessed.
package acquirer

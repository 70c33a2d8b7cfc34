// Package acquirer is the first server of claim 1 of US 12,387,194 B2: the
// acquiring institution behind merchants' codes. It shows what a merchant page
// says, makes an order of what a payer confirmed, places it at the clearing
// institution, sends the terminal on to the unified payment gateway, keeps
// what the gateway tells about the order, and asks it to cancel orders and to give
// money of paid ones back.
//
// Who imports it: acquirers. They bring a [Catalog] of merchants, a store, an
// order.Clearing that reaches their clearing institution, and, with
// [Options.OnChange], their own books. Terminals and gateways reach it through
// a transport, or directly as an [order.FirstServer].
//
//	till                         acquirer.Server                  clearing institution
//	  │ StaticCode, DynamicCode ───▶│ Issue ─────────────────────────▶│
//	  │◀─────────────── code to show│◀────────────── signed address ──│
//	  │ RevokeCode ────────────────▶│ Revoke, until it knows ────────▶│
//	terminal                        │                                 │
//	  │ Page at the code address ──▶│ direct page, or shop            │
//	  │ Review the chosen goods ───▶│ order information page          │
//	  │ Confirm ───────────────────▶│ store order and duty to place   │
//	  │                             │ Place ─────────────────────────▶│
//	  │◀───────────────── PageJump ─│◀──────────────── its address ───│
//	  │                             │◀──────────────────────── Notify │
//	  │ Result at the return addr. ▶│                                 │
//	  │                             │ Run: Place and Query what is ──▶│
//	  │                             │ not known                       │
//	backend, staff                  │                                 │
//	  │ Cancel ────────────────────▶│ Cancel ────────────────────────▶│
//	  │ Refund ────────────────────▶│ store refund and duty to ask    │
//	  │                             │ Refund ────────────────────────▶│
//	  │◀──────────── order, Refunds │◀───────────────── order, Refunds│
//	  │                             │◀──────────── Notify, at its end │
//	  │                             │ Run: Refund and Query what is ─▶│
//	  │                             │ not known                       │
//	books                           │                                 │
//	  │ Records, with MatchFile ───▶│ ◀──────── clearing file of a day│
//	                        (you are here)
//
// A merchant's code leads to base + "/m/" + its ID ([Server.CodeAddress]); an
// order's return address is base + "/orders/" + its ID.
//
// # Codes
//
// In the query of a code stand a number, n, which makes each code another one;
// of a dynamic code its amount, such as amount=25.00CNY; and last the clearing
// institution's signature, v, over all of it. [Server.StaticCode] makes codes to
// print, [Server.DynamicCode] codes for a till's screen, each of which is one
// order. The page looks at its code each time: at the signature and its expiry
// with [Options.Verify], and in its own table whether it was taken back. A code
// that this table does not know is legal if its signature is: it may have been
// issued before the table was, or by another program of the acquirer's.
//
// # Refunds
//
// An order that is paid stays paid. What is given back of it are its refunds, each
// with an ID of the acquirer's and a state of its own ([order.RefundState]), in the
// order in which they were asked for. [Server.Refund] keeps one as placing and then
// asks the gateway, with [Options.Refunder]; mostly it is pending from then on, and
// its end is notified. Whatever the answer, the same request under the same ID
// goes on with the same refund, and [Server.Run] does so by itself: it asks again for
// what is placing, and asks what became of what is pending, until each has its end.
//
// A refund counts against what is left of the payment from the moment it is kept,
// until it has failed or was refused. A refusal is not the last word if an earlier
// request, which was thought lost, reaches the gateway after it: what is told then stands. Refunds that the gateway tells of and that are
// not known here, as after a restore from a backup, are taken in as they stand; one
// that the gateway has taken before and does not know any more is a contradiction.
//
// Every change of a refund is an entry in its order's history, and a [Change] of its
// own for [Options.OnChange].
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
// compared with the order as it was made, and with its refunds as they were asked
// for; a contradiction changes nothing, is refused and logged as an error. A final
// state, of an order or of a refund, is never overwritten.
//
// [Server.Refund] and [Server.Cancel] ask nobody who their caller is: whoever offers
// them to others decides that. Refunds of an order never come to more than its
// payment, whoever asks for them at once.
//
// An amount in an address counts only if the clearing institution signed it.
// A revoked code ends when [Server.RevokeCode] returns, whether or not the
// clearing institution has heard of it; a confirmation from before goes on.
//
// Payers who confirm one dynamic code are given one gateway address between
// them, so each may see how the other's attempt stands. It shows nobody's name,
// and makes sure that the bill is paid once.
//
// Whoever knows an order's return address may read its state. It holds no
// personal data, and an ID that cannot be guessed.
package acquirer

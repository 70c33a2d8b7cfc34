// Package audit keeps the histories of orders from being changed behind the back
// of those who rely on them. Each entry of a history carries a hash over itself
// and the entry before it, the order knows the latest one, and once a day the
// institution signs what all of them come to. Whoever has the database can still
// change a row, and it shows.
//
// Who uses it: packages order/acquirer and gateway/clearing, which keep a [Log]
// each; programs that run them, for the daily signature; and whoever checks them,
// with a copy of the database and the public key alone.
//
//	transition ─▶ entry: who, when, why, hash ─▶ the order's row: latest entry and hash
//	each day  ─▶ [Notary] ─▶ root over the orders that changed, signed ─▶ [Roots] ─▶ kept elsewhere
//	            (you are here)                                                         │
//	any time  ─▶ [Verify] ◀── the public key, the roots that were kept ◀───────────────┘
//
// # What is found, and what is not
//
// One row that was changed, removed, added or exchanged with another is found at
// once: an entry because its hash does not fit, or the next one's, or that of the
// order's row; the last entries of a history because the row counts them; an
// order's state because its history leads to another.
//
// Somebody who makes every hash anew, up to the order's row, is found as soon as
// a root covered the order: the key is missing to sign another. That is why the
// key belongs where the database is not, and why a [Notary] can run in a process
// of its own. Somebody who has both is found by the roots that were kept
// elsewhere. What was changed in this way before the first root covered it is
// found by nobody: the window is a day, as long as roots are made and kept.
//
// Entries say what happened to an order, never what else its row holds: of that,
// the state is compared and nothing more.
//
// # Entries
//
// A hash is SHA-256 in lower-case hex, over fields one after another, each a
// netstring: its length in bytes in decimal, a colon, the bytes, a comma. The
// fields of an entry are
//
//	anyscan NAME audit entry v1   NAME is the log's, acquirer or clearing
//	the hash of the entry before
//	the order's key               order_id at the acquirer, order_key at the gateway
//	its number                    seq, from 1 without gaps; numbers are in decimal
//	its content                   the log's columns, in the order of Log.Content
//
// So the first entry of an order at the gateway is hashed as
//
//	30:anyscan clearing audit entry v1,1:0,26:06b3…,1:1,16:1795424400000000,…
//
// Times are microseconds since 1970 in UTC. Text is UTF-8 as it is stored.
//
// In place of the hash before the first entry stands the number of entries that
// the order has from before there were chains: 0 for every order that was made
// since. Those entries come first and have no hash; that they are as many is
// part of the first hash after them. An order that has not changed since has no
// chain at all. [Report.Unchained] counts such entries: there must never be more
// of them than there were when the chains began.
//
// # Roots
//
// A root is over the heads of all orders that changed since the root before, by
// the order of their keys. A head is an order's latest entry. Its hash is over
//
//	anyscan NAME audit root v1
//	the hash of the head before, nothing for the first
//	the order's key
//	the number of its latest entry
//	the hash of that entry
//
// and the last one is what the root comes to. A root's day is in UTC. It covers
// at least what was committed until that day ended; what an order did in the
// minutes in which the root was being made may be in this root or in the next.
// A day in which nothing changed has a root over nothing, so that a missing one
// shows.
//
// It is signed as a JWS in compact form (RFC 7515, EdDSA with Ed25519 as in
// RFC 8037) whose kid is the thumbprint of the key (RFC 7638), whose typ is
// anyscan-audit-root, and whose payload is a [Root] as JSON. Each holds the
// SHA-256 of the statement before, over its text as it stands.
//
// # Errors
//
// What is wrong with a log is a [Finding] and never an error, so that one does not
// hide another. [ParseRoot] returns a [*StatementError].
//
// # Concurrency
//
// Entries of one order are made one after another, each in the transaction of what
// it tells; the package that keeps the log locks the order. Notaries may run on
// several servers at once. Verify reads beside all of them, some hundred orders
// from one snapshot at a time.
//
// # Security
//
// The key never prints. A signer that is far away is asked outside of any
// transaction. Statements hold counts, hashes and times, nothing of any order.
package audit

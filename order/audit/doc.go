// Package audit keeps the histories of orders from being changed behind the back
// of those who rely on them. Each entry of a history carries a hash over itself
// and the entry before it, and the order knows the latest one. Whoever has the
// database can still change a row, and it shows.
//
// Who uses it: packages order/acquirer and gateway/clearing, which keep a [Log]
// each.
//
//	transition ─▶ entry: who, when, why, hash ─▶ the order's row: latest entry and hash
//	             (you are here)
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
// chain at all.
//
// # Errors
//
// There are none: a hash is made of whatever is given.
//
// # Concurrency
//
// Entries of one order are made one after another, each in the transaction of what
// it tells; the package that keeps the log locks the order.
//
// # Security
//
// A hash needs no key, so that everybody can check it, and make it anew.
package audit

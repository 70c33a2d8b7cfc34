// Package plainjson refuses JSON that two readers could understand differently, or
// that holds nothing where something was meant to restrict.
//
// Who uses it: verify, for keys and revocations, and examples/verify, for policies;
// what is lost there is a restriction. Messages have stricter rules of their own, in
// order/wire.
//
//	text ── Check ─▶ encoding/json
//	        (you are here)
//
// # Errors
//
// An error says what is wrong and of which member.
//
// # Concurrency
//
// Check keeps nothing.
//
// # Security
//
// Of a member that stands twice encoding/json takes the last, others the first; it
// replaces bytes that are no text, and takes null for a member that is not there.
// None of it passes.
package plainjson

// Package roles shows how each server is put together out of the library: the
// acquirer and the clearing institution with its gateway, and how either serves
// until it is told to stop. The systems and programs of the examples are all
// built from it.
//
//	keys, catalogue, OnChange ───▶ Acquirer ─┐
//	keys, directory, components ─▶ Gateway ──┼─ Open ─▶ Node ─ Serve on a listener
//	simulated wallet company ────▶ Wallet ───┘
//	                         (you are here)
//
// # Errors
//
// Errors say which part could not be built and why.
//
// # Concurrency
//
// An Acquirer and a Gateway are only read. A Node serves until its context ends.
//
// # Security
//
// A server believes its peers by the keys that it was given, the gateway each
// acquirer by that acquirer's own. With a secret that the two share, each proves to
// the other, and to nobody else, who it is.
package roles

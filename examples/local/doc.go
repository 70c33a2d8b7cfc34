// Package local runs a whole payment system on one machine: an acquirer with
// three merchants, a clearing institution with its gateway, and the sandbox
// wallet company. The quickstart and the examples are built from it; how each
// server is put together shows package roles.
//
//	System ── OpenAcquirer ─▶ roles.Node ─┐
//	       ── OpenGateway  ─▶ roles.Node ─┼─ Serve on a listener, until its context ends
//	       ── OpenWallet   ─▶ roles.Node ─┘
//	       ── Office, Code ─▶ codes for merchants, and refunds
//	       ── CodePolicy, GatewayPolicy ─▶ for the terminal
//	       (you are here)
//
// # Errors
//
// Errors say which part could not be built and why.
//
// # Concurrency
//
// A System is only read.
//
// # Security
//
// It is for development: addresses are http on *.localhost, and all keys lie in
// one file. A real acquirer and a real clearing institution each hold their own.
package local

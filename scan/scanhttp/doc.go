// Package scanhttp is how a terminal reaches the servers behind the addresses
// that it verified: package order's Storefront and package gateway's Cashier
// over HTTP and JSON.
//
// Who uses it: super-apps and payment terminals written in Go, as the
// Storefront and the Cashier of scan.Peers.
//
//	scan.Payer ──▶ Client (you are here) ──▶ code address      acquirer (orderhttp)
//	                                    └──▶ gateway address   gateway (gatewayhttp)
//
// Page and Open ask at the address itself; Review, Confirm and Begin below it, at
// /review, /orders and /attempts with the address's own query; Resume at the
// attempt's return address.
//
// # Errors
//
// Every error is an *order.Error: what the server said, order.CodeUnavailable
// when no answer came, order.CodeRefused with a [*RedirectError] for a redirect,
// order.CodeInvalid for an address that cannot be asked. A call that was not
// answered, or answered with order.CodeUnavailable, order.CodeInFlight or
// order.CodeRateLimited, is repeated a few times under its idempotency key, not
// before the server wants it and not after its context ends.
//
// # Concurrency
//
// A [Client] is safe for concurrent use.
//
// # Security
//
// The client opens what it is given and nothing else: it follows a redirect only
// where a policy for redirects accepts it, at most 5 deep, since a terminal verifies
// every address before it opens. By itself it verifies nothing but where a
// connection leads: to the public internet alone, see [PublicClient]. It sends no cookie, reads at most 1 MiB, and speaks plain http to
// this machine alone.
package scanhttp

// Package exchange is what both ends of an HTTP exchange of this module have to
// agree on and what its clients share: how an address is written, how choices
// stand in a query, what a terminal says of itself in headers, and calls with
// JSON that are made again where that helps and does no harm.
//
// Who uses it: orderhttp, gatewayhttp and scanhttp. It renders nothing, so a
// terminal that links it links no template.
//
//	client (scanhttp, orderhttp.NewClearing)     server (orderhttp, gatewayhttp)
//	  │ Client.Do, AppendChoices, SetWord ─────────▶│ SplitQuery, Word, CheckBase
//	                 (you are here, on both sides)
//
// # Errors
//
// All errors are *order.Error.
//
// # Concurrency
//
// A [Client] is safe for concurrent use. There is no other state.
//
// # Security
//
// An address that leaves this machine is https. Causes of failed calls do not
// name the address they went to: gateway addresses are secrets. A peer can make a
// client wait, but no longer than [MaxWait] and the call's context.
package exchange

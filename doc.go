// Package anyscan is the front page of a library for payments that any app can
// scan and any wallet can pay, by the method of US 12,387,194 B2. It holds no
// code: import the package of your role.
//
//	terminal (scan)               acquirer (order/acquirer)        clearing institution (gateway)
//	  │ decode the code               │                                │
//	  │ verify the code address       │                                │
//	  │ GET merchant page ───────────▶│ direct, or shop                │
//	  │ shop: goods → order info page▶│                                │
//	  │ confirm ─────────────────────▶│ make + store the order         │
//	  │                               │ place it ─────────────────────▶│ store, mint the gateway address
//	  │                               │◀───────────── gateway address ─│
//	  │◀─────────────── page jump ────│                                │
//	  │ verify + open the gateway address ────────────────────────────▶│ order, offers, instruction
//	  │ the instructed component, or the one that the payer picks      │
//	  │ begin an attempt ─────────────────────────────────────────────▶│ component.Begin → Action
//	  │ perform the action, come back ────────────────────────────────▶│ component.Resume → Evidence
//	  │                               │   provider → component.Receive▶│ evidence decides
//	  │                               │◀──────── signed notification ──│ until acknowledged
//	  │◀──────────── result shown ────┴────────────────────────────────│
//
// An acquirer backend imports order/acquirer and order/orderhttp. A clearing
// institution imports gateway/clearing, gateway/gatewayhttp and the components
// it offers. A super-app imports scan and scan/scanhttp. The author of a
// component imports component. What all of them say to each other is in
// packages order and gateway.
//
// # Errors
//
// Between roles every error is an *order.Error with a stable code. Local errors
// are typed and say what was wrong, where, and what would be right.
//
// # Concurrency
//
// Servers, terminals, registries and policies are safe for concurrent use.
//
// # Security
//
// A terminal of ours opens no code address, gateway address or return address
// before it was verified. The gateway alone decides that an order is paid, and
// only on a component's verified evidence. In a plain browser nothing of ours
// runs before the merchant page opens: there the acquirer checks its own code,
// and the cashier shows the merchant's name from the gateway's directory;
// neither protects a payer whose camera app opens somebody else's page.
package anyscan

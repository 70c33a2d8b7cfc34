// Package webhook tells third parties, such as merchants, what became of orders:
// Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks), with
// endpoints by API, signatures, retries, a log of deliveries and replays by hand.
//
// Who uses it: the clearing institution's server. Merchants verify with any of
// the standard libraries.
//
//	clearing: an order became final, or a refund of one did
//	  │ Owe, in the transaction of the change
//	  ▼
//	delivery, one for each endpoint ─▶ job ─▶ Run: POST, signed ─▶ merchant
//	                                           │  2xx: delivered
//	acquirer ── For(acquirer): endpoints,      │  else again, by the schedule
//	            deliveries, replays            ▼
//	                (you are here)          the log
//
// # What is sent
//
// A POST of [order.Event] as JSON with the headers webhook-id, the same at every
// try; webhook-timestamp, of the try; and webhook-signature: v1 (HMAC-SHA256)
// and v1a (ed25519) by the newest keys and, after a rotation, by the older ones
// until their time. A receiver picks those that it can verify.
//
// An answer of 2xx is the acknowledgement, and nothing else is: redirects are not
// followed. Tries follow the schedule that the specification recommends: at once,
// after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, each up to a tenth later;
// then the delivery has failed. 429, 502, 503 and 504 spare the endpoint for a
// while, as long as Retry-After says, at most a day. 410 disables the endpoint,
// and so does a delivery that failed while the endpoint took no other. What
// happens to orders then is kept as failed deliveries; a replay that is taken
// enables the endpoint again. Asking for replays faster than they are made adds
// none: one waits, beside one that may be being made.
//
// Deliveries are kept for 30 days, those of a deleted endpoint too, and the audit
// of who did what for a year. What is past its time goes while the store is
// written to anyway, a few rows for each that is added.
//
// # Secrets
//
// An endpoint's secret and ed25519 key are computed from a [Secret] of [Keys], by
// HMAC over its ID and a count of rotations; nothing of them is stored, and a
// stolen database signs nothing. The secret is told to who made or rotated the
// endpoint, and again only to the same request under the same idempotency key,
// within a day. To rotate a Secret, add the next version: endpoints move to it
// when they are rotated. To revoke one that leaked, remove it: nothing is signed
// with it any more, and deliveries wait until the endpoint was rotated.
//
// # Errors
//
// All errors but those of configuration are *order.Error.
//
// # Concurrency
//
// A Dispatcher is safe for concurrent use, and several may share a store. Nobody
// is asked anything within a transaction. One owner's slow endpoints take at most
// a quarter of the senders, and a delivery that waits for them is not looked at.
//
// # Security
//
// Whoever registers an address makes this server call it. So addresses are https
// with a host name, and when a connection is made, the address that the name
// resolved to is looked at: loopback, private, link-local, shared, multicast and
// reserved networks, the metadata services of clouds, and what hides these in
// IPv6 are not connected to, whatever a name server says. No proxy of the
// environment is used, since it would connect in our place. Answers are read to
// 4 KiB and never shown to who registered the address.
package webhook

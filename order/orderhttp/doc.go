// Package orderhttp is the HTTP transport of package order: the handler that
// serves an acquirer to payers, terminals and gateways, and the clients with
// which acquirer and gateway reach each other.
//
// Who uses it: acquirer backends ([NewHandler], [NewClearing]) and clearing
// institutions ([NewNotifier]). Terminals use scanhttp, browsers need nothing.
//
//	terminal or browser                    acquirer                          gateway
//	  │ GET  /m/{merchant} ──────────────────▶│ Page                            │
//	  │ GET  /m/{merchant}/review?q.ITEM=N ──▶│ Review                          │
//	  │ POST /m/{merchant}/orders ───────────▶│ Confirm                         │
//	  │                                       │ NewClearing: POST /v1/orders ──▶│
//	  │◀── 303 or JSON to the gateway address │                                 │
//	  │                                       │◀─────── NewNotifier:            │
//	  │                                       │ POST /v1/notifications, Notify  │
//	  │                                       │ NewClearing:                    │
//	  │                                       │ GET /v1/orders/{id} ───────────▶│
//	  │                                       │ POST /v1/codes, …/revocation ──▶│
//	  │                                       │ /v1/endpoints, /v1/deliveries ─▶│
//	  │ GET  /orders/{id} ───────────────────▶│ Result                          │
//	anybody                               │                                 │
//	  │ GET  /v1/openapi.json ───────────────▶│ openapi.Document                │
//	                             (you are here: every arrow)
//
// # Pages and JSON
//
// One address gives a person HTML and a program JSON, by the header Accept; JSON
// where it is preferred, HTML else. A request that brings JSON is answered in
// JSON. The pages need no script, cookie or picture, and work from 320 pixels; where
// scripts run, one of ours looks for news without loading the page again.
//
// They are in the language that the browser prefers (Accept-Language), or that the
// payer picked on a page: the parameter ui_locales, as OpenID Connect names it, is
// taken out of the address by a redirect and remembered in a cookie of that name, which
// nothing else reads. English and Chinese are there; [Options.Texts] adds others.
//
// [Options.Pages] replaces templates, and adds to the style. An acquirer that serves a
// page of its own has only to confirm: by a request with JSON to
// POST /m/{merchant}/orders, or by calling the server's Confirm.
//
// The code's own query, such as its signature v, is kept to the byte. Names that
// begin with "q." are ours: q.tea=2 chooses two pieces of the item tea, and q.
// alone holds the code's query in the form of a shop, because a browser would
// spell it in its own way.
//
// A confirmation is JSON with the header Idempotency-Key, answered with 200 and
// the page jump, or a form. The form's fields are key (made by its page),
// revision, currency, total in minor units or amount in major units as the payer
// entered it, and the q.ITEM of the order; it is answered with 303. The same form
// posted again is the same order. When the page has changed, the payer is shown
// the new one and confirms that.
//
// # Errors
//
// Programs get every error as problem+json, see package wire; persons get a page
// that says what to do, and a button to try again where that is safe. Clients
// return *order.Error: what the peer said, or order.CodeUnavailable when no
// answer came that can be believed. What reads or has an idempotency key is tried
// a few times, not before the peer wants it; a notification is tried once.
//
// # Concurrency
//
// The handler and the clients are safe for concurrent use. Who asks too often, and
// what is too much at once, is turned away as [Limits] says. [Serve] ends a server
// so that what is under way is finished.
//
// # Security
//
// Addresses are made of the configured base, never of the header Host. A payer
// is sent to the configured gateway and nowhere else: by the handler, and by the
// Content-Security-Policy of the pages, whose form-action names it. No cookie but
// that of the language is set or read, so no other site can act in a payer's name; the
// key in a form binds it to the page it was made for. The style sheet and the script
// are named in the policy by their whole addresses and in the page by their hashes, so
// that nothing else runs. Notifications are verified and their
// acknowledgements signed (RFC 9421).
//
// Every caller has limits: how often and how much at once, how long a head or a
// body may take and how large it may be, and how many connections wait without a
// request ([Server]: 4,096, the longest waiting is cut for the next). Limits are of
// one process and no defence against a flood that fills the line: that is for what
// stands in front.
//
// In a plain browser nothing of ours ran before the merchant page: the acquirer's
// server checks the code in its address.
package orderhttp

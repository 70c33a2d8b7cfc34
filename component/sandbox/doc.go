// Package sandbox is a wallet to try everything with: [Provider], a simulated
// wallet company with its own HTTP server, pages and ledger, and [Component],
// the payment component that pays with it. No real money moves.
//
// Who imports it: clearing institutions that want to run payments without a
// contract, tests, and authors of components, for whom it is the smallest whole
// example. A super-app imports the paying app instead, package
// [github.com/anyscan/anyscan/component/sandbox/wallet].
//
//	terminal                       gateway                     company
//	  │ begin ──────────────────────▶│ Component.Begin             │
//	  │                              │ POST /payments ────────────▶│ number = attempt
//	  │◀─── action: native, deep_link or redirect to the page ─────│
//	  │ GET /pay/{token} ─────────────────────────────────────────▶│ page with buttons
//	  │ POST /pay/{token} ────────────────────────────────────────▶│ decided, charged once
//	  │◀──────────── 303 to the return address, with a hint ───────│
//	  │ come back ──────────────────▶│ Component.Resume            │
//	  │                              │ GET /payments/{number} ────▶│ what became of it
//	  │                              │ Component.Receive ◀─────────│ Provider.Run notifies
//	                                 │ MatchStatement ◀────────────│ Provider.Statement
//	              (you are here: the right half, component and company)
//
// # Protocol
//
// Everything is JSON over HTTP, below the company's address. Amounts are
// integers in minor units, times are RFC 3339. Bodies have at most 16 KiB and
// no fields but these.
//
//	POST /payments                {number, amount, currency, description, merchant_name,
//	                               return, notify, expires} → {reference, page}
//	GET  /payments/{number}       → {number, reference, state, amount, currency, reason, at}
//	POST /payments/{number}/void  → the same; burns a number that was never heard of
//	POST /payments/{number}/cancel → the same; and closes a payment that the payer has not decided
//	POST /payments/{number}/refunds {number, amount, currency, reason} →
//	                              {number, payment, reference, state, amount, currency, reason, at}
//	POST to notify                  the same, as body; any status 2xx acknowledges
//	GET  /pay/{token}             the payment page: HTML, or wallet.Payment as JSON
//	POST /pay/{token}             decision=… of a form, or {decision}; 303, or JSON again
//
// A number is 1 to 32 of a-z 0-9. It belongs to the merchant who named it first
// and answers others with 403. The same terms again give the same reference and
// page; other terms give 409. A payment that nobody decided before it expires
// fails with the reason "expired", a declined one with "declined". A burned
// number has failed with "not_found" and takes no payment any more: 410.
//
// A refund has a number of its own, under which it is made once. What is more than
// the payment has left has failed with "exceeds_payment", one of a payment that
// failed with "not_paid"; while the payment is not decided the answer is 503.
//
// Errors are {error, detail} with the codes of [order.Code] and the statuses
// 400, 401, 403, 404, 409, 410, 413 and 503.
//
// Requests of merchants, the answers to them, and notifications carry
//
//	Sandbox-Merchant   the merchant's name
//	Sandbox-Time       seconds since 1970
//	Sandbox-Signature  HMAC-SHA256 in hexadecimal, with the merchant's secret, of
//	                   merchant LF verb LF target LF time LF body
//
// where verb and target are the method and the path (with its query) of a
// request; the status of an answer and the signature of its request; and
// "NOTIFY" and "/" of a notification. Times may differ by five minutes. Only a
// request whose sender is not known gets an answer without a signature.
//
// # Buttons
//
//	approve   succeeds and notifies
//	decline   fails and notifies
//	slow      is pending for ProviderOptions.Slow, then succeeds and notifies
//	lost      succeeds; the notification never comes
//	unknown   queries answer 503 for ProviderOptions.Unknown, then say that it
//	          succeeded; the notification never comes
//	twice     succeeds; the notification comes twice
//	reorder   succeeds; a notification that it is pending comes after that
//
// A decision is final, and money moves with it. Pressing the same button again
// changes nothing; another one is refused. A program presses by posting JSON to the
// page; where there is no payer at all, a [Script] presses by itself, by the amount or
// by a word in the description.
//
// # Errors
//
// NewProvider and New report every malformed setting. Methods of Component
// return an *order.Error; whenever the outcome is not known for sure it is
// CodeUnavailable or CodeInternal, and the gateway asks again.
//
// # Concurrency
//
// Provider and Component are safe for concurrent use.
//
// # Security
//
// Evidence comes from signed messages only: an answer that is not signed, or
// was signed for another request, counts as no answer. The page's address is a
// capability with 128 random bits; who has it may decide the payment. The hint
// in the return address proves nothing. A component.Secret never prints. The ledger's
// file holds page addresses and is readable by its owner only.
package sandbox

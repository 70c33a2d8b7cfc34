// Package stripe pays with Stripe Checkout: the browser goes to the page of a Checkout
// Session, and what Stripe signs, or answers to the account's secret key, decides.
//
// Who imports it: clearing institutions that offer cards, wallets and whatever else is
// turned on in the Dashboard of a Stripe account, a merchant's or their own. It
// compiles Stripe's library, github.com/stripe/stripe-go, which nothing else of this
// module does.
//
//	terminal                        gateway                       Stripe
//	  │ begin ─────────────────────▶│ Component.Begin ───────────▶│ creates the session
//	  │◀── action: redirect to url ─│                             │
//	  │ GET url ─────────────────────────────────────────────────▶│
//	  │ the payer pays ──────────────────────────────────────────▶│
//	  │◀────────────────────────────── back to the return address ─│
//	  │ come back ─────────────────▶│ Component.Resume            │
//	  │                             │ retrieve the session ──────▶│
//	  │                             │◀──────── Component.Receive ─│ sends an event, for 3 days
//	  │                             │ 200, once stored ──────────▶│
//	                                  (you are here: between gateway and Stripe)
//
// # What to set up at Stripe
//
// A webhook endpoint in the Dashboard, with the gateway's notify address of the
// component, the payload style snapshot, any API version, and the events
//
//	checkout.session.completed                 checkout.session.expired
//	checkout.session.async_payment_succeeded   checkout.session.async_payment_failed
//
// Attempt.NotifyAddress is that address; Stripe takes none with a session. A
// restricted key needs to write Checkout Sessions and refunds and to read
// PaymentIntents and charges. Which payment methods payers see is the Dashboard's.
//
// # Terms of Stripe
//
// The words are those of docs.stripe.com:
//
//	api/checkout/sessions/create     POST /v1/checkout/sessions              Begin, and where a reference was lost
//	api/checkout/sessions/retrieve   GET  /v1/checkout/sessions/{id}         Query, Resume
//	api/checkout/sessions/list       GET  /v1/checkout/sessions              where a reference was lost
//	api/checkout/sessions/expire     POST /v1/checkout/sessions/{id}/expire  Cancel
//	api/refunds/create, …/list       POST, GET /v1/refunds                   Refund
//	api/idempotent_requests          Idempotency-Key                         Begin, Refund
//	webhooks#verify-manually         Stripe-Signature, tolerance             Receive
//	currencies                       minor units, minimum and maximum        Limits
//
//	client_reference_id, metadata[attempt]  the attempt's ID    session id   Evidence.Reference
//	metadata[refund]                        the refund's ID     refund id    RefundEvidence.Reference
//	line_items                              one: the order's description, or else the merchant's name
//
//	status     payment_status   PaymentIntent            Evidence
//	any        paid                                      succeeded, with amount_total
//	open       unpaid                                    pending, after a declined card too
//	complete   unpaid           requires_payment_method  failed, "declined": a method that pays later
//	complete   unpaid           any other                pending
//	expired    unpaid           none, or over            failed, "expired"; "canceled" from Cancel
//	expired    unpaid           processing and others    pending: money may be on its way
//
// no_payment_required is said of sessions that cost nothing, which none of ours does:
// it is an error. A refund is pending while Stripe says pending or requires_action, and
// failed when it says failed, for failure_reason, or canceled, or when Stripe refuses
// it: "not_paid", "exceeds_payment", "disputed", "not_allowed".
//
// # How long a session lives
//
// Stripe lets a session expire 30 minutes to 24 hours after it was created. An attempt
// with 32 minutes or more to go has a session that expires with it. One that expires
// sooner, as most payments at a counter do, has a session without expires_at, which
// Stripe would keep open for 24 hours: the gateway closes it with Cancel when the order
// expires, as it closes every attempt. Should the gateway stand still then, a payer may
// pay late, which the gateway gives back as it does any payment for an order that is
// over. An attempt that expires more than 24 hours less two minutes ahead is refused.
//
// # When the reference is lost
//
// A gateway that stops between Stripe's answer and its own commit knows no session.
// Until the attempt expires it is found by creating it again under the same
// Idempotency-Key, to which Stripe answers with the session that there is: every
// parameter comes from the attempt alone. Stripe keeps keys for 24 hours at least, and
// no attempt begins more than 24 hours before it expires, so that this makes no second
// session. It may make a first one, which no payer can reach. Where a parameter has
// changed meanwhile, such as the merchant's name, and after the expiry, the sessions of
// that day are listed, 2000 at most.
//
// # Money
//
// Stripe's minor units are not ISO 4217's for ISK and UGX, of which Stripe wants two
// decimals that are 00, for MGA, of which it has none, and for BHD, JOD, KWD, OMR and
// TND, whose last of three decimals has to be 0. HUF and TWD have two decimals for
// charges. Limits are those that every payment method takes, eight digits in general,
// though cards alone may take more; the least amounts are those of accounts that
// settle in the currency. An account that shows payers their own currency (Adaptive
// Pricing) still counts in the order's.
//
// The package is held to Stripe's library for Node.js, stripe 23.1.0, as the one who
// signs, the one who verifies and the one who asks; to stripe-mock 0.203.0 by the form
// of each request; and to a fake of Stripe in its tests. It has not met Stripe itself:
// begin with a sandbox and its sk_test_ key. Not supported: Connect, subscriptions,
// payments that are captured later, sessions in a page of one's own (ui_mode), Payment
// Links. Refunds that somebody makes in the Dashboard, and disputes, are not the
// gateway's: the payment stays succeeded.
//
// # Errors
//
// [New] reports every problem of the settings, each with its path. Methods return an
// *order.Error. Evidence says failed where Stripe said so, and of an attempt that has
// no session five minutes after it expired; every other answer or none leaves the
// outcome unknown and retryable: CodeUnavailable, CodeInFlight for a request that is
// being worked on, CodeRateLimited, CodeInternal for a key that Stripe does not take or
// an answer that makes no sense. CodeRefused is for what Stripe Checkout does not take.
// A declined card is no error: Checkout asks for another. The library's own tries are
// off, since they know no context. Errors about signatures name the cause.
//
// # Concurrency
//
// A Component is safe for concurrent use and keeps no state. It has a client of
// Stripe's library of its own, with its own key, address and transport, which reads and
// sets none of that library's globals, logs nothing and sends no telemetry.
//
// # Security
//
// Evidence comes from events that were signed with the endpoint's secret over time and
// body within 300 seconds, and from answers over TLS to the secret key. Old and new
// secret are both good while the endpoint's is rolled. What the browser brings back is
// never read. Events of another mode than the key's, or of a connected account, are
// refused. A session counts as the gateway's by its metadata, which only the account
// can write: client_reference_id alone may be a payer's, by a Payment Link.
//
// An instance is bound to its account and mode: with another account's key in its
// settings Stripe knows none of its attempts. Give the new one a new name.
//
// The secrets never print. Stripe's library names itself and the version of Go in each
// request, and says so in User-Agent when the environment is that of a coding agent.
package stripe

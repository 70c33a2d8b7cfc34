// Package gatewayhttp is the HTTP transport of package gateway: the handler that
// serves the unified payment gateway to payers, terminals, providers and
// acquirers.
//
// Who uses it: clearing institutions. Terminals call it with scanhttp, acquirers
// with orderhttp.NewClearing, browsers with nothing.
//
//	terminal or browser                   gateway
//	  │ GET  /pay/{token} ──────────────────▶│ Open
//	  │ POST /pay/{token}/attempts ─────────▶│ Begin
//	  │ … the provider …                     │
//	  │ GET or POST /return/{token} ────────▶│ Resume
//	provider
//	  │ POST or GET /notify/{component} ────▶│ Receive
//	anybody
//	  │ GET  /v1/openapi.json ──────────────▶│ openapi.Document
//	  │ GET  /v1/keys ──────────────────────▶│ Options.Keys
//	  │ GET  /v1/components ────────────────▶│ Options.Catalog
//	acquirer, signed
//	  │ POST /v1/orders ────────────────────▶│ For(acquirer).Place
//	  │ GET  /v1/orders/{id} ───────────────▶│ For(acquirer).Query
//	  │ POST /v1/orders/{id}/refunds ───────▶│ For(acquirer).Refund
//	  │ POST /v1/codes ─────────────────────▶│ For(acquirer).Issue
//	  │ GET  /v1/codes/{id} ────────────────▶│ For(acquirer).Issued
//	  │ POST /v1/codes/{id}/revocation ─────▶│ For(acquirer).Revoke
//	  │ POST /v1/endpoints ─────────────────▶│ For(acquirer).CreateEndpoint
//	  │ GET  /v1/endpoints ─────────────────▶│ For(acquirer).Endpoints
//	  │ GET  /v1/endpoints/{id} ────────────▶│ For(acquirer).Endpoint
//	  │ DELETE /v1/endpoints/{id} ──────────▶│ For(acquirer).DeleteEndpoint
//	  │ POST /v1/endpoints/{id}/secrets ────▶│ For(acquirer).RotateSecret
//	  │ GET  /v1/deliveries ────────────────▶│ For(acquirer).Deliveries
//	  │ GET  /v1/deliveries/{id} ───────────▶│ For(acquirer).Delivery
//	  │ POST /v1/deliveries/{id}/replays ───▶│ For(acquirer).Replay
//	                            (you are here: every arrow)
//
// # Terminals
//
// A program asks with "Accept: application/json" and says of itself in headers,
// each one word of 1 to 64 of a-z 0-9 -:
//
//	Scanning-App             kind of the app that read the code, such as chat
//	Scanning-App-Component   the payment component that comes with that app
//	Terminal-Default         the terminal's own default component
//
// It begins with JSON and the header Idempotency-Key, and resumes by posting a
// component.Return. The headers count for a browser too, so that an app can open
// the cashier in its web view and say what it is; without them the scanning app is
// guessed from the User-Agent ([Apps]), or else is of kind "browser".
//
// # The cashier
//
// A browser is given the cashier: what is paid to whom, and one button for each
// offer, the preselected one first; or one large button for the component that
// the instruction names, with the others a tap away. It says until when the order can
// be paid, and is the page of an expired order when that time is over. It is in the
// language that the browser prefers (Accept-Language) or that the payer picked (the
// parameter ui_locales, remembered in a cookie of that name); [Options.Texts] adds
// languages, [Options.Style] changes the look.
//
// It needs no script, but for payment_request and bridge actions. Where scripts run,
// one of ours counts the time down and looks for news without loading the page again;
// so two pages of one order that are open at once both show how it ended. A component's
// action is a page with a link or form to the provider; a redirect
// goes there by itself and leaves no entry in the browser's history. When the
// payer comes back, the cashier shows how it ended, or waits and looks again. A
// browser performs redirect, form and deep_link actions; a deep link is never
// opened without a tap.
//
// Where a component may answer with payment_request (W3C Payment Request API) or bridge
// (the script object of a super-app's web view), that script performs them,
// pages/payment.js. It says at Begin that it can perform them, calls the bridge's method
// with the parameters (an array is the arguments, anything else the only one) and a
// function for the result, and posts that to the return address as Return.Data. For a
// payment sheet it shows the offer in a browser that has
// PaymentRequest, says so at Begin, opens the payment sheet with the order's total at
// a tap, posts the details of the response to the return address as Return.Data, and
// goes there. A sheet that was closed leaves the attempt as it is. The payment method
// has to be named by an https address, and to be served with its manifests and icon
// from that one origin, which the page's policy names.
//
// # Errors
//
// Programs, providers and acquirers get every error as problem+json, see package
// wire; persons get a page that says what to do. A provider whose notification
// was not recorded gets a status that makes it send again.
//
// # Concurrency
//
// The handler is safe for concurrent use. Who asks too often, and what is too much
// at once, is turned away as [Limits] says. [Serve] ends a server so that what is
// under way is finished.
//
// # Security
//
// Every caller has limits: how often and how much at once, how long a head or a
// body may take and how large it may be, and how many connections wait without a
// request ([Server]: 4,096, the longest waiting is cut for the next). A payment
// that was begun has limits of its own, so that a flood from its payer's network
// does not stop it. Limits are of one process and no defence against a flood that
// fills the line: that is for what stands in front.
//
// Tokens in addresses are the only credentials of a payer: no cookie but that of the
// language is set or read, the Referrer-Policy gives providers the origin alone, and logs name the
// route and not the path. Opening a session changes nothing, so that a link
// preview is harmless. A provider's cross-site form is accepted at a return
// address because the token says which attempt it is; nothing that it brings is
// believed, coming back only makes the gateway ask. Pages lead to https or to an app, never
// to a script.
//
// The style sheet and the one script are named in the policy by their whole addresses
// and in the page by their hashes, so that no other runs. The script believes nothing
// that comes back.
//
// The cashier's form-action is 'self': Chromium applies it to every redirect that
// follows a form, and the provider's address is not known when the cashier is
// made. So the form is answered with a page of ours that goes on by refresh or by
// a link, which form-action does not govern. The page with a provider's form
// names https as a whole, since providers redirect posted forms between hosts of
// their own.
package gatewayhttp

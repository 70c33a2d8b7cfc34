// Package webpayment pays with any payment method that is named by a URL, through the
// payment sheet of the payer's browser: W3C Payment Request on the gateway's side, and
// the files of a W3C payment handler on the side of whoever operates one.
//
// Who imports it: clearing institutions that offer the payment handler of some operator
// (a bank, a wallet) use [New]; operators that have such a handler use [NewHandler].
//
//	browser                         gateway                       operator
//	  │ begin ─────────────────────▶│ Component.Begin             │
//	  │                             │ "begin", signed ───────────▶│ the payment comes to be
//	  │                             │◀────── statement, signed ───│
//	  │◀── action: payment_request ─│                             │
//	  │ PaymentRequest.show()                                     │
//	  │ HEAD, manifests, icon, worker ───────────────────────────▶│ Handler
//	  │ paymentrequest → the payment page, with the signed request│
//	  │ the payer approves ──────────────────────────────────────▶│ checks the request, takes the money
//	  │◀────────────────────────────────────── statement, signed ─│
//	  │ PaymentResponse.details ───▶│ Component.Resume            │
//	  │                             │◀──────── Component.Receive ─│ statement, signed
//	  │                             │ "query", signed ───────────▶│ when nothing came
//	                                  (you are here: gateway to operator, and Handler)
//
// # The protocol
//
// The W3C documents say how a page and a payment handler find each other and leave the
// rest to the payment method. This is the rest, which operators implement; any library
// for JOSE has what it takes. Gateway and operator exchange Ed25519 public keys and two
// names: the payment method identifier, and what the operator calls the gateway.
//
// Everything that counts is a token: a JWT (RFC 7519) in the compact serialization of
// JWS (RFC 7515, 7.1), with the header {"alg": "EdDSA", "typ": …} and perhaps "kid", the
// key's thumbprint (RFC 7638). Times are seconds since 1970, amounts are minor units.
//
//	typ webpayment-request+jwt, of the gateway
//	  iss client   aud method   iat   exp    refuse it after exp
//	  do           begin, query, cancel or refund
//	  payment      the attempt's ID          amount, currency
//	  pay_before   take no money after this  notify       where to post statements
//	  merchant, acquirer                     payee, description    for people
//	  refund       {id, amount, currency, reason}, with do refund
//
//	typ webpayment-payment+jwt, of the operator, about a payment
//	  iss method   aud client   iat
//	  payment      the attempt's ID          reference    the operator's own
//	  status       pending, succeeded or failed
//	  amount, currency, at                   with succeeded: what was paid, and when
//	  reason       with failed: a word such as declined, canceled, expired
//
//	typ webpayment-refund+jwt, of the operator, about a refund
//	  the same, with refund (the refund's ID) beside payment
//
// The operator's server takes a request as the body of a POST, and answers with 200 and
// a statement, both application/jwt. It has to:
//
//   - make one payment of an ID, however often it is begun, and refuse (409) another
//     amount under it;
//   - take no money after pay_before, and none after cancel: then it says failed, and
//     that is for ever. A payment that it has not heard of is pending until pay_before,
//     and canceled when it is asked to cancel it;
//   - give back once for a refund's ID, and never more than was paid;
//   - answer other mistakes of the request with a 4xx. What is not signed decides
//     nothing: the gateway asks again.
//
// It should post the statement to notify, as application/jwt, until that answers 200.
// The gateway asks by itself too, so that a notification may be lost.
//
// The payment page is given the gateway's request of do "begin" as data.request (its
// exp is pay_before), and its server has to verify it before the payer is shown whom and
// how much they pay: total and origin are the browser's word alone. It gives back
// {"token": …}, the statement.
//
// An attempt of which the terminal never comes back is asked about. It is pending until
// the operator signs another status, whatever the clock here says: an operator whose
// server is silent leaves it unknown, and the gateway goes on asking.
//
// # Running a payment handler
//
// [NewHandler] serves what browsers ask for. Mount it at the path of the payment method
// identifier and at the folder below, and put a payment page of your own into that
// folder, which imports window.js:
//
//	import { request, paid, left } from '/method/window.js'
//
// request is a promise of {id, origin, total, data}; paid(token) ends the payment with
// the statement, left() without one. The origin is as Chromium writes it, with a slash
// at its end.
//
// # Terms of W3C
//
//	payment method identifier   Payment Method Identifiers, "URL-based payment method
//	                            identifiers": Settings.Method, App.Method
//	payment method manifest     Payment Method Manifest, 1.2 "Accessing the manifest"
//	                            (HEAD, Link), 2 "Manifest format", 3 "Processing model"
//	PaymentMethodData           Payment Request API: Action.PaymentRequest
//	PaymentResponse.details     Payment Request API, "details attribute": Return.Data
//	canmakepayment              Payment Handler API, "The CanMakePaymentEvent"
//	paymentrequest, openWindow  Payment Handler API, "The PaymentRequestEvent"
//	PaymentHandlerResponse      Payment Handler API: methodName, details
//
// Only browsers of the Chromium family have payment handlers. What they do beside or
// beyond the documents, and the tests show: they read the worker's place from the member
// serviceworker of the web app manifest; take no app without an icon that is an image;
// hold the paying page's policy to the identifier (connect-src) and to the icon
// (img-src); and leave show() waiting when a handler rejects, for which left() responds
// without a token. Web views of apps mostly have no payment sheet (Android's at all only
// since 136): Settings.Apps can leave such scanning apps out. canmakepayment is answered
// with true: whether a payer has an account is found out in the window.
//
// The tests run a whole payment in Chromium, without a person but with the clicks of
// one, on plain http at localhost, and hold tokens to the vector of RFC 8037 and to
// jose 6.2.18 of npm. Their operator is a fake. No operator of another house has been
// met: the protocol above is this package's.
//
// # Errors
//
// [New] and [NewHandler] report every problem, each with its path. Methods return an
// *order.Error. Evidence says failed only where the operator signed so; every other
// answer, none, or one that is not signed leaves the outcome unknown, CodeUnavailable or
// CodeInternal, and the gateway asks again. Errors about tokens name the cause: another
// key, a changed token, a signature over something else, another encoding, another kind
// of token, another gateway or method, a clock. A token that a browser brought and that
// is wrong is told only if the operator could not be asked either.
//
// # Concurrency
//
// A Component and a Handler are safe for concurrent use and keep no state.
//
// # Security
//
// A statement proves the same whichever way it came, since the operator signed it for
// this gateway and about one payment; a statement that is final is true for ever, so
// that its age does not matter, and one that says pending decides nothing. Of what a
// browser brings back nothing else is read. A token's typ keeps a refund's statement and
// the gateway's own requests from passing for a payment's; alg is EdDSA alone, no header
// can bring a key, and keys of small order are refused.
//
// The gateway signs what it asks for, so that a page that changes the amount, the payee
// or the ID on its way through the browser is found out by the operator, and a stranger
// can neither cancel nor refund. Replayed, its requests do nothing twice. The request in
// the payment sheet can be read by the browser and by the page that shows it: it has the
// merchant, amount, description and the notification address, and no secret. The private
// key never prints; with [Options] it can stay in an HSM.
//
// The worker listens to the window that it opened, and to no other. Files are served
// with a policy that lets them load nothing, without sniffing, and scripts are asked for
// anew each time.
package webpayment

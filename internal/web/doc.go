// Package web is what the servers of pages share: which of HTML and JSON an
// answer is, templates rendered as a whole before anything is sent, the
// security headers, error pages, keys in forms, and recovery from panics.
//
// Who uses it: orderhttp and gatewayhttp.
//
//	request → Site.Protect → mux → handler → Site.Render | Site.Fail | wire.Encode
//	                    (you are here, but for the handler)
//
// # Errors
//
// [Site.Fail] answers with any error: as problem+json to a program, as a page to
// a person. Both see only what an order.Error holds for its caller.
//
// # Concurrency
//
// A Site and a FormKey are safe for concurrent use.
//
// # Security
//
// No page runs a script, reads a cookie, loads anything from elsewhere or can be
// framed. A form reaches the origins that its page names and no other. Chromium
// holds redirects after a form was posted to the same rule.
package web

// Package web is what the servers of pages share: which of HTML and JSON an
// answer is, the languages of pages, templates rendered as a whole before anything is sent, the
// security headers, error pages, keys in forms, recovery from panics, who is let in
// and who is turned away, and a server that holds on to nothing and ends cleanly.
//
// Who uses it: orderhttp and gatewayhttp.
//
//	Serve → Server → Site.Protect → Gate → mux → handler → Site.Render | Site.Fail | wire.Encode
//	                    (you are here, but for the handler)
//
// # Errors
//
// [Site.Fail] answers with any error: as problem+json to a program, as a page to
// a person. Both see only what an order.Error holds for its caller.
//
// # Concurrency
//
// A Site, a Gate and a FormKey are safe for concurrent use.
//
// # Security
//
// A request is counted by its head alone: who is turned away has had nothing read
// and no signature checked. Connections that wait are closed, the longest waiting
// first, before one that is worked on has to.
//
// No page can be framed, none reads a cookie but that of the language, and none loads
// anything from elsewhere but what a page names for a payment sheet. A page runs no
// script but the site's own, which is named by its whole address and its hash. A form reaches the origins that its page names
// and no other. Chromium holds redirects after a form was posted to the same rule.
package web

// Package skeleton is a small payment component to begin your own with: copy the
// folder, put your provider's words in the place of these, and let the tests tell what
// is missing. It lives on what the module exports, so that a module of your own will
// do.
//
// The provider is made up, a company with two addresses and one notification, which is
// what most providers come down to:
//
//	PUT  /payments/{number}   make the payment, or find the one of that number
//	GET  /payments/{number}   how it stands: open, paid or failed
//	POST to your address      the same, signed with HMAC-SHA256, when it has changed
//
// # Write a component
//
// 1. Say what it is: [Component.Describe], in component.go. The name is the
// operator's, the kind yours. The schemas are made of Go structs; a registry wants a
// title or description of each of their fields. List what limits you know: what is not
// offered cannot fail.
//
// 2. Say what an operator has to configure: [Settings], in settings.go. A key is a
// component.Secret, which does not print. component.ReadSettings tells what is missing
// or unknown, each with its path; [New] tells what only you can know.
//
// 3. Begin: begin.go. The attempt's ID is the number to give the provider. The gateway
// asks again after a crash, with the same attempt: the provider must then find the same
// payment. Choose an action among those that the terminal can perform.
//
// 4. Ask: query.go. Evidence says "failed" only where the provider will never take
// money for the attempt. Everything else that is not "succeeded" is pending, or an
// error, and is asked again: an error says that you do not know. What a browser brings
// back is a hint; Resume asks.
//
// 5. Be told: receive.go. Verify over the raw body before you read it. Say why you
// refuse: somebody will look for the reason at night.
//
// 6. Test it: componenttest.Run, in conformance_test.go, is the contract. It needs a
// provider that does what a test says: the fake in fake_test.go, or the test system of
// yours. Then payment_test.go takes a payment through all three servers.
//
// What this one leaves out, each an interface that the gateway finds by itself:
// component.Canceler closes a payment, component.Refunder gives money back.
//
// # Errors
//
// Methods return an *order.Error: CodeUnavailable when the provider did not answer,
// CodeInternal when its answer makes no sense, CodeUnauthenticated for a notification
// that it did not sign, CodeRefused for an attempt that it will not take.
//
// # Concurrency
//
// A Component is safe for concurrent use and keeps no state.
//
// # Security
//
// Evidence comes from the provider's answers over TLS, and from notifications with its
// signature. Answers and notifications are read up to a limit.
package skeleton

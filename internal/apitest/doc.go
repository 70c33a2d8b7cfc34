// Package apitest holds what the tests send and are answered to the OpenAPI
// document of package openapi, so that neither can change without the other.
//
// Who uses it: tests alone.
//
//	client ─ Transport ─▶ … ─▶ Handler ─▶ server
//	             └──(you are here)──┘
//
// Every answer has to be described, an error too: its status, headers, body, and the
// code of a problem; also to what no operation is described for. A request has to be
// described when it was taken, which is answered with 2xx or 303; negative tests
// send what is wrong on purpose. A webhook has to be described whatever its receiver
// says, by the document's webhooks: [Webhooks] where it is sent, [WebhookHandler]
// where it arrives. What the document leaves open for newer peers is closed here: a
// member that it does not name is a violation.
//
// # Errors
//
// A violation fails the test and names the exchange.
//
// # Concurrency
//
// A [Checker] is safe for concurrent use.
//
// # Security
//
// It reads bodies without a limit, which is for tests alone.
package apitest

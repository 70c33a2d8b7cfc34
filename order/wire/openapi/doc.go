// Package openapi is the description of everything that crosses the wire
// between terminal, acquirer and gateway: one OpenAPI 3.1 document, from which a
// role can be played in any language.
//
// Who uses it: integrators read it, at GET /v1/openapi.json of every acquirer
// and gateway or from [Document]; orderhttp and gatewayhttp serve it with
// [Handler]; generators and validators take it as it is.
//
//	openapi.yaml ── written by hand ─▶ openapi.json ── Document, Handler ─▶ readers
//	   (you are here)                      ▲
//	                 the tests' exchanges, the Go types and the codes are held to it
//
// The YAML is what is written and reviewed. The JSON is made of it, because the
// standard library reads no YAML:
//
//	ANYSCAN_UPDATE=1 go test ./order/wire/openapi -run TestJSON
//
// # Errors
//
// There are none: the document is part of the program.
//
// # Concurrency
//
// Everything is safe for concurrent use.
//
// # Security
//
// The document holds nothing secret. The private keys in its example are known to
// everybody.
package openapi

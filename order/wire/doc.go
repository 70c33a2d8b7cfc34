// Package wire is what every HTTP transport of this module shares: strict JSON,
// errors as problem+json, idempotency keys, signed messages between servers,
// and a network inside the process. It knows the vocabulary of package order
// and the standard library, and no message of a particular transport.
//
// Who uses it: the transports (orderhttp, gatewayhttp, scanhttp), and whoever
// writes a peer of ours with a transport of their own. An application that
// uses our handlers and clients meets only [Signer], [Keys], [Limit] and, in its
// tests, [Network].
//
// The flow, for a call from one server to another:
//
//	client                                              server
//	  │ SetIdempotencyKey, encoding/json                  │
//	  │ Transport: Content-Digest, sign ─────────────────▶│ NewHandler: verify
//	  │                                                   │   IdempotencyKey, Decode
//	  │          (you are here, on both sides)            │   …the role does its work…
//	  │                                                   │   Encode, or WriteError
//	  │ Transport: verify ◀───────────────────────────────│ NewHandler: sign
//	  │ DecodeResponse, or ReadError                      │
//
// A terminal calls without a signature and reads with the token of its order;
// all but the signing is the same.
//
// # JSON
//
// A request asks for something: [Decode] refuses fields it does not know, so that
// nothing a caller meant is dropped unseen. Answers and notifications tell what
// happened: [DecodeResponse] and [DecodeNotification] skip fields they do not
// know. So with a new field the server of a request grows first, before its
// clients send it, and whoever writes an answer or a notification may grow before
// its readers do. What a new field says must then be safe to miss.
//
// All three refuse duplicate names, names in other letter case, bytes that are
// not UTF-8, deep nesting, trailing data, and more bytes than the caller's limit.
//
// # Signatures
//
// Messages between servers are signed as RFC 9421 says, in one closed profile:
//
//	request   "@method" "@target-uri" "content-digest", then "content-type" and
//	          "idempotency-key", each if there is one
//	response  "@status" "content-digest" "signature";req;key="sig1"
//	both      label sig1; created, keyid and tag="anyscan", and no other parameter
//
// The digest is SHA-256 (RFC 9530). Every message has one, an empty body too. A
// request with a body has a Content-Type, and no request has a Content-Encoding.
// A header that is covered and missing, or there and not covered, is refused.
// A key is named by its JWK thumbprint (RFC 7638), and the algorithm belongs to
// the key: no message can choose it. Keys are Ed25519.
//
// # Errors
//
// What crosses the wire is an [order.Error]: [WriteError] sends its code,
// detail and problems, [ReadError] makes it again, of a code that only a newer
// peer knows the closest one. Its cause stays where it happened. [SignatureError]
// is such a cause: it names for the log which part of a signed message was wrong.
// [DialError] is an address that the in-process network or [DialLocalhost] does
// not connect to. What [Network.Disturb] does to a message comes out as whatever
// an http.Client makes of a connection that breaks.
//
// # Concurrency
//
// [Signer], [Transport], [NewPool], [Network] and what [NewKeys] and [NewHandler] return
// are safe for concurrent use. Functions that take a request, a response or a
// writer use it alone.
//
// # Security
//
// A server verifies the address it was configured with, never the Host header,
// so a request for one server is worth nothing at another. Times of signatures
// must lie within a window of five minutes; within it a captured request can be
// sent again, and the idempotency key makes that harmless for every write. A
// response covers the signature of its request and fits no other.
//
// Whoever is on the way can send a captured request again with other headers or
// another body, and the answer fits the true request. So every signed answer
// depends on nothing but what the request's signature covers: what [NewHandler]
// passes on has no other headers, and a request that is not verified as a whole,
// its body and the length of that included, gets no other signed answer than 401,
// unauthenticated. That says that the caller was not identified and nothing more:
// a peer must never take it for the end of what it asked for. A request of a
// stranger costs the server no signature, neither to check nor to make. Signatures
// do not hide anything: use TLS.
package wire

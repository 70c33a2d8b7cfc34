// Package wire is what every HTTP transport of this module shares: strict JSON,
// errors as problem+json, idempotency keys, signed messages between servers,
// and a network inside the process. It knows the vocabulary of package order
// and the standard library, and no message of a particular transport.
//
// Who uses it: the transports (orderhttp, gatewayhttp, scanhttp), and whoever
// writes a peer of ours with a transport of their own. An application that
// uses our handlers and clients meets only [Signer], [Keys], [Secret], [Limit]
// and, in its tests, [Network].
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
//
// A server answers with a key of its own, of any kind, whatever the kind of the
// caller's key is; but a request that was signed with a shared secret is answered
// with that secret. A key is named by its JWK thumbprint (RFC 7638), and the
// algorithm belongs to the key: no message can choose it, and one that names one is
// refused. These are the algorithms of RFC 9421 section 3.3, by the kind of key:
//
//	Ed25519, the default           ed25519
//	EC on P-256                    ecdsa-p256-sha256, r and s of 32 bytes, no ASN.1
//	RSA of 2048 bits or more       rsa-pss-sha512, MGF1 with SHA-512, 64 bytes of salt
//	Secret of 32 bytes or more     hmac-sha256
//
// Ed25519 is for peers that know each other's public key. A key store that has no
// Ed25519 has one of the next two; RSA costs the signer ten times as much. A shared
// secret costs a fortieth, and is for a pair that trusts each other not to claim
// what the other has said: either can make every message of both. Each side then
// has the secret among the keys that it believes, and signs its requests by
// [NewSecretSigner] or, where the peer's keys come and go, [Signer.PreferSecret].
//
// [ParseKeySet] reads the keys that a peer publishes as a JWK Set, [FormatKeySet]
// writes one's own, and [NewKeySet] lets each count while it is in force: an old
// and a new key overlap while one replaces the other.
//
// # TLS client certificates
//
// Instead of signing, a caller may prove its key by a TLS client certificate
// (Options.TLSKeys, RFC 8705 section 2.2): see [NewHandler]. Then TLS protects
// request and answer, and neither is signed.
//
// # Errors
//
// What crosses the wire is an [order.Error]: [WriteError] sends its code,
// detail and problems, [ReadError] makes it again, of a code that only a newer
// peer knows the closest one. Its cause stays where it happened. [SignatureError]
// is such a cause: it names for the log which part of a signed message was wrong
// and what would be right, and a caller whose key is known is told the same. Where
// nothing but the signature is wrong, the mistakes that peers make most are tried
// out, six at most: an address with another scheme, host, port, prefix or slash, an
// idempotency key without quotes, a content type with a charset. If one of them was
// signed, it is named; else the signature base is, as this server made it.
// [ErrKey] and [KeyError] are about keys that cannot be used.
// [DialError] is an address that the in-process network or [DialLocalhost] does
// not connect to. What [Network.Disturb] does to a message comes out as whatever
// an http.Client makes of a connection that breaks.
//
// # Concurrency
//
// [Signer], [Secret], [Transport], [Network] and what [NewPool], [NewKeys],
// [NewKeySet] and [NewHandler] return are safe for concurrent use. Functions that
// take a request, a response or a writer use it alone.
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
// a peer must never take it for the end of what it asked for. Its detail describes
// the request as it arrived, which somebody on the way may have changed; it is for
// people who look for a mistake, and programs must not branch on it. It holds
// nothing but what the request brought, the public address of the server and its
// time. A request of a stranger costs the server no signature, neither to check nor
// to make, and learns nothing; one that names a known key costs two, and once a
// second for each key up to seven more, to say what is wrong with it.
// Signatures do not hide anything: use TLS.
//
// Two parties that share a [Secret] sign with the same key in both directions, so
// somebody on the way may give them their own messages back. A request is none of
// the answers, because an answer covers its status; it is no request to the other
// side, because it covers the address that it is for, and two servers that share a
// secret have different ones; and an answer fits the one request that it covers.
// What is left is that the caller's own server turns its request away, which
// nobody may take for the peer's word. So a refusal is signed with the secret only
// if the request was made with it for this very server, and its time or its body
// was wrong. Any other is signed with the server's own key, which the caller may
// have among its keys too, or not at all if that is a secret as well.
//
// An ECDSA signature has a second form that verifies as well, and anybody can make
// it. The answer then fits another request than the one that was sent and is not
// taken; nothing here takes a signature for the name of a message.
//
// A TLS client certificate counts on the connection to this server alone, never by
// what a proxy says of one. Its key and keys of signatures do not stand for each
// other, even if two parties registered the same: [CallerByTLS] tells which it was.
// Issuer, names and dates of the certificate are not looked at; the key is trusted
// because it is registered, until it is taken out.
package wire

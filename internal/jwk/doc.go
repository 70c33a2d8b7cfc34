// Package jwk reads and writes public keys as JSON Web Keys (RFC 7517, RFC 7518,
// RFC 8037), names them by their thumbprint (RFC 7638), and signs and verifies
// with the one algorithm that belongs to each.
//
// Who uses it: order/wire for the keys that messages are signed with,
// order/reconcile for those of clearing files, and gateway/clearing for the keys
// of acquirers.
//
//	JWKS of a peer ── ParseSet ─▶ []Key ─▶ ID, InForce ─▶ wire.Keys ─▶ Verify
//	own keys ── FormatSet ─▶ JWKS for peers;  Sign
//	            (you are here)
//
// Kinds: OKP with Ed25519, EC with P-256, RSA with 2048 to 4096 bits and the
// exponent 65537, and oct with 32 bytes or more, a secret that two parties
// share. The members nbf and exp (NumericDate, as in RFC 7519) say when a key is
// in force, so that an old and a new one overlap while keys are rotated.
//
// # Errors
//
// An [Error] names the key by its place in the set and the member that is wrong.
//
// # Concurrency
//
// Keys are values; nothing is shared.
//
// # Security
//
// A private key in a set is refused: whoever sent it has leaked it. The
// algorithm follows from the kind of the key, and a message cannot choose
// another. A [Secret] never prints and is never written into a set.
package jwk

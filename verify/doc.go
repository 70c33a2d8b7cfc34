// Package verify answers one question: may this address be opened?
//
// Whoever has read an address from a code asks it before connecting: the
// terminal in front of the first server's page, the same terminal in front of
// the payment page, the acquirer when one of its own codes comes back, and the
// clearing institution when it signs codes.
//
//	code ─▶ text ─▶ Parse ─▶ the methods of a Policy ─┬▶ Verdict: open its Address
//	                └───────── *you are here* ────────┴▶ RejectedError: do not open
//
// A [Policy] holds methods and accepts with [Any], [All] or [Ordered] of them. The
// methods are those of claims 6 to 8 of US 12,387,194 B2:
//
//	method        legal is                    keeps out
//	Domains       a host in a database        every other host
//	AgreedString  an agreed character string  codes of another kind; no attacker
//	Signature     a signature by the          everything that was not signed,
//	              clearing institution        byte for byte, and what has expired
//
// Package domaindb keeps large databases in a file, package feed keeps files, keys
// and revocations current, and [Live] swaps a method while it is asked.
//
// [Hosts] is the policy for a gateway's address, whose host is known exactly.
//
// # Addresses
//
// Programs disagree about what an address means, and an attacker chooses the
// program that is wrong. So [Parse] accepts only what all read alike:
//
//	https:// in any case
//	host     ≥ 2 labels of 1–63 ASCII letters, digits and inner hyphens, 253
//	         bytes at most, the last label beginning with a letter; folded to
//	         lower case in ASCII alone; nothing escaped, no dot at the end,
//	         not below localhost
//	port     optional, 1–65535 without leading zeros
//	rest     nothing, or / ? # and printable ASCII without " < > \ ^ ` { | },
//	         every % followed by two hexadecimal digits
//
// in 2,048 bytes at most: no user name, no IP address, no relative address. An
// [Address] is canonical; two that differ are two addresses.
//
// [Options.Development] is the only way to accept http, on *.localhost alone,
// and nothing turns it on by default.
//
// # Signed addresses
//
// [Sign] adds the last query parameter v: base64url without padding, in its
// one strict spelling of 107 characters with Ed25519 and P-256, of
//
//	version 1 │ key id 2 │ expiry 4 │ merchant 8 │ scope 1 │ prefix 0 or 2 │ signature
//
// version is 1, or 2 where the token is the last segment of the path instead, in
// upper-case base32 without padding. The key id is the beginning of the key's RFC
// 7638 thumbprint; of several keys with one id, each is tried. expiry is in Unix
// seconds, big-endian, unsigned. merchant is the beginning of SHA-256 of the
// merchant's identifier, or zero. scope is 3 for the whole address, 2 for the first
// bytes of it, as many as prefix says (big-endian) and up to a / of the path, 1 for
// scheme, host and port, 0 for the registrable domain. The signature is over
//
//	"anyscan code address v1\x00" │ what stands before the signature │ what the
//	scope covers of the canonical address without v and the ? or & before it, or
//	without the last segment
//
// so that one signature of scope 3 fits one address. There is no fragment and no
// other v. The signature has the fixed length of its key's [Algorithm].
//
// [SignDomain] makes the specification's plain form, the signature of the domain
// alone. It is accepted only where [SignatureOptions] say so: it can be moved to
// every address of the domain.
//
// # Errors
//
// Every refusal is a [*RejectedError] with a [Code] and a sentence for each
// [Reason]; the sentence may be logged, the code is for programs. [Parse] gives
// an [*AddressError], constructors and Sign an [*ArgumentError].
//
// # Concurrency
//
// All values are safe for concurrent use and never change after they are made.
// To rotate rules or keys, make another policy and swap it in.
//
// # Security
//
// Any error is a refusal, also one of a method that could not decide. Open
// the verdict's address, never the scanned bytes, and verify every redirect
// anew. No method here knows whether a legal code was copied and shown at
// another counter; show the payer the merchant's name.
//
// # What is shown, and where
//
//	TestBrowserAddresses                no host of the web-platform-tests differs
//	TestNobodyReadsAnotherHost          nor of random strings, from a browser's or net/url's
//	TestPublicSuffixes                  every case of the Public Suffix List's tests
//	TestSignatureRefusesMoves           a code moved in any way is refused
//	TestSignatureExpiryKeysMerchant     and so is one expired, of an unknown key, of another merchant
//	TestRevocations                     or revoked
//	TestPlainFormVouchesForTheDomainAlone   what the plain form lets pass
//	TestPrefixIsNotLeft                 no server is led out of a signed prefix
//	TestRecoveryComparesTheWholeBlock   no forgery by the tail of what RSA decrypts to
//	TestTokenInPathIsSmaller            a QR code one version smaller
//	BenchmarkParse                      the door: at most half of url.Parse, no allocation
//	BenchmarkPolicy                     a whole verification: at most 1.05 of ed25519.Verify
//	domaindb: BenchmarkFile, TestSwapsUnderLoad
package verify

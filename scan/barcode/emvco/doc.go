// Package emvco reads and writes what merchants' codes say in many countries
// instead of an address: the payload of the EMV QR Code Specification for
// Payment Systems, Merchant-Presented Mode, version 1.1. PayNow, PromptPay, Pix,
// QRIS and Bharat QR are such payloads.
//
// A terminal (package scan) meets them on counters and names them. Whoever pays
// or issues under one of their schemes takes them apart and makes them here.
//
//	picture ─ barcode.Decode ─▶ text ─┬─ an address ─▶ verify ─▶ open
//	                                  └─ Recognize ─▶ Parse ─▶ Payload ─▶ an app of the scheme
//	                                                 (you are here)
//
// A payload is a row of objects: two digits of ID, two of length, a value. It
// begins with 00, the format, and ends with 63, a checksum over all before it;
// [Payload] holds what stands between them. Some values are templates, which are
// rows of objects again. A path names an object: 59 is the merchant's name,
// 62.05 the reference label in the additional data.
//
//	01 11 static, 12 dynamic    54 amount           60 city
//	02–25 cards' accounts       55–57 tip or fee    61 postal code
//	26–51 schemes' templates    58 country          62 additional data, template
//	52 merchant category code   59 merchant's name  64 in another language, template
//	53 currency, numeric        65–79 reserved      80–99 anybody's templates
//
// A length counts characters, and those are Unicode code points: 最佳运输 has 4,
// as the specification says and its example has it, though it takes 12 bytes.
// The checksum is over the bytes of the text in UTF-8. A payload whose lengths
// count bytes is refused, and the error says so.
//
// # Errors
//
// [*SyntaxError]: the text is no row of objects, or not one that has a single
// meaning. [*ChecksumError]: it is not what the issuer wrote. [*RulesError]: it
// is, but an object is missing or its value is not what the specification asks
// for; only then the payload is returned as well, since there are schemes whose
// codes leave out what is mandatory.
//
// # Concurrency
//
// The functions keep nothing; a Payload is a value.
//
// # Security
//
// A payload comes from whoever printed the code. The checksum finds misreading,
// not fraud: anybody can compute it. Nothing in a payload is signed, and its
// names are what the issuer of the code calls itself. A text has at most 512
// characters and templates nest twice, so work is bounded. Values are not made
// harmless for display, but [Payload.String] and the errors quote them.
package emvco

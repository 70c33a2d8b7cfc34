// Package barcode reads QR codes and Code 128 from pictures: pixels in, text
// out.
//
// A terminal (package scan) uses it on camera frames and on pictures that a
// user picked, package print on what it has just made.
//
//	file ── ReadImage ──┐
//	camera frame ───────┴─▶ Decode ──▶ Symbol.Text ──▶ verify ──▶ open
//	                       *you are here*     └─▶ emvco: a payload, no address
//
// [Decode] looks at a picture several times: smaller, softer, larger, inverted,
// with another idea of what is dark. It stops at the first look that gives a
// text, which for most pictures is the first of all. EAN and UPC are never read:
// in pictures that hold no code at all their readers find one too often.
//
// # Errors
//
// Every error says what was wrong: [NotFoundError], [PictureError],
// [LimitError], [FormatError]. When a context ends, the error unwraps to its
// cause.
//
// # Concurrency
//
// The functions keep nothing between calls and may be called by many
// goroutines at once.
//
// # Security
//
// A picture comes from a stranger. A file's length and the size in its header
// are checked before memory is set aside. Work is bounded as well: no look at
// the picture has more than 4 million pixels, and a picture with more finder
// patterns than a page of codes is refused, since trying every three of them
// would keep a reader busy for hours.
//
// A wrong text is worse than none. A QR code corrects errors and notices what
// it cannot correct; Code 128 has one check digit, so a text counts only when
// two lines across the bars agree and no bar is finer than a pixel and a half.
//
// Text is what the code says and no more: anybody can print a code. Package
// verify decides whether an address may be opened. Package emvco takes apart what
// is no address but the payload of another payment scheme.
package barcode

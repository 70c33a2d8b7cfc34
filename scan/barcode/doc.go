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
// [Decode] looks at a picture several times: smaller, softer, larger, sharper,
// inverted, with another idea of what is dark. It stops at the first look that
// leaves nothing unread, which for most pictures is the first of all. What one
// look does:
//
//	finder patterns ─▶ triples ─▶ outlines ─▶ size ─▶ alignment ─▶ grey of each
//	1:1:3:1:1          of a code  in grey     of the  patterns,    module ─▶
//	in four            the        levels      code    bent paper   Reed-Solomon
//	directions         likeliest
//
// A code that lies flat is read by its three patterns alone, and all such codes
// first: what belongs to them need not be looked at as a part of another. What one
// look has read the next ones leave out.
//
// All of it counts its work ([Effort]) and looks at the context as it goes. The
// last step, correcting errors and reading the content, is gozxing's. Code 128
// is read along rows and columns, then, in a [Still], along slanted lines. EAN and
// UPC are never read: in pictures that hold no code at all their readers find one
// too often.
//
// # Errors
//
// Every error says what was wrong: [NotFoundError], [PictureError], [LimitError],
// [FormatError], [EffortError]. When a context ends, the error unwraps to its cause.
//
// # Concurrency
//
// The functions keep nothing between calls and may be called by many
// goroutines at once. A [Reader] keeps memory for the next picture and may be
// shared as well.
//
// # Security
//
// A picture comes from a stranger. A file's length and the size in its header
// are checked before memory is set aside. Work is bounded as well: no more than
// a thousand finder patterns are looked at in one view, and of what they may
// span only the likeliest; an [Effort] is a number of steps. So a picture that
// was made to keep a reader busy takes no longer than a blurred one.
//
// A wrong text is worse than none. A QR code corrects errors and notices what
// it cannot correct; Code 128 has one check digit, so a text counts only when
// two lines across the bars agree and the bars are not finer than a pixel and a
// third, unless they are as sharp as no camera takes them.
//
// Text is what the code says and no more: anybody can print a code. Package
// verify decides whether an address may be opened. Package emvco takes apart what
// is no address but the payload of another payment scheme.
package barcode

// Package print writes codes as pictures: QR for addresses, Code 128 for short
// plain text.
//
// Whoever puts a code in front of a payer uses it: an acquirer that prints a
// code for a merchant's counter, a gateway that shows one on a screen, a
// program that shows one in a terminal.
//
//	text (a code address)
//	  │ print.QR, Address, Code128      *you are here*
//	  │ Code.PNG, Code.SVG, Code.Image, Code.Terminal
//	  ▼
//	paper or screen ──▶ camera ──▶ barcode.Decode ──▶ the same text
//
// Every code is read back with package barcode before it is returned. What our
// own reader cannot read, or reads as something else, is an error and not a
// picture on someone's counter.
//
// # Errors
//
// *TextError: the text does not fit the format. *OptionError: an option is out
// of range. *ReadBackError: the picture does not say what it should.
//
// # Concurrency
//
// All functions may be called by many goroutines at once. A Code does not
// change once it is made.
//
// # Security
//
// A code is public: whoever sees it can read and copy it. The package checks
// that a picture says the text, not that the text is safe to open; that is for
// package verify. Work and memory are bounded by the limits on text and scale.
package print

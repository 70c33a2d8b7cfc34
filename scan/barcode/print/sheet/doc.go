// Package sheet sets a code on a sheet of paper that a merchant puts up: what to
// do above it, the merchant's name below, ready for a printer.
//
// Whoever gives merchants their printed codes uses it, an acquirer as a rule.
//
//	print.Code
//	  │ sheet.A6                        *you are here*
//	  │ Sheet.PDF, Sheet.SVG, Sheet.Image
//	  ▼
//	counter, window, table ──▶ camera ──▶ barcode.Decode ──▶ the same text
//
// Words are drawn as outlines, so that a printer or a browser needs none of the
// fonts, and shows just the letters that were checked here. Latin, Greek and
// Cyrillic letters come with the package; [Content.Fonts] adds others. Text that
// runs from the right, and letters that join, are set as their script has it.
//
// The finished sheet is read back with package barcode before it is returned.
//
// # Errors
//
// *ContentError: a field of Content is missing, too long, or has a letter that no
// font here can draw. *CodeError: the code is nil, too fine for the sheet, or
// cannot be read from it.
//
// # Concurrency
//
// All functions may be called by many goroutines at once. A Sheet does not change
// once it is made.
//
// # Security
//
// A sheet is public, as its code is. The package checks that the sheet's code says
// what it said before, and that its reader finds no other beside it; blocks, of which
// a name could make bars, are refused. It does not check that the name is the
// merchant's. Controls that turn the order of letters are refused, since with them a
// name can look like another. Fonts are the caller's own files: a font from a stranger
// has no business here. Sizes are bounded: see [Content].
package sheet

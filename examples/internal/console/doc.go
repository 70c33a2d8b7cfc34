// Package console is a terminal for a person at a keyboard: it shows merchant
// pages, asks, tells each step in a line, and reads pictures of codes. The
// quickstart and the superapp are built from it.
//
//	picture ─ ReadPicture ─▶ Terminal.Open ─▶ scan.Payer ─ Report ─▶ Printer
//	                             Host ◀── asks ──┘
//	                       (you are here)
//
// # Errors
//
// What the person stops is scan.ErrCanceled.
//
// # Concurrency
//
// A Printer is safe for concurrent use. A Host takes one payment at a time.
//
// # Security
//
// Texts that a code or a server brought are printed without what a terminal
// would obey.
package console

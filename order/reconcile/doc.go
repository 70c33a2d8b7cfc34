// Package reconcile is the clearing file, and how two sides find out whether they
// agree about the money: the acquirer with its clearing institution, and the
// institution with the providers behind its components.
//
// Who imports it: acquirers, who read the file of each day and match it against
// their own orders; and clearing institutions, whose package gateway/clearing
// writes it, and who match the statements of providers.
//
//	provider                     clearing institution                 acquirer
//	  │ statement ─────────────────▶│ Match: own attempts                │
//	  │                             │   → Report: Breaks, Pending        │
//	  │                   cut-off ──│ NewWriter, Write …, Close          │
//	  │                             │   header, entries, totals,         │
//	  │                             │   signature ──────────────────────▶│ NewReader: Header
//	  │                             │                                    │ MatchFile: own orders
//	  │                             │                                    │   → Report: Breaks, Pending
//	                     (you are here, on all three)
//
// # The file
//
// A file has the money that one acquirer is owed of one business day: a header,
// the entries in the order in which they were booked, the totals of each currency,
// and a signature. It comes in two formats with the same content. All text is
// UTF-8, and every line is written in one way: a reader refuses every other.
//
// CSV (RFC 4180) is one table: the first line has the names of the columns, every
// line ends in CRLF, and what a record does not have is empty. A text that holds a
// comma, semicolon, quote, apostrophe or space stands in quotes, and no other. JSON
// lines has an object a line, which ends in LF, with the same names in the same
// order and without the empty ones; integers are numbers there, everything else is a
// string.
//
//	column     of             what
//	record     all            header, payment, refund, total or signature
//	name       header         format, unit, institution, acquirer, date, time_zone, from, until,
//	                          sequence, made: each once, in this order
//	           total          payments, refunds, all: three records for each currency, by its code
//	           signature      key, sha256, value: the last three lines
//	value      header,        of that name
//	           signature
//	order      entry          the acquirer's order ID
//	merchant   entry          of the order
//	attempt    entry          whose money it is; the institution names it so to its provider
//	refund     refund         its ID at the institution
//	component  entry          that took the money
//	reference  entry          the provider's
//	state      entry          paid, refunded
//	booked     entry          when the institution decided it; of this the day is told
//	moved      entry          when the provider says that the money moved
//	currency   entry, total   ISO 4217
//	count      total          of entries
//	gross      entry, total   minor units; what a refund takes back is negative
//	fee        entry, total   minor units that the institution keeps
//	net        entry, total   gross minus fee
//
// Times are RFC 3339 in UTC with up to six decimals; amounts are integers in minor
// units of their currency, 1250 for 12.50 CNY, from -(2^53-1) to 2^53-1; date is the
// business date, and time_zone names the zone of the cut-off, whose moments are from
// and until. sequence counts the acquirer's files, and from is the until of the one
// before, also where clocks were set or the cut-off was moved: no moment is in two
// files or in none. A day without money has a file with no entries.
//
// A refund is an entry of its own, on the day when it was decided, and the payment
// that it gives back stays as it was. Its gross amount is negative in the same
// column, so that a column adds up to what is owed; attempt is the one whose money
// it gives back, and refund names it among others of that.
//
// The signature is over three lines, each of which ends in LF: anyscan-clearing/1,
// then "key " and the key's JWK thumbprint (RFC 7638), then "sha256 " and the
// SHA-256 of all bytes of the file before its first signature record, in
// hexadecimal. The algorithm belongs to the key, as in order/wire: Ed25519,
// ECDSA on P-256 with SHA-256 as r and s, or RSA-PSS with SHA-512. value is
// base64url without padding.
//
// # Breaks
//
// [Match] reports what the two sides do not agree about by [BreakKind], always in
// the same order. Both sides have a cut-off: money that one books at 23:59:59 and
// the other two seconds later stands on two days. Such entries are pending, not
// broken; the match of the next day is given the report of the day before, and
// clears or reports them. On the first day, an own record that was booked just after
// the cut-off, and by the other side before it, is reported as missing there.
//
// An acquirer books an order when its institution decided that it is paid, not when
// it heard of that: both sides tell the day by one clock, and a notification that
// comes the day after changes nothing if it comes before the match. Money of which
// this side has not heard by then is pending if it came within
// [MatchOptions.Window] of the cut-off, and a break in its state if it came earlier:
// something keeps the two apart. Once it has been heard of, a match of the same file
// finds no break.
//
// A day is matched when it is complete: an own record that is added while the
// match runs may be taken for a duplicate.
//
// # Errors
//
// A file that is wrong is a [*FileError] with the line, the column, and what would
// be right. It wraps [ErrFormat], [ErrTotals], [ErrSignature] or [ErrTooLarge].
// What the other side's iterator says comes back as it was.
//
// # Concurrency
//
// A Reader or Writer belongs to one goroutine. Match reads both sides on the
// caller's. Everything else is values.
//
// # Security
//
// An entry counts only once the iteration has ended: the signature is at the end
// of the file, and proves every byte before it. Whoever has the institution's
// public key can prove to anybody what it has said.
//
// A text that a spreadsheet would compute (it begins with = + - @, a tab, or the
// wide form of one of these) has an apostrophe before it in CSV, and one that begins
// with an apostrophe a second one; a reader takes one off. That holds where a comma
// separates columns, as RFC 4180 says: what cuts lines elsewhere makes other cells.
//
// Lines have at most 4 KiB, files 10 million entries by default, and a match keeps
// at most 100,000 entries of a side that have no partner, by default. Files hold no personal data.
package reconcile

// Package sqlite opens a store in one SQLite file, the embedded default: no
// server, no setup, a few thousand durable commits a second and ten times that
// many requests. It is a leaf: the only package that knows the driver,
// modernc.org/sqlite, which needs no cgo.
//
// Who uses it: a program that runs an acquirer or a clearing institution in
// one process.
//
//	path ─▶ Open ─▶ *store.Store ─▶ Do, View, Migrate
//	     (you are here)
//
// The file is in WAL mode, next to it lie path-wal and path-shm: back up with
// VACUUM INTO, never by copying one of the three. Every commit is flushed to
// disk (synchronous=FULL) before it is acknowledged, so that a power cut loses
// none, provided that the disk keeps what it says it has. Foreign keys are
// checked.
//
// Keep the file on a local disk: WAL needs memory that all its users share,
// which a network file system does not have. There is no in-memory mode; tests
// open a file in t.TempDir().
//
// What undoing one request of a group would need is kept in memory until the
// next one runs (temp_store=MEMORY): a request that rewrites a large table, such
// as a migration, needs as much memory as it changes.
//
// Each connection keeps the statements that it ran prepared, by their text: the
// same text with other arguments runs without being parsed and planned again.
//
// A program may switch the driver to fdatasync (its function Fdatasync), which
// flushes the same data at less cost. That is a setting of the whole process,
// so it is left to main.
//
// # Two processes
//
// One process should own the writes. Another may open the same file and
// nothing breaks: each group of requests then waits for the write lock up to
// [Options.BusyTimeout], by sleeping and asking again, and gets a
// *store.BeginError if that is not enough. It is slow, and unfair to whoever
// sleeps, so it is meant for the overlap of a restart and for a person with a
// shell, not for sharing load: that is what a server database is for.
//
// On Linux, a process that opens and closes the file by itself, for example to
// hash it, drops the locks of every connection it has to that file; the driver
// has an opt-in against that (sqlite.OFDLocking).
//
// # Errors
//
// [OpenError] says which file could not be opened and why.
//
// # Concurrency
//
// Open may be called by several processes and goroutines at once, also on a
// file that does not exist yet.
//
// # Security
//
// A new file, and what SQLite puts next to it, is readable by its owner alone
// (0600). The permissions of a file that exists are the operator's choice and
// stay. Connections refuse what could corrupt the file on purpose (SQLite's
// defensive mode).
package sqlite

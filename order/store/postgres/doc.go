// Package postgres opens a store in a PostgreSQL database, for several servers
// on one. It is a leaf: the only package that knows the driver,
// github.com/jackc/pgx/v5.
//
// Who uses it: an acquirer or a clearing institution that runs more than one
// process, or whose own tables are in PostgreSQL already.
//
//	DSN, or a pool of yours ─▶ Open, New ─▶ *store.Store ─▶ Do, View, Migrate
//	                        (you are here)
//
// # Transactions
//
// Each Do is a transaction of its own at READ COMMITTED, as many at once as the
// pool has connections; PostgreSQL shares disk flushes among them. A View is
// READ ONLY and REPEATABLE READ, which is one snapshot. [store.Store.Lock] is a
// lock on the 64-bit hash of its key, held until the transaction ends
// (pg_advisory_xact_lock); a program that takes such locks on numbers of its
// own may meet one of ours and waits then, no more.
//
// The *sql.Tx that Do gives is PostgreSQL's own: statements on the caller's
// tables commit together with ours.
//
// # Time limits
//
// Nothing waits for ever. A transaction of Do ends after [Options.Limit], at
// both ends of the connection: here its context ends, there
// statement_timeout and idle_in_transaction_session_timeout do, so that a
// server cut off by the network frees its locks. Waiting for a lock ends
// earlier, after [Options.LockWait]. What the DSN sets for these stands.
//
// # Errors
//
// [OpenError] says what the database cannot promise: one that is read-only, that
// is older than PostgreSQL 14, that does not flush commits (fsync or
// synchronous_commit off), or whose encoding is not UTF8.
//
// # Concurrency
//
// Any number of processes may use one database and may migrate it at once.
//
// # Security
//
// The DSN holds the password: it is never part of an error or a log. Give TLS
// there (sslmode=verify-full) unless the database is reached by a unix socket.
package postgres

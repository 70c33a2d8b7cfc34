// Package store keeps orders, attempts and the jobs they owe in one SQL
// database: it groups concurrent writes into commits, reads from snapshots and
// migrates. It is a thin layer over database/sql, so callers write SQL and get
// a real *sql.Tx.
//
// Who uses it: the acquirer and the clearing institution, and whoever wants
// their own tables to change in the same transaction as ours. A Store is opened
// by the package of its dialect, for example order/store/sqlite, which is the
// only place that knows a driver.
//
// The flow of a write:
//
//	request ─┐
//	request ─┼─▶ Do ─▶ one transaction ─▶ a savepoint each ─▶ one commit ─▶ each gets its answer
//	request ─┘                                  (you are here)
//
// While one commit waits for the disk, the requests that arrive meanwhile
// gather for the next. Under load one disk flush is shared by many requests;
// alone, a request pays for one.
//
// That is for a database with one writer, order/store/sqlite. On a server
// database, order/store/postgres, each Do is a transaction of its own beside
// others, and the server shares the flushes. What is read first and relied on
// when writing is therefore protected by [Store.Lock], which costs nothing
// where there is one writer.
//
// # Writing SQL
//
// Write placeholders as $1, $2, …: every dialect accepts them. Times are
// stored as BIGINT microseconds since 1970 in UTC ([time.Time.UnixMicro]),
// money as BIGINT minor units, bytes as BYTEA. What Do is given must do
// database work only: no network, no waiting for others, because everyone who
// shares the transaction waits too.
//
// Constraints declared DEFERRABLE INITIALLY DEFERRED are checked at the shared
// commit, where one violation fails everyone in the group. Do not declare any.
//
// # Errors
//
// What fn returns is returned as it is, after its statements were undone. The
// store's own errors say what is known about the outcome:
//
//	ErrClosed, ErrNested, *BeginError   nothing was done; the request may be repeated
//	*ConflictError                      nothing was done; the request may be repeated
//	ErrAborted                          nothing was done; fn is wrong
//	ctx.Err()                           fn did not run
//	*PanicError                         fn panicked; its statements were undone
//	*CommitError                        unknown: ask the database before repeating
//	*MigrationError                     the schema is not what this program needs
//
// # Concurrency
//
// A Store is safe for concurrent use. Each fn runs on its caller's goroutine,
// where there is one writer one at a time; views run beside it and beside each
// other.
//
// # Security
//
// A request is acknowledged only after its commit reached the disk. fn never
// sees another request's half-done work, and cannot undo another's; but it sees
// what earlier members of its group did, which is why even an error of fn is
// reported only once the group has committed. Statements must carry values as
// arguments, never inside the SQL text.
package store

// Package outbox does what a transaction owes the world: notifications to
// send, outcomes to ask for, orders to expire. A job is a row that commits, or
// does not, together with the change that makes it due, so neither can be lost
// without the other.
//
// Who uses it: the acquirer and the clearing institution, each with its own
// [Outbox] and queues over its own store.
//
//	store.Do ─▶ change + Put ─▶ commit ─▶ lease ─▶ Handler ─▶ Done, again later, or failed
//	                                 (you are here)
//
// A job is a queue and a key, for example "clearing.notify" and an order ID,
// and nothing else: its [Handler] loads the current state by the key. Putting
// the same job again therefore replaces the older one, and what is sent is
// always the newest version.
//
// # Leases
//
// A job that is due is leased before its handler runs, for [Options.Lease],
// and the lease is renewed while the handler runs. If the process dies, the
// lease ends by itself and whoever looks next takes the job, so a restart waits
// at most one lease. A Put while the handler runs is kept: the job runs again
// when the handler is through, never beside it.
//
// A handler may run more than once for the same job: it may have been done when
// the process died, or its lease may have ended while the machine slept. What
// it tells others must bear repetition, and what it writes it should write
// together with [Outbox.Done], which fails if the lease is no longer its own.
//
// # Owners
//
// A job may have an owner, such as the acquirer that a notification goes to. Of the
// handlers of a queue each owner has [Options.PerOwner] at most, in each process;
// and while jobs wait for a handler, the next one is for the owner that has the
// fewest. A job is not leased before there is room for its owner, and what an owner
// has in the queue is passed over in one step, however much it is: while jobs wait,
// a look costs a step in an index for each owner.
//
// # Waiting
//
// Nothing polls: a queue sleeps until its earliest job is due, which an index
// tells, or until a Put of this process wakes it. It looks at the index once a
// minute nevertheless, for clocks that were set, and on PostgreSQL once a second,
// for jobs that another process put and does not get to.
//
// # Errors
//
// Handlers' errors are logged and their jobs tried again, by
// [Options.Schedule], until they succeed or the handler gives up. [ErrLost] is
// for a handler that no longer has its job.
//
// # Concurrency
//
// An Outbox is safe for concurrent use. Queues do not wait for each other; in
// one queue [Options.Concurrency] handlers run at once.
//
// # Security
//
// Keys end up in logs: they are identifiers, never personal data.
package outbox

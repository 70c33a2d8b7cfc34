// Package feed keeps what a verifier decides by current: keys and revocations for
// a [verify.Live], the file of a domaindb.Database, from an address where the
// clearing institution publishes them.
//
// Who uses it: terminals and acquirers, one Feed for each thing that is published.
//
//	clearing institution's web server ── GET, If-None-Match ─▶ Feed ─▶ Institution ─▶ Live
//	                                                 (you are here)  └─▶ Database.Install
//
// # Errors
//
// Whatever goes wrong, what was taken last stays. A [StatusError] is an answer that
// is no document; [Feed.Run] logs errors and tries again.
//
// # Concurrency
//
// A Feed is safe for concurrent use; it asks once at a time.
//
// # Security
//
// A Document decides what is true: a domain file carries its signature, keys and
// revocations are believed because of TLS and the address alone, so that a stolen
// certificate would bring keys of its own. An [Institution] has a limit: who keeps a terminal
// from these addresses can hide a revocation until then, and no longer.
// Redirects are not followed.
package feed

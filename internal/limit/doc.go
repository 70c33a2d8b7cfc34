// Package limit counts what callers ask: how often, and how much at once. It
// also says who a caller is whose name is not known: by address.
//
// Who uses it: internal/web for every request, and gatewayhttp for what an
// acquirer signed.
//
//	request → Address → Table.Enter → worked on → leave
//	                        └──▶ wait: 429 with Retry-After
//	               (you are here)
//
// # Errors
//
// There are none: a caller is let in, or told how long to wait.
//
// # Concurrency
//
// A [Table] is safe for concurrent use. It is of one process: servers that share
// the work each have their own.
//
// # Security
//
// Memory is bounded. A caller whose bucket is full again is forgotten when others
// come, which gives it nothing. When a table is full of callers who are owed a
// wait, all newcomers share one bucket: it fails closed. What a caller says of its
// address is believed only behind a stated number of proxies.
package limit

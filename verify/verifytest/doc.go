// Package verifytest states what every [verify.Verifier] promises, as tests.
//
// Whoever writes a verifier (one that asks a server, say) calls [Run] in a test
// of their own.
//
//	scanned text ─▶ your Verifier ─▶ verify.Verdict or *verify.RejectedError
//	                *you are here*
//
// # Errors
//
// A broken promise fails the test with the promise in words.
//
// # Concurrency
//
// The kit verifies from several goroutines at once; run it with -race.
//
// # Security
//
// The kit cannot know what is legal: it checks how a verifier reads addresses
// and refuses, not whom it trusts. Name what must be refused in
// [Subject.Illegal].
package verifytest

// Package domaindb keeps large legal-domain databases (method 1 of package
// verify; claim 6 of US 12,387,194 B2) in one immutable file that is mapped into
// memory, and replaces it while it is in use.
//
// Who uses it: terminals and acquirers with more domains than they want in memory,
// and the clearing institution that makes the file.
//
//	rules, one a line ── Build, signer ─▶ file ─▶ any web server
//	                                                │ verify/feed, with its ETag
//	verify.Policy ◀── Database, a verify.Method ◀── Install: signature, version, date
//	                  (you are here)
//
// A file takes little more than the text of its rules, opens without being read,
// and answers exactly: names are found by their hash and compared byte for byte.
// It has a version, which only grows, and a date after which it decides nothing.
// examples/domains is a program that builds one. [verify.NewDomains] is simpler for
// some thousands of rules.
//
// # Errors
//
// [Build] tells every line that is no rule in a [RulesError]. A new file that is
// not as it should be is a [FileError], and the old one stays.
//
// # Concurrency
//
// All values are safe for concurrent use. [Database.Install] swaps files
// atomically; an old one is unmapped when its last check has ended. Several
// processes can open one file; one of them should install.
//
// # Security
//
// A file's signature is checked once, when it is installed. After that the file is
// trusted as the program is: nobody else may be able to write to its directory.
// Who cuts a mapped file short kills the processes that read it (SIGBUS); Install
// never does, it renames. A file says which domains are legal, not that a legal
// domain has no open redirect.
//
// # What was measured
//
// BenchmarkFile prints how large a file is of its text, how long a hit takes of a
// random memory load in a table of that size, and how long opening takes of
// reading. TestSwapsUnderLoad has 200 verifiers ask while files and keys are
// replaced 1,000 times.
package domaindb

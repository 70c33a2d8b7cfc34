// Package program is what the programs of the examples have in common: how they
// end, how they read their command line, and where their secrets come from.
//
//	main ── Main ─▶ run(ctx, …) until a signal ── Status ─▶ exit status
//	          ├─ Flags      -h, and what is wrong with the command line
//	          ├─ Secrets    from the environment, by the name of the variable
//	          ├─ OwnFile    from a file that nobody else can use
//	          └─ Renewed    a server's certificate, which may be renewed meanwhile
//	     (you are here)
//
// # Errors
//
// Errors say which variable or file is meant and what would be right. They never
// hold what was read.
//
// # Concurrency
//
// Nothing is shared but a [Renewed], which all handshakes of a server use.
//
// # Security
//
// A secret is in the environment or in a file of its owner's, never on a command
// line, which every user of a machine can list.
package program

// Audit signs each day what the histories of a server's orders come to, and
// checks them. It is a process of its own, so that its key is where the database
// is not:
//
//	audit -log acquirer -db acquirer.db -keys notary.json                      sign, until a signal
//	audit -keys notary.json -publish > notary.jwks                             the key that others believe
//	audit -log acquirer -db acquirer.db -trust notary.jwks -kept roots.txt     check, on any machine
//
// A check prints what it read and a line for whatever is not as it was written.
// Without such a line it adds the roots that are new to the file of -kept, one a
// line. That file belongs where nobody reaches who can write to the database: it
// finds what a stolen key, or a whole database put back, can hide.
//
// The key is made of AUDIT_KEY, 32 random bytes in base64: in the environment, or
// with -keys in a file that its owner alone can use, made at first use.
//
// It exits with status 0, 1 after an error or when a check finds something, and 2
// for a command line that it does not understand.
package main

import (
	"context"
	"io"

	"github.com/anyscan/anyscan/examples/internal/program"
)

func main() { program.Main(run) }

// run is the program.
func run(ctx context.Context, args []string, _ io.Reader, out, stderr io.Writer) (status int) {
	f, err := parse(args, stderr)
	if err != nil {
		return program.Misread(err)
	}
	switch {
	case f.publish:
		err = f.printKey(out)
	case f.trust != "":
		err = f.check(ctx, out)
	default:
		err = f.sign(ctx, out, stderr)
	}
	return program.Status(stderr, "audit", err)
}

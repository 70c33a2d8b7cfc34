// Reconcile shows how two sides find out whether they agree about the money.
//
// Without flags it makes a day of payments and refunds in one process: an acquirer,
// a clearing institution with its gateway, and the sandbox's wallet company, each
// with records of its own and a clock that the program sets. Some records are then
// spoiled. When the day has ended, the institution makes the acquirer's clearing
// file, the acquirer matches it with its own orders and their refunds, and the
// institution the wallet company's statement with its attempts. Each break that is
// found is printed.
//
//	reconcile                                     a day
//	reconcile -out DIR                            and keep its file, in both formats
//	reconcile -file north.csv -keys clearing.jwks read and verify a file
//
// It exits with status 0 when all breaks that were made were found and no others, or
// the file is proven; 1 if not, and 2 for a command line that it does not understand.
package main

import (
	"context"
	"io"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/internal/program"
)

func main() { program.Main(run) }

// run is the program.
func run(ctx context.Context, args []string, _ io.Reader, out, stderr io.Writer) (status int) {
	f, err := parse(args, stderr)
	if err != nil {
		return program.Misread(err)
	}
	return program.Steps(ctx, "reconcile", f.json, out, stderr, func(ctx context.Context, p *console.Printer) error {
		if f.file != "" {
			return f.read(ctx, p)
		}
		return f.day(ctx, p)
	})
}

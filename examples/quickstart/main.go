// Quickstart takes one payment through the whole system on this machine.
//
//	go run ./examples/quickstart       one payment, a line a step
//	go run ./examples/quickstart -h    everything else that it can do
//
// It exits with status 0 when the order is paid, 1 when it is not, and 2 for a
// command line that it does not understand.
package main

import (
	"context"
	"io"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/internal/program"
)

func main() { program.Main(run) }

// run is the program. person answers questions; nil when there is nobody.
func run(ctx context.Context, args []string, person io.Reader, out, stderr io.Writer) (status int) {
	f, err := parse(args, stderr)
	if err != nil {
		return program.Misread(err)
	}
	return program.Steps(ctx, "quickstart", f.json, out, stderr, func(ctx context.Context, p *console.Printer) error {
		if f.serve {
			return serve(ctx, f, p)
		}
		return pay(ctx, f, console.NewHost(f.pay, agree, person, stderr), p)
	})
}

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
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/term"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a write fails instead, and the run cleans up
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var person io.Reader
	if term.IsTerminal(int(os.Stdin.Fd())) {
		person = os.Stdin
	}
	status := run(ctx, os.Args[1:], person, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the program. person answers questions; nil when there is nobody.
func run(ctx context.Context, args []string, person io.Reader, out, stderr io.Writer) (status int) {
	f, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	writing, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	p := &printer{out: watched{out, stop}, json: f.json}
	if f.serve {
		err = serve(writing, f, p)
	} else {
		err = pay(writing, f, newHost(f.pay, person, stderr), p)
	}
	if writing.Err() != nil && ctx.Err() == nil {
		err = context.Cause(writing)
	}
	if err != nil {
		fmt.Fprintf(stderr, "quickstart: %s\n", printable(strings.ReplaceAll(err.Error(), "\n", "; ")))
		return 1
	}
	return 0
}

package program

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

	"github.com/anyscan/anyscan/examples/internal/console"
)

// Main runs a program and exits with the status that it returns. Its context ends
// at the first interrupt or SIGTERM, for it to finish what is under way; a second
// one ends the process at once. person is the keyboard, nil when nobody is there.
func Main(run func(ctx context.Context, args []string, person io.Reader, out, stderr io.Writer) (status int)) {
	signal.Ignore(syscall.SIGPIPE) // a write fails instead, and the run cleans up
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	var person io.Reader
	if term.IsTerminal(int(os.Stdin.Fd())) {
		person = os.Stdin
	}
	status := run(ctx, os.Args[1:], person, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// Flags are those of a program whose -h says usage and then the flags.
func Flags(name, usage string, stderr io.Writer) *flag.FlagSet {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(stderr)
	set.Usage = func() { fmt.Fprint(stderr, usage); set.PrintDefaults() }
	return set
}

// Parse reads the command line, which has flags alone, and then asks check about
// them. Its error was shown to the user; see [Misread].
func Parse(set *flag.FlagSet, args []string, check func() error) error {
	if err := set.Parse(args); err != nil {
		return err
	}
	err := check()
	if rest := set.Args(); len(rest) > 0 {
		err = fmt.Errorf("%q is not a flag: see -h", rest[0])
	}
	if err != nil {
		Complain(set.Output(), set.Name(), err)
	}
	return err
}

// Misread is the exit status after an error of [Parse]: 0 when it was asked for
// help, 2 for a command line that is not understood.
func Misread(err error) (status int) {
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	return 2
}

// Status is how a run ended: 0, or 1 after it told why on stderr.
func Status(stderr io.Writer, name string, err error) int {
	if err == nil {
		return 0
	}
	Complain(stderr, name, err)
	return 1
}

// Steps runs what prints a line a step, and stops it when nobody can read that.
func Steps(ctx context.Context, name string, json bool, out, stderr io.Writer, do func(context.Context, *console.Printer) error) (status int) {
	writing, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err := do(writing, &console.Printer{Out: console.Watched(out, stop), JSON: json})
	if writing.Err() != nil && ctx.Err() == nil {
		err = context.Cause(writing)
	}
	return Status(stderr, name, err)
}

// Complain tells an error in one line.
func Complain(stderr io.Writer, name string, err error) {
	fmt.Fprintf(stderr, "%s: %s\n", name, console.Printable(strings.ReplaceAll(err.Error(), "\n", "; ")))
}

// Domains builds the file of a legal-domain database from rules, one a line:
//
//	domains -keys institution.json -publish > domains.jwks                     the key that terminals believe
//	domains -keys institution.json -rules rules.txt -out domains -days 7       the file for any web server
//
// It prints what the file is, and each domain that looks like one before it, for a
// person to look at. Lines that are no rules are told with their numbers, and no file
// is written then. The file is put in the place of an older one by renaming.
//
// The version of a file is the time in Unix seconds, so that each is newer than the
// one before. The key is made of DOMAINS_KEY, 32 random bytes in base64: in the
// environment, or with -keys in a file that its owner alone can use, made at first
// use.
//
// It exits with status 0, 1 after an error, and 2 for a command line that it does not
// understand.
package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/anyscan/anyscan/examples/internal/program"
)

// flags are the choices of one run.
type flags struct {
	rules, out, keys string // files
	days             int
	publish          bool
}

const usage = `domains builds the file of a legal-domain database from rules, one a line, and
prints each domain that looks like one before it.

Its secret DOMAINS_KEY comes from the environment, or with -keys from a file of
its owner's.

  domains -keys institution.json -publish > domains.jwks
  domains -keys institution.json -rules rules.txt -out domains -days 7

Usage: go run ./examples/domains [flags]

`

func main() { program.Main(run) }

// run is the program.
func run(_ context.Context, args []string, _ io.Reader, out, stderr io.Writer) (status int) {
	var f flags
	set := program.Flags("domains", usage, stderr)
	set.StringVar(&f.rules, "rules", "", "the `FILE` of rules")
	set.StringVar(&f.out, "out", "", "the `FILE` to build")
	set.IntVar(&f.days, "days", 7, "how many days it decides")
	set.StringVar(&f.keys, "keys", "", "take the secret from this `FILE`, made at first use, instead of the environment")
	set.BoolVar(&f.publish, "publish", false, "print the public key, and exit")
	if err := program.Parse(set, args, f.check); err != nil {
		return program.Misread(err)
	}
	do := f.printKey
	if !f.publish {
		do = func(out io.Writer) error { return f.build(out, time.Now()) }
	}
	return program.Status(stderr, "domains", do(out))
}

func (f *flags) check() error {
	switch {
	case f.publish:
		return nil
	case f.rules == "" || f.out == "":
		return errors.New("-rules and -out are needed: the files to read and to build")
	case f.days < 1 || f.days > 3650:
		return errors.New("-days is less than 1 or more than 3650: leave time to reach every terminal with the next file")
	}
	return nil
}

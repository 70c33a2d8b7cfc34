package main

import (
	"errors"
	"io"

	"github.com/anyscan/anyscan/examples/internal/program"
)

// flags are the choices of one run.
type flags struct {
	out  string // where the day's files are kept; "" keeps none
	file string // a clearing file to read; "" makes a day
	keys string // public keys that files are signed with
	json bool
}

const usage = `reconcile makes a day of payments and refunds in one process, spoils some records,
closes the day, and matches: the acquirer the clearing file with its orders and
their refunds, the clearing institution the wallet company's statement with its
attempts. It prints each break that is found. With -file it reads and verifies a clearing file instead.

  reconcile -out /tmp/day
  reconcile -file /tmp/day/bank-2026-11-23.csv -keys /tmp/day/clearing.jwks

Usage: go run ./examples/reconcile [flags]

`

// parse reads the command line. Its error was already shown to the user.
func parse(args []string, stderr io.Writer) (f flags, err error) {
	set := program.Flags("reconcile", usage, stderr)
	set.StringVar(&f.out, "out", "", "keep the day's clearing file and the key that it is signed with in `DIR`")
	set.StringVar(&f.file, "file", "", "read and verify this clearing `FILE`, CSV or JSON lines")
	set.StringVar(&f.keys, "keys", "", "public keys that files are signed with, a JWK Set `FILE` of the clearing institution's")
	set.BoolVar(&f.json, "json", false, "print one JSON object a line")
	return f, program.Parse(set, args, func() error {
		switch {
		case f.file != "" && f.keys == "":
			return errors.New("-file wants -keys: a file proves nothing without the institution's key")
		case f.file == "" && f.keys != "":
			return errors.New("-keys is for -file")
		case f.file != "" && f.out != "":
			return errors.New("-out keeps the file of a day that is made, -file reads one: give one of them")
		}
		return nil
	})
}

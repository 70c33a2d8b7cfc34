package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/audit"
)

// flags are the choices of one run.
type flags struct {
	name    string // of the log
	log     audit.Log
	db      string // file or address
	keys    string // file; "" is the environment
	publish bool
	trust   string // file; "" signs
	kept    string // file; "" for none
}

const usage = `audit signs each day what the histories of a server's orders come to, and
checks them against the key and the roots that were kept elsewhere.

Its secret AUDIT_KEY comes from the environment, or with -keys from a file of
its owner's.

  audit -log acquirer -db acquirer.db -keys notary.json                   sign, until a signal
  audit -keys notary.json -publish > notary.jwks                          the key that others believe
  audit -log acquirer -db acquirer.db -trust notary.jwks -kept roots.txt  check, on any machine

Usage: go run ./examples/audit [flags]

`

// parse reads the command line. Its error was already shown to the user.
func parse(args []string, stderr io.Writer) (f flags, err error) {
	set := program.Flags("audit", usage, stderr)
	set.StringVar(&f.name, "log", "", "whose orders: the `SERVER`, acquirer or clearing")
	set.StringVar(&f.db, "db", "", "SQLite `FILE` of that server, or the address of its PostgreSQL database, whose password is in PGPASSWORD")
	set.StringVar(&f.keys, "keys", "", "take the secret from this `FILE`, made at first use, instead of the environment")
	set.BoolVar(&f.publish, "publish", false, "print the public key, and exit")
	set.StringVar(&f.trust, "trust", "", "check, by the public keys of this `FILE`, and exit")
	set.StringVar(&f.kept, "kept", "", "with -trust: hold the log to the roots in this `FILE`, and add those that are new")
	return f, program.Parse(set, args, func() error { return f.understand() })
}

func (f *flags) understand() error {
	logs := map[string]audit.Log{"acquirer": acquirer.AuditLog(), "clearing": clearing.AuditLog()}
	var known bool
	f.log, known = logs[f.name]
	switch {
	case f.publish && f.trust != "":
		return errors.New("-publish prints a key, -trust checks by one: give one of them")
	case f.kept != "" && f.trust == "":
		return errors.New("-kept says what a check holds the log to: give -trust too")
	case f.publish:
		return nil
	case !known:
		return fmt.Errorf("-log %.20q: want acquirer or clearing", f.name)
	}
	return program.CheckDB(f.db)
}

package main

import (
	"io"

	"github.com/anyscan/anyscan/examples/internal/program"
)

// flags are the choices of one run.
type flags struct {
	config  string // file
	db      string // file; "" is the configuration's
	listen  string // "" is the configuration's
	genkeys bool
	publish string // folder
}

const usage = `clearing is a clearing institution with its unified payment gateway, from one
configuration file: address, policy, directory of acquirers, components, and the
names of the environment variables that hold its secrets, each 32 random bytes
in base64. It serves plain HTTP, or with certificates in the configuration HTTPS; a renewed
certificate is taken over within seconds, without a new start.
The example in examples/clearing is for one machine; what each member means, and
how to take a payment with it, says: go doc ./examples/clearing

  clearing -genkeys            secrets for the environment, for development: eval "$(clearing -genkeys)"
  clearing -publish DIR        public keys: gateway.jwks for acquirers, codes.jwks for all who check codes
  clearing                     serve, until a signal; requests under way have 10 s

Usage: go run ./examples/clearing [flags]

`

// parse reads the command line. Its error was already shown to the user.
func parse(args []string, stderr io.Writer) (f flags, err error) {
	set := program.Flags("clearing", usage, stderr)
	set.StringVar(&f.config, "config", "clearing.json", "configuration `FILE`, JSON")
	set.StringVar(&f.db, "db", "", "SQLite `FILE`, or the address of a PostgreSQL database, whose password is in PGPASSWORD, instead of the configuration's")
	set.StringVar(&f.listen, "listen", "", "serve at this `ADDRESS`, instead of the configuration's")
	set.BoolVar(&f.genkeys, "genkeys", false, "print new secrets as shell exports, for development, and exit")
	set.StringVar(&f.publish, "publish", "", "write the public keys into the folder `DIR`, and exit")
	return f, program.Parse(set, args, func() error {
		if f.db == "" {
			return nil
		}
		return program.CheckDB(f.db)
	})
}

// override puts the command line in place of the configuration.
func (f flags) override(c *config) {
	if f.db != "" {
		c.DB = f.db
	}
	if f.listen != "" {
		c.Listen = f.listen
	}
}

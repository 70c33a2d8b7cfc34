package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/order"
)

// flags are the choices of one run.
type flags struct {
	listen      string
	base        string // "" is that of this machine, at the port of listen
	gateway     string
	gatewayKeys string // file
	codeKeys    string // file
	db          string // file
	keys        string // file; "" is the environment
	name        string // in the clearing institution's directory
	proxies     int
	tls         tlsFiles
	genkeys     bool
	register    bool
	code        string // merchant; "" serves
	amount      string // of a dynamic code or of a refund
	out         string // picture file; "" draws in the terminal
	refund      string // order; "" refunds nothing
	refundID    string // "" is a new refund
	reason      string // of the refund
}

const usage = `acquirer is the backend of two shops, cafe and books, that keeps its sales in
tables of its own and takes payments by code: the library's pages stand beside
its /sales, and payments and refunds are booked in the transactions that record
what the gateway tells.

Its secrets ACQUIRER_KEY, ACQUIRER_FORMS and ACQUIRER_SALES (the password of
/sales) come from the environment, or with -keys from a file of its owner's.

  acquirer -keys bank.json -register > acquirers.json    who it is, for the clearing institution
  acquirer -keys bank.json                               serve, until a signal; requests under way have 10 s
  acquirer -keys bank.json -code cafe -out sheet.pdf     a code for a year, through the gateway, on a sheet
  acquirer -keys bank.json -code books -amount 25.00     a code for one sale, for minutes
  acquirer -keys bank.json -refund ORDER -amount 5.00    give money back, through the gateway; see below

-refund names the order as /sales does. It prints the refund's ID, its state and
what is left of the payment. Mostly the state is pending: /sales shows how it ends,
and so does the same command with -refund-id. A refund has one ID, whatever becomes
of the answer: go on with it by its -refund-id, since without it is another refund.

How to take a payment with it, also with certificates, says: go doc ./examples/clearing

Usage: go run ./examples/acquirer [flags]

`

// parse reads the command line. Its error was already shown to the user.
func parse(args []string, stderr io.Writer) (f flags, err error) {
	set := program.Flags("acquirer", usage, stderr)
	set.StringVar(&f.listen, "listen", "127.0.0.1:8080", "serve at this `ADDRESS`: plain HTTP, for what ends TLS in front, or with -tls-cert HTTPS")
	set.StringVar(&f.base, "base", "", "public `ADDRESS`, such as https://acquirer.example; without it http://acquirer.localhost, with -tls-cert https, and the port of -listen")
	f.tls.define(set)
	set.StringVar(&f.gateway, "gateway", "http://gateway.localhost:8081", "the clearing institution's `ADDRESS`")
	set.StringVar(&f.gatewayKeys, "gateway-keys", "gateway.jwks", "the clearing institution's public keys, a `FILE` that its clearing -publish writes")
	set.StringVar(&f.codeKeys, "codes", "codes.jwks", "the public keys that codes are signed with, a `FILE` that the institution's clearing -publish writes")
	set.StringVar(&f.db, "db", "acquirer.db", "SQLite `FILE` of orders, codes and sales, or the address of a PostgreSQL database, whose password is in PGPASSWORD")
	set.StringVar(&f.keys, "keys", "", "take the secrets from this `FILE`, made at first use, instead of the environment")
	set.StringVar(&f.name, "name", "corner-bank", "`NAME` in the clearing institution's directory, for -register")
	set.IntVar(&f.proxies, "proxies", 0, "`NUMBER` of reverse proxies in front, which say in X-Forwarded-For who asks")
	set.BoolVar(&f.genkeys, "genkeys", false, "print new secrets as shell exports, for development, and exit")
	set.BoolVar(&f.register, "register", false, "print a directory with the own entry and public key, for the clearing institution, and exit")
	set.StringVar(&f.code, "code", "", "have a code issued for this `MERCHANT`, and exit")
	set.StringVar(&f.amount, "amount", "", "with -code: a code for one sale of this `AMOUNT`, such as 25.00; with -refund: so much, instead of all that is left")
	set.StringVar(&f.out, "out", "", "with -code: write the code as a `FILE` instead of drawing it here: .png or .svg, or .pdf for a sheet with the merchant's name")
	set.StringVar(&f.refund, "refund", "", "give money of this paid `ORDER` back, and exit")
	set.StringVar(&f.refundID, "refund-id", "", "with -refund: go on with the refund that has this `ID`")
	set.StringVar(&f.reason, "reason", "", "with -refund: why, one line of `TEXT` that the payer may see")
	return f, program.Parse(set, args, func() error { return f.check() })
}

func (f flags) check() error {
	if err := f.checkTask(); err != nil {
		return err
	}
	if err := f.tls.check(f.gateway); err != nil {
		return err
	}
	if _, _, err := net.SplitHostPort(f.listen); err != nil {
		return fmt.Errorf("-listen %q: want a host and a port, such as 127.0.0.1:8080", f.listen)
	}
	return program.CheckDB(f.db)
}

// checkTask looks at what says what to do.
func (f flags) checkTask() error {
	switch {
	case f.code != "" && f.refund != "":
		return errors.New("-code issues a code and -refund gives money back: give one of them")
	case (f.genkeys || f.register) && f.refund != "":
		return errors.New("-refund gives money back, and does nothing else: leave out -genkeys and -register")
	case f.code == "" && f.refund == "" && f.amount != "":
		return errors.New("-amount is that of a -code or a -refund: give one of them too")
	case f.code == "" && f.out != "":
		return errors.New("-out is where the picture of a -code goes: give it too")
	case f.out != "" && !slices.Contains([]string{".png", ".svg", ".pdf"}, filepath.Ext(f.out)):
		return fmt.Errorf("-out %s: want a name that ends in .png, .svg or .pdf", f.out)
	case f.amount != "" && filepath.Ext(f.out) == ".pdf":
		return errors.New("-out to .pdf makes a sheet that stays at the merchant's, and a code with an -amount is for one sale: want .png or .svg for it")
	case f.refund == "" && (f.refundID != "" || f.reason != ""):
		return errors.New("-refund-id and -reason say more of a -refund: give it too")
	case f.base == "" && (f.code != "" || f.refund != "" || f.register) && strings.HasSuffix(f.listen, ":0"):
		return errors.New("-listen lets the system choose the port: -base is needed to know it")
	}
	return errors.Join(checkID("-refund", f.refund), checkID("-refund-id", f.refundID))
}

// checkID looks at an ID that may be missing.
func checkID(flag, id string) error {
	if id == "" {
		return nil
	}
	if _, err := order.ParseID(id); err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	return nil
}

// address is where the public finds what listens there.
func (f flags) address(listen string) string {
	if f.base != "" {
		return f.base
	}
	return roles.Address(f.tls.scheme(), "acquirer", listen)
}

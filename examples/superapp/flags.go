package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/gateway"
)

// flags are the choices of one run.
type flags struct {
	image    string // picture
	pays     string // component; "" asks
	mode     gateway.Mode
	standard string // the terminal's default component; "" is the remembered one
	gateway  string // host
	codes    string // file of keys
	wallet   string // address of the wallet company
	ca       string // file of certificates; "" is the system's
	settings string // file where the default is remembered
	dev      bool
	json     bool
}

const usage = `superapp is a payment terminal: it reads the picture of a code, verifies the
address in it, shows the merchant page, asks, and pays with the sandbox's
wallets. It remembers the component that paid as the terminal's default.

Where nobody is at the keyboard, -pay stands for the consent to pay a total that
the code fixes. An address has to be signed with a key of -codes. A code with an
EMVCo payload, such as a PayNow or Pix code, is no address: what it says is
printed. A signal stops the payment before its next step.

  superapp -dev -codes codes.jwks -image code.png                   on one machine
  superapp -codes codes.jwks -gateway pay.example -wallet https://wallet.example -image code.png

Usage: go run ./examples/superapp [flags]

`

// parse reads the command line. Its error was already shown to the user.
func parse(args []string, stderr io.Writer) (f flags, err error) {
	var mode string
	set := program.Flags("superapp", usage, stderr)
	set.StringVar(&f.image, "image", "", "read the code in this picture, a PNG, JPEG, WebP or GIF `FILE`")
	set.StringVar(&f.pays, "pay", "", "pay with the component `NAME`; without it a person is asked")
	set.StringVar(&mode, "mode", "terminal", "what the terminal says of itself, a `MODE`: choose says nothing, app that the scanning app carries the component of -pay, terminal its default component")
	set.StringVar(&f.standard, "default", "", "the terminal's default component is `NAME`; without it that of -pay, or the one that paid last")
	set.StringVar(&f.gateway, "gateway", "", "`HOST` of the unified payment gateway, such as pay.example; with -dev gateway.localhost")
	set.StringVar(&f.codes, "codes", "", "public keys that codes are signed with, a JWK Set `FILE` of the clearing institution's")
	set.StringVar(&f.wallet, "wallet", "", "`ADDRESS` of the sandbox's wallet company; with -dev http://wallet.localhost:8082")
	set.StringVar(&f.ca, "ca", "", "believe the TLS certificates of servers by those in this PEM `FILE` instead of the system's")
	set.StringVar(&f.settings, "settings", place(), "remember the component that paid in this `FILE`; \"\" remembers nothing")
	set.BoolVar(&f.dev, "dev", false, "development: addresses of this machine, http on *.localhost, are legal too, and no others are reached")
	set.BoolVar(&f.json, "json", false, "print one JSON object a line")
	err = program.Parse(set, args, func() (err error) {
		if f.mode, err = gateway.ParseMode(mode); err == nil {
			err = f.complete()
		}
		return err
	})
	return f, err
}

// complete checks the flags and fills in what -dev knows.
func (f *flags) complete() error {
	if f.dev && f.gateway == "" {
		f.gateway = "gateway.localhost"
	}
	if f.dev && f.wallet == "" {
		f.wallet = "http://wallet.localhost:8082"
	}
	switch {
	case f.image == "" || f.codes == "" || f.gateway == "" || f.wallet == "":
		return errors.New("-image, -codes, -gateway and -wallet are needed; -dev knows the last two")
	case f.mode == gateway.ModeGateway:
		return errors.New("-mode gateway is the gateway's own matter: want choose, app or terminal")
	case f.mode == gateway.ModeApp && f.pays == "":
		return errors.New("-mode app wants the app's component in -pay")
	case f.mode != gateway.ModeTerminal && f.standard != "":
		return fmt.Errorf("-default is told in mode terminal, not in mode %s", f.mode)
	}
	return nil
}

// place is the user's own file of settings, "" where there is none.
func place() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "anyscan-superapp", "terminal.json")
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
)

// flags are the choices of one run.
type flags struct {
	image string       // picture to read instead of the one that was written
	pay   string       // component; "" asks or takes the first
	mode  gateway.Mode // who determines the component
	shop  bool         // pay in the shop instead of at the café
	dir   string       // where files are kept; "" keeps none
	serve bool         // keep the servers up
	json  bool         // one JSON object a line
}

const usage = `quickstart takes one payment through the whole system on this machine: an
acquirer, a clearing institution with its gateway, and a sandbox wallet, all on
loopback over HTTP, with SQLite files. It makes a signed code, writes it as a
picture, reads the picture back and pays.

Usage: go run ./examples/quickstart [flags]

`

// parse reads the command line. Its error was already shown to the user.
func parse(args []string, stderr io.Writer) (flags, error) {
	var f flags
	var mode string
	set := program.Flags("quickstart", usage, stderr)
	set.StringVar(&f.image, "image", "", "pay from this `FILE`: any picture (PNG, JPEG, WebP, GIF) of one of quickstart's codes")
	set.StringVar(&f.pay, "pay", "", "pay with the component `NAME`: blue, green or amber; without it a person is asked")
	set.StringVar(&mode, "mode", "choose", "who determines the component: choose, app, gateway or terminal")
	set.BoolVar(&f.shop, "shop", false, "walk through the teahouse's merchandise pages")
	set.StringVar(&f.dir, "dir", "", "keep keys, ports, databases and the code's picture in `DIR`, so that codes of one run open in the next; without it "+keptWithout())
	set.BoolVar(&f.serve, "serve", false, "keep the servers up and print addresses to open in a browser")
	set.BoolVar(&f.json, "json", false, "print one JSON object a line")
	return f, program.Parse(set, args, func() (err error) {
		given := map[string]bool{}
		set.Visit(func(g *flag.Flag) { given[g.Name] = true })
		if f.mode, err = gateway.ParseMode(mode); err == nil {
			err = f.check(given)
		}
		return err
	})
}

// keptWithout says what a run without -dir leaves behind, and where.
func keptWithout() string {
	cache, err := keyCache()
	if err != nil {
		return "nothing is kept"
	}
	return "only the keys are kept, in " + cache
}

// check refuses what a shell's empty variable leaves, and flags that exclude each
// other.
func (f flags) check(given map[string]bool) error {
	switch {
	case f.serve && given["image"]:
		return errors.New("-serve waits for browsers, -image pays at once: give one of them")
	case given["image"] && f.image == "":
		return errors.New("-image is empty: want a file")
	case f.pay == "" && given["pay"]:
		return fmt.Errorf("-pay is empty: there are %v", local.Components())
	case f.pay == "":
		return nil
	}
	for _, name := range local.Components() {
		if f.pay == name {
			return nil
		}
	}
	return fmt.Errorf("-pay %s: there are %v", f.pay, local.Components())
}

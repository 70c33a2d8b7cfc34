package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// town is a system on sockets of this machine, and a terminal's files.
type town struct {
	*local.System
	*testing.T
	dir string
}

// newTown runs a system under the policy until the test ends.
func newTown(t *testing.T, policy gateway.Policy) town {
	t.Helper()
	var l [3]net.Listener
	for i := range l {
		var err error
		if l[i], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	s := &local.System{Acquirer: local.Address("acquirer", l[0]), Gateway: local.Address("gateway", l[1]), Wallet: local.Address("wallet", l[2]),
		Dir: t.TempDir(), Keys: local.NewKeys(), Policy: policy}
	stop, err := s.Start(t.Context(), l[0], l[1], l[2])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	jwks, err := wire.FormatKeySet(wire.Key{Public: s.Keys.Codes.Public()})
	if err != nil {
		t.Fatal(err)
	}
	c := town{s, t, t.TempDir()}
	if err := os.WriteFile(c.file("codes.jwks"), jwks, 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c town) file(name string) string { return filepath.Join(c.dir, name) }

// picture is one of a code for the merchant.
func (c town) picture(merchant string) string {
	c.Helper()
	address, err := c.Code(c.Context(), merchant)
	if err != nil {
		c.Fatal(err)
	}
	return c.draw(merchant+".png", address)
}

func (c town) draw(name, text string) string {
	c.Helper()
	code, err := print.QR(text, nil)
	if err != nil {
		c.Fatal(err)
	}
	var png bytes.Buffer
	if err := code.PNG(&png); err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(c.file(name), png.Bytes(), 0o600); err != nil {
		c.Fatal(err)
	}
	return c.file(name)
}

// superapp runs the program in this town; typed is what a person types, "" is
// nobody.
func (c town) superapp(typed string, args ...string) (status int, out, stderr string) {
	c.Helper()
	var person io.Reader
	if typed != "" {
		person = strings.NewReader(typed)
	}
	var o, e bytes.Buffer
	standing := []string{"-codes", c.file("codes.jwks"), "-wallet", c.Wallet, "-settings", c.file("settings/terminal.json")}
	status = run(c.Context(), append(standing, args...), person, &o, &e)
	return status, o.String(), e.String()
}

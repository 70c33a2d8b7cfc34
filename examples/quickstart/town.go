package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/verify"
)

// town is the whole system: the three servers, each on its own port.
type town struct {
	*local.System
	stop    func() error // ends the servers and waits; tells how they failed
	release func() error // gives the directory back
}

// open makes a town whose servers do not run yet: its directory and its keys.
func open(f flags, p *console.Printer) (*town, error) {
	dir, release, err := directory(f.dir)
	if err != nil {
		return nil, err
	}
	keys, err := loadKeys(f.dir, dir, p.Note)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	system := &local.System{Dir: dir, Keys: keys, Policy: gateway.Policy{Mode: f.mode}}
	if f.mode == gateway.ModeGateway {
		system.Policy.Default = f.target("green")
	}
	return &town{system, func() error { return nil }, release}, nil
}

// start runs the servers on loopback, the acquirer on the port; "0" is any. It
// listens for all three before it opens any, because each has to know the
// others' addresses.
func (t *town) start(ctx context.Context, acquirerPort string) error {
	var l [3]net.Listener
	for i, port := range []string{acquirerPort, "0", "0"} {
		var err error
		if l[i], err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", port)); err != nil {
			for _, opened := range l[:i] {
				opened.Close()
			}
			return fmt.Errorf("listening (does another quickstart serve here?): %w", err)
		}
	}
	t.Acquirer, t.Gateway, t.Wallet = local.Address("acquirer", l[0]), local.Address("gateway", l[1]), local.Address("wallet", l[2])
	stop, err := t.Start(ctx, l[0], l[1], l[2])
	if err != nil {
		return err
	}
	t.stop = stop
	return nil
}

// close ends the servers, then gives up the directory.
func (t *town) close() error { return errors.Join(t.stop(), t.release()) }

// portOf is the port that a legal code leads to, where the acquirer is then to
// listen.
func portOf(code scan.Code) (string, error) {
	a, err := verify.Parse(code.Address(), &verify.Options{Development: true})
	return strconv.Itoa(a.Port()), err
}

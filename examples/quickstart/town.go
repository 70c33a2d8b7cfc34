package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

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
	ports   string       // the file that keeps the servers' ports; "" keeps none
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
	t := &town{System: system, stop: func() error { return nil }, release: release}
	if f.dir != "" {
		t.ports = filepath.Join(f.dir, "ports.json")
	}
	return t, nil
}

// start runs the servers on loopback, the acquirer on the port of a code; with 0,
// all are where they were when the directory was used last. It listens for all
// three before it opens any, because each has to know the others' addresses.
func (t *town) start(ctx context.Context, port int, p *console.Printer) error {
	l, err := t.listen(port, p)
	if err != nil {
		return err
	}
	t.Acquirer, t.Gateway, t.Wallet = local.Address("acquirer", l[0]), local.Address("gateway", l[1]), local.Address("wallet", l[2])
	stop, err := t.Start(ctx, l[0], l[1], l[2])
	if err != nil {
		return err
	}
	t.stop = stop
	return nil
}

func (t *town) listen(port int, p *console.Printer) (listeners, error) {
	if port == 0 && t.ports != "" {
		return listenAsKept(t.ports, p)
	}
	l, refused, err := ports{Acquirer: port}.listen()
	if err == nil && refused[0] != nil {
		err = refused[0]
		l.close()
	}
	if err != nil {
		return l, fmt.Errorf("listening (does another quickstart serve here?): %w", err)
	}
	return l, nil
}

// close ends the servers, then gives up the directory.
func (t *town) close() error { return errors.Join(t.stop(), t.release()) }

// portOf is the port that a legal code leads to, where the acquirer is then to
// listen.
func portOf(code scan.Code) (int, error) {
	a, err := verify.Parse(code.Address(), &verify.Options{Development: true})
	return a.Port(), err
}

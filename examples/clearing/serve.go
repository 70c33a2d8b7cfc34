package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/gateway/clearing"
)

// serve serves until ctx ends.
func (c config) serve(ctx context.Context, out, stderr io.Writer, lookup program.Lookup) error {
	s, err := c.secrets(lookup)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	if c.secure, err = c.TLS.open(log); err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("/listen: %w", err)
	}
	defer l.Close()
	base := c.Base
	if base == "" {
		base = roles.Address(c.secure.scheme(), "gateway", l.Addr().String())
	}
	company, err := c.simulate(s, log)
	if err != nil {
		return err
	}
	node, err := c.open(ctx, s, base, company.address, log)
	if err != nil {
		return errors.Join(err, company.close())
	}
	where := fmt.Sprintf("gateway   %s\n", base)
	if company.address != "" {
		where += fmt.Sprintf("wallet    %s\n", company.address)
	}
	return program.Announce(ctx, out, log, where, func(ctx context.Context) error {
		return company.serveWhile(ctx, func(ctx context.Context) error { return node.Serve(ctx, l) })
	})
}

// open puts the gateway on a node, which follows the file of its directory.
func (c config) open(ctx context.Context, s secrets, base, company string, log *slog.Logger) (*roles.Node, error) {
	acquirers, file, err := c.acquirers()
	if err != nil {
		return nil, err
	}
	directory, err := clearing.NewDirectory(acquirers, nil)
	if err != nil {
		return nil, fmt.Errorf("/directory: %w", err)
	}
	parts, err := c.parts(s, directory, base, company, log)
	if err != nil {
		return nil, err
	}
	node, err := roles.OnStore(ctx, c.DB, parts.Open)
	if err == nil && file != "" {
		node.Also(func(ctx context.Context) error {
			return clearing.WatchDirectory(ctx, directory, file, &clearing.WatchOptions{Logger: log})
		})
	}
	return node, err
}

// simulated is the wallet company in this process; without an address there is
// none.
type simulated struct {
	address string
	node    *roles.Node
	l       net.Listener
}

func (c config) simulate(s secrets, log *slog.Logger) (simulated, error) {
	if c.Wallet == nil {
		return simulated{}, nil
	}
	l, err := net.Listen("tcp", c.Wallet.Listen)
	if err != nil {
		return simulated{}, fmt.Errorf("/wallet/listen: %w", err)
	}
	address := roles.Address("http", "wallet", l.Addr().String())
	company, err := c.company(s, address, log)
	if err != nil {
		return simulated{}, errors.Join(err, l.Close())
	}
	return simulated{address, roles.Wallet(company), l}, nil
}

// close closes what was not served.
func (s simulated) close() error {
	if s.node == nil {
		return nil
	}
	err := s.l.Close()
	for _, c := range s.node.Close {
		err = errors.Join(err, c())
	}
	return err
}

// serveWhile serves beside the gateway and for as long: what the gateway is
// finishing, it may have to ask the company about.
func (s simulated) serveWhile(ctx context.Context, gateway func(context.Context) error) error {
	if s.node == nil {
		return gateway(ctx)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	company, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	ended := make(chan error, 1)
	go func() {
		ended <- s.node.Serve(company, s.l)
		stop()
	}()
	err := gateway(ctx)
	end()
	return errors.Join(err, <-ended)
}

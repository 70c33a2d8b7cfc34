package local

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order/wire"
)

// Start opens all three servers and serves them on the listeners, which it
// takes over. stop ends them, waits until they have finished what was under
// way, and tells what failed.
func (s *System) Start(ctx context.Context, acquirer, gateway, wallet net.Listener) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	stop = func() error {
		s.Client().CloseIdleConnections() // a server that ends waits 5 s for one that was made for a call and never used
		cancel()
		group.Wait()
		s.Client().CloseIdleConnections()
		return failed
	}
	for _, server := range []struct {
		open     func(context.Context) (*roles.Node, error)
		listener net.Listener
	}{{s.OpenAcquirer, acquirer}, {s.OpenGateway, gateway}, {s.OpenWallet, wallet}} {
		node, err := server.open(ctx)
		if err != nil {
			err = errors.Join(err, stop())
			for _, l := range []net.Listener{acquirer, gateway, wallet} {
				l.Close()
			}
			return nil, err
		}
		group.Go(func() {
			err := node.Serve(ctx, server.listener)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
		})
	}
	return stop, nil
}

// Address is where browsers and terminals of this machine find the server that
// listens at l.
func Address(name string, l net.Listener) string {
	return roles.Address("http", name, l.Addr().String())
}

// InProcess is a whole system inside the process, without sockets, with new
// keys and files that stop removes. The gateway offers more after its usual components.
func InProcess(ctx context.Context, policy gateway.Policy, more ...component.Component) (s *System, stop func() error, err error) {
	dir, err := os.MkdirTemp("", "anyscan-*")
	if err != nil {
		return nil, nil, err
	}
	network := wire.NewNetwork()
	s = &System{Acquirer: "http://acquirer.localhost", Gateway: "http://gateway.localhost", Wallet: "http://wallet.localhost",
		Dir: dir, Keys: NewKeys(), Policy: policy, More: more, Base: network.Transport()}
	var listeners [3]net.Listener
	for i, host := range []string{"acquirer", "gateway", "wallet"} {
		if listeners[i], err = network.Listen(host + ".localhost:80"); err != nil {
			return nil, nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	servers, err := s.Start(ctx, listeners[0], listeners[1], listeners[2])
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, func() error { return errors.Join(servers(), os.RemoveAll(dir)) }, nil
}

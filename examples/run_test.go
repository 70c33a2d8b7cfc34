package examples_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order/wire"
)

// runIn runs a system in the network until the test ends, and gives access to the
// wallet company's ledger.
func runIn(t *testing.T, network *wire.Network) (*local.System, *sandbox.Provider) {
	t.Helper()
	transport := network.Transport()
	s := &local.System{Acquirer: "http://acquirer.localhost", Gateway: "http://gateway.localhost", Wallet: "http://wallet.localhost",
		Dir: t.TempDir(), Keys: local.NewKeys(), Webhooks: map[int]clearing.Secret{1: {1}}, Base: transport}
	listeners := map[string]net.Listener{}
	for _, name := range []string{"acquirer", "gateway", "wallet"} {
		l, err := network.Listen(name + ".localhost:80")
		if err != nil {
			t.Fatal(err)
		}
		listeners[name] = l
	}
	s.Base = webhooksDescribed(transport)
	wallet := run(t, s, listeners)
	t.Cleanup(transport.CloseIdleConnections)
	return s, wallet
}

// run serves a system on its listeners until the test ends.
func run(t *testing.T, s *local.System, listeners map[string]net.Listener) *sandbox.Provider {
	t.Helper()
	wallet := runWallet(t, s, listeners["wallet"])
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		group.Wait()
	})
	for name, open := range map[string]func(context.Context) (*roles.Node, error){"acquirer": s.OpenAcquirer, "gateway": s.OpenGateway} {
		node, err := open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			if err := node.Serve(ctx, listeners[name]); err != nil {
				t.Errorf("the %s: %v", name, err)
			}
		})
	}
	return wallet
}

// runWallet serves the wallet company on the listener until the test ends.
func runWallet(t *testing.T, s *local.System, l net.Listener) *sandbox.Provider {
	t.Helper()
	wallet, err := s.WalletCompany()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	server := &http.Server{Handler: wallet}
	t.Cleanup(func() {
		cancel()
		server.Close()
		group.Wait()
		wallet.Close()
	})
	group.Go(func() { wallet.Run(ctx) })
	group.Go(func() { server.Serve(l) })
	return wallet
}

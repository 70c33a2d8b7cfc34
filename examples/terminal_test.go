package examples_test

import (
	"context"
	"crypto/ed25519"
	"net"
	"net/http"
	"testing"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
	"github.com/anyscan/anyscan/scan/scantest"
)

// The terminal keeps its contract whichever way it reaches the servers; by
// direct call it is held to it in package scan.
func TestTerminalInProcess(t *testing.T) {
	scantest.Run(t, func(t *testing.T, s scantest.Setup) scan.Terminal {
		network := wire.NewNetwork()
		transport := network.Transport()
		t.Cleanup(transport.CloseIdleConnections)
		return overHTTP(t, s, transport, network.Listen)
	})
}

func TestTerminalOverSockets(t *testing.T) {
	scantest.Run(t, func(t *testing.T, s scantest.Setup) scan.Terminal {
		places := map[string]string{} // the kit's addresses name no port
		transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, places[address])
		}}
		t.Cleanup(transport.CloseIdleConnections)
		return overHTTP(t, s, transport, func(address string) (net.Listener, error) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err == nil {
				places[address] = l.Addr().String()
			}
			return l, err
		})
	})
}

// overHTTP serves both servers of a setup and builds a terminal that reaches
// them.
func overHTTP(t *testing.T, s scantest.Setup, transport http.RoundTripper, listen func(string) (net.Listener, error)) scan.Terminal {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	signer, err := wire.NewSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := wire.NewKeys(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := clearing.NewDirectory(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, err := orderhttp.NewHandler(s.First, scantest.Acquirer, scantest.Gateway, keys, signer, make([]byte, 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := gatewayhttp.NewHandler(s.Second, scantest.Gateway, nobody, signer, nil)
	if err != nil {
		t.Fatal(err)
	}
	for address, handler := range map[string]http.Handler{"acquirer.localhost:80": first, "gateway.localhost:80": second} {
		l, err := listen(address)
		if err != nil {
			t.Fatal(err)
		}
		server := orderhttp.Server(apitest.Lies(t, handler), nil) // the kit's servers lie on purpose
		go server.Serve(l)
		t.Cleanup(func() { server.Close() })
	}
	client := scanhttp.New(&http.Client{Transport: transport}, &scanhttp.Options{Retries: -1})
	terminal, err := scan.New(scan.Peers{Codes: s.Codes, Gateways: s.Gateways, Storefront: client, Cashier: client, Host: s.Host}, &s.Options)
	if err != nil {
		t.Fatal(err)
	}
	return terminal
}

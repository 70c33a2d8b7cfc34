package examples_test

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"testing"

	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/examples/local"
)

// TestMain lets this binary stand in for a server that can be killed: with
// ANYSCAN_NODE set it is that server and runs no test. After the tests it fails
// when an exchange of the examples was not as the OpenAPI document describes it.
func TestMain(m *testing.M) {
	if name := os.Getenv("ANYSCAN_NODE"); name != "" {
		fmt.Fprintln(os.Stderr, serveNode(name))
		os.Exit(1) // it only ends by failing, or by being killed
	}
	status := m.Run()
	if !asDescribed() {
		status = 1
	}
	os.Exit(status)
}

// serveNode serves one node on the listener that the parent handed down, which
// stays open while the server is dead.
func serveNode(name string) error {
	ctx := context.Background()
	keys, err := local.LoadKeys(os.Getenv("ANYSCAN_DIR"))
	if err != nil {
		return err
	}
	proxies, err := strconv.Atoi(cmp.Or(os.Getenv("ANYSCAN_PROXIES"), "0"))
	if err != nil {
		return err
	}
	s := &local.System{Dir: os.Getenv("ANYSCAN_DIR"), Keys: keys, Proxies: proxies,
		AcquirerDB: os.Getenv("ANYSCAN_ACQUIRER_DB"), GatewayDB: os.Getenv("ANYSCAN_GATEWAY_DB"),
		Acquirer: os.Getenv("ANYSCAN_ACQUIRER"), Gateway: os.Getenv("ANYSCAN_GATEWAY"), Wallet: os.Getenv("ANYSCAN_WALLET")}
	if err := seed(s, os.Getenv("ANYSCAN_SEEDED")); err != nil {
		return err
	}
	l, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		return err
	}
	open := map[string]func(context.Context) (*roles.Node, error){"acquirer": s.OpenAcquirer, "gateway": s.OpenGateway}[name]
	node, err := open(ctx)
	if err != nil {
		return err
	}
	return node.Serve(ctx, l)
}

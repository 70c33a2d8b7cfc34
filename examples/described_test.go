package examples_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/order/wire"
)

// checker compares what the examples send with the OpenAPI document. Examples
// have no testing.T, so TestMain tells what it found.
var checker = sync.OnceValues(apitest.New)

// described goes around the way to all servers, of which the wallet company is
// nobody's business here. What the gateway tells an acquirer is compared twice: as
// the webhook that it sends, and as what the acquirer takes.
func described(next http.RoundTripper) http.RoundTripper {
	c, err := checker()
	if err != nil {
		panic(err)
	}
	wallet, merchant := at("wallet."), at("merchant.")
	return webhooksDescribed(c.Transport(next, func(r *http.Request) bool { return wallet(r) || merchant(r) }))
}

// webhooksDescribed compares what the gateway tells others, and nothing else: for
// tests of so many payments that comparing all would take longer than these.
func webhooksDescribed(next http.RoundTripper) http.RoundTripper {
	c, err := checker()
	if err != nil {
		panic(err)
	}
	merchant := at("merchant.")
	next = c.Webhooks("orderEvent", next, func(r *http.Request) bool { return !merchant(r) })
	return c.Webhooks("orderChanged", next, func(r *http.Request) bool { return r.URL.Path != "/v1/notifications" })
}

// at tells requests to the host whose name begins so.
func at(prefix string) func(*http.Request) bool {
	return func(r *http.Request) bool { return strings.HasPrefix(r.URL.Host, prefix) }
}

// inProcess is what local.InProcess is, with the checker on the way to all
// servers.
func inProcess(ctx context.Context, policy gateway.Policy, accounts ...local.Account) (s *local.System, stop func() error, err error) {
	dir, err := os.MkdirTemp("", "anyscan-*")
	if err != nil {
		return nil, nil, err
	}
	network := wire.NewNetwork()
	s = &local.System{Acquirer: "http://acquirer.localhost", Gateway: "http://gateway.localhost", Wallet: "http://wallet.localhost",
		Dir: dir, Keys: local.NewKeys(), Policy: policy, Accounts: accounts, Base: described(network.Transport())}
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

// asDescribed reports whether all exchanges were.
func asDescribed() bool {
	c, err := checker()
	if err != nil {
		fmt.Println(err)
		return false
	}
	n, violations := c.Result()
	for _, v := range violations {
		fmt.Println("not as order/wire/openapi describes it:", v)
	}
	fmt.Printf("%d exchanges as described\n", n-len(violations))
	return len(violations) == 0
}

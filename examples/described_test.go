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
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/order/orderhttp"
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
// servers; and with Prism too, in a process that TestPrism… has started.
func inProcess(ctx context.Context, policy gateway.Policy, accounts ...local.Account) (s *local.System, stop func() error, err error) {
	return withMerchant(ctx, nil, policy, accounts...)
}

// withMerchant has a merchant's server beside, at http://merchant.localhost, unless
// that is nil.
func withMerchant(ctx context.Context, merchant http.Handler, policy gateway.Policy, accounts ...local.Account) (s *local.System, stop func() error, err error) {
	dir, err := os.MkdirTemp("", "anyscan-*")
	if err != nil {
		return nil, nil, err
	}
	in := newTown()
	s = &local.System{Acquirer: "http://acquirer.localhost", Gateway: "http://gateway.localhost", Wallet: "http://wallet.localhost",
		Dir: dir, Keys: local.NewKeys(), Policy: policy, Accounts: accounts, Webhooks: map[int]clearing.Secret{1: {1}}, Base: described(in.base)}
	var listeners [4]net.Listener
	for i, host := range []string{"acquirer", "gateway", "wallet", "merchant"} {
		if listeners[i], err = in.listen(host); err != nil {
			return nil, nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	shop := orderhttp.Server(merchant, nil)
	go shop.Serve(listeners[3])
	servers, err := s.Start(ctx, listeners[0], listeners[1], listeners[2])
	if err != nil {
		return nil, nil, errors.Join(err, shop.Close(), os.RemoveAll(dir))
	}
	return s, func() error { return errors.Join(servers(), shop.Close(), os.RemoveAll(dir)) }, nil
}

// A town is the network that a system is in.
type town struct {
	base   http.RoundTripper                       // the way to every server
	listen func(host string) (net.Listener, error) // at the name host.localhost
}

func newTown() town {
	if doors := os.Getenv(prismDoors); doors != "" {
		return behindPrism(doors)
	}
	network := wire.NewNetwork()
	return town{network.Transport(), func(host string) (net.Listener, error) { return network.Listen(host + ".localhost:80") }}
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

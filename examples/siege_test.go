//go:build unix

package examples_test

import (
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// newBesieged runs a system with a seeded bug, "" for none, of one server for each
// role.
func newBesieged(t *testing.T, bug string, random *rand.Rand, acquirerDB, gatewayDB string, killed func()) *besieged {
	t.Helper()
	b, fronts := newSite(t, acquirerDB, gatewayDB)
	b.loyal = bug == seedKey // which could not be given back either
	for _, role := range []string{"acquirer", "gateway"} {
		b.newVictim(role, random, killed, cut, "ANYSCAN_SEEDED="+bug).front(fronts[role])
	}
	b.print()
	return b
}

// newSite is a system that has no servers yet, with the listeners at the addresses
// that they are known by.
func newSite(t *testing.T, acquirerDB, gatewayDB string) (b *besieged, fronts map[string]net.Listener) {
	t.Helper()
	s := &local.System{Dir: t.TempDir(), AcquirerDB: acquirerDB, GatewayDB: gatewayDB, Proxies: 1,
		Base: &http.Transport{DialContext: wire.DialLocalhost(nil), MaxIdleConnsPerHost: 64}}
	var err error
	if s.Keys, err = local.LoadKeys(s.Dir); err != nil {
		t.Fatal(err)
	}
	fronts = map[string]net.Listener{"acquirer": listen(t), "gateway": listen(t)}
	company := listen(t)
	s.Acquirer, s.Gateway = local.Address("acquirer", fronts["acquirer"]), local.Address("gateway", fronts["gateway"])
	s.Wallet = local.Address("wallet", company)
	return &besieged{System: s, t: t, wallet: runWallet(t, s, company), paid: map[order.ID]string{}, shown: map[order.ID]bool{}}, fronts
}

// newVictim runs a server of a role, with more in its environment. What it dies of
// is answered by dead.
func (b *besieged) newVictim(role string, random *rand.Rand, killed func(), dead func(http.ResponseWriter, *http.Request, error), more ...string) *victim {
	b.t.Helper()
	back := listen(b.t)
	v := &victim{worker: newWorker(b.t, role, b.System, back, more...), t: b.t, back: back.Addr().String(), next: behind(back.Addr().String(), dead),
		killed: killed, random: rand.New(rand.NewPCG(random.Uint64(), random.Uint64())), spared: true}
	b.victims = append(b.victims, v)
	return v
}

// print makes the code that the crowd reads.
func (b *besieged) print() {
	b.t.Helper()
	var err error
	if b.code, err = b.Code(b.t.Context(), "cafe"); err != nil {
		b.t.Fatal(err)
	}
}

// behind passes messages on to a process, with the address that they say they come
// from.
func behind(address string, dead func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return &httputil.ReverseProxy{
		Transport: &http.Transport{MaxIdleConnsPerHost: 64},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: address})
			r.Out.Host = r.In.Host
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		},
		ErrorHandler: dead,
	}
}

// cut is the end of a connection.
func cut(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }

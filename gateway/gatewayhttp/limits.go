package gatewayhttp

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/limit"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order/wire"
)

// Limits are how much the handler takes. The zero value means the defaults, and so
// does every zero field of a wire.Limit; negative is no limit. All are of one
// process.
//
// Whoever asks too often is answered with order.CodeRateLimited (429) and the time
// until the next request fits in Retry-After; when there is too much to do
// altogether, with order.CodeUnavailable (503). Both before a body is read or a
// signature checked, but for PerAcquirer.
//
// A payment makes about 25 requests in its first ten seconds and two every 5
// seconds while it waits. Once it has opened its session it is counted by itself,
// 10 requests a second, 50 in a row and 8 at the same time, whatever else comes
// from its address, and a quarter of MaxConcurrent is kept for such
// payments: a flood keeps nobody from finishing who has begun. All that one address
// has begun is worked on in an eighth of MaxConcurrent at the same time, so that
// whoever begins many payments does not fill what is kept for others'. How often
// they ask is not counted by address, as many payers can share one.
type Limits struct {
	// PerAddress is for payers, terminals and strangers, by their IPv4 address or
	// the /64 of their IPv6 address. Many payers can share one. Default: 100 a
	// second, 400 in a row, 100 at the same time. Without a rate here, what counts
	// payments by themselves has none either.
	PerAddress wire.Limit
	// PerProvider is for the notifications from one address: providers send from
	// few. Default: 500 a second, 1,000 in a row, 200 at the same time.
	PerProvider wire.Limit
	// PerPeer is for what comes from one address below /v1, before its signature
	// is verified. Default: 1,000 a second, 2,000 in a row, 400 at the same time.
	PerPeer wire.Limit
	// PerAcquirer is for what one acquirer signed, by its name in the directory. It
	// is asked for every request, so that it can change. Default: what the
	// directory says, where it has a method Rate as that of clearing.Directory, and
	// else 500 a second, 1,000 in a row; 200 at the same time, for all.
	PerAcquirer func(acquirer string) wire.Limit
	// MaxConcurrent is how many requests are worked on at the same time.
	// Default: 1,000.
	MaxConcurrent int
	// Proxies is how many reverse proxies stand in front of every request, each of
	// which adds the address it was asked from to X-Forwarded-For. Behind a proxy
	// that is not counted here all callers have the proxy's address and share its
	// limits, that of begun payments too; with more proxies than there are, callers
	// choose their address freely. Default: 0, the header is not read.
	Proxies int
}

const (
	callers  = 1 << 16          // addresses of payers, and payments, that are told apart at once
	servers  = 1 << 12          // addresses of providers and acquirers
	payments = 15 * time.Minute // how long a payment that nobody looks at is remembered
)

// gate counts the handler's callers.
type gate struct {
	limits                                      Limits
	payment, together                           wire.Limit // of one that was begun, and of all at one address
	payers, paying, providers, peers, acquirers *limit.Table
	payingFrom                                  *limit.Table // by address
}

func newGate(l Limits) *gate {
	l.PerAddress = limit.Or(l.PerAddress, wire.Limit{PerSecond: 100, Burst: 400, Concurrent: 100})
	l.PerProvider = limit.Or(l.PerProvider, wire.Limit{PerSecond: 500, Burst: 1000, Concurrent: 200})
	l.PerPeer = limit.Or(l.PerPeer, wire.Limit{PerSecond: 1000, Burst: 2000, Concurrent: 400})
	if l.MaxConcurrent == 0 {
		l.MaxConcurrent = 1000
	}
	payment := wire.Limit{PerSecond: 10, Burst: 50, Concurrent: 8}
	if l.PerAddress.PerSecond < 0 {
		payment.PerSecond = -1
	}
	return &gate{l, payment, together(l.MaxConcurrent),
		limit.NewTable(callers, 0), limit.NewTable(callers, payments),
		limit.NewTable(servers, 0), limit.NewTable(servers, 0), limit.NewTable(servers, 0),
		limit.NewTable(callers, 0)}
}

// together is the limit of all begun payments at one address: an eighth of all
// that is worked on at the same time, and room for one request.
func together(maxConcurrent int) wire.Limit {
	l := wire.Limit{PerSecond: -1, Concurrent: -1}
	if maxConcurrent > 0 {
		l.Concurrent = max(1, maxConcurrent/8)
	}
	return l
}

// lane is where a request is counted.
func (g *gate) lane(r *http.Request) web.Lane {
	address := limit.Address(r, g.limits.Proxies)
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch first {
	case "v1":
		return web.Lane{Table: g.peers, Caller: address, Limit: g.limits.PerPeer, Program: true}
	case "notify":
		return web.Lane{Table: g.providers, Caller: address, Limit: g.limits.PerProvider, Program: true}
	case "pay", "return":
		if token, _, _ := strings.Cut(rest, "/"); g.paying.Known(token) {
			return web.Lane{Table: g.paying, Caller: token, Limit: g.payment, First: true,
				Within: &web.Lane{Table: g.payingFrom, Caller: address, Limit: g.together}}
		}
	}
	return web.Lane{Table: g.payers, Caller: address, Limit: g.limits.PerAddress}
}

// began remembers a payment by the tokens of its addresses, which the server has
// just given out or taken.
func (g *gate) began(gatewayAddress string, a *gateway.Attempt) {
	g.remember(gatewayAddress)
	if a != nil {
		g.remember(a.ReturnAddress)
	}
}

func (g *gate) remember(address string) {
	if u, err := url.Parse(address); err == nil && len(address) <= maxRemembered {
		g.paying.Remember(path.Base(u.Path))
	}
}

const maxRemembered = 2048 // bytes of an address

// rate is the limit of one acquirer: the operator's, or the directory's.
func (h *handler) rate(acquirer string) (l wire.Limit) {
	if f := h.gate.limits.PerAcquirer; f != nil {
		return f(acquirer)
	}
	rated, ok := h.acquirers.(interface {
		Rate(acquirer string) (perSecond float64, burst int, limited bool)
	})
	if ok {
		l.PerSecond, l.Burst, _ = rated.Rate(acquirer)
	}
	return l
}

// perAcquirer limits what one acquirer may ask, after it was verified.
func (h *handler) perAcquirer(next http.Handler) http.Handler {
	def := wire.Limit{PerSecond: 500, Burst: 1000, Concurrent: 200}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _ := h.holder(r.Context()) // one that left the directory is refused behind this
		leave, err := web.Enter(h.gate.acquirers, name, limit.Or(h.rate(name), def))
		if err != nil {
			wire.WriteError(w, r, err)
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

package orderhttp

import (
	"net/http"
	"strings"

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
// signature checked. A payer makes up to five requests here, and one every 5
// seconds who waits for a result.
type Limits struct {
	// PerAddress is for payers, terminals and strangers, by their IPv4 address or
	// the /64 of their IPv6 address. Many payers can share one. Default: 100 a
	// second, 400 in a row, 100 at the same time.
	PerAddress wire.Limit
	// PerPeer is for what comes from one address below /v1, before its signature
	// is verified: the gateway's notifications. Default: 1,000 a second, 2,000 in
	// a row, 400 at the same time.
	PerPeer wire.Limit
	// MaxConcurrent is how many requests are worked on at the same time. A
	// quarter is kept for what comes below /v1. Default: 1,000.
	MaxConcurrent int
	// Proxies is how many reverse proxies stand in front of every request, each of
	// which adds the address it was asked from to X-Forwarded-For. Behind a proxy
	// that is not counted here all callers have the proxy's address and share its
	// limits; with more proxies than there are, callers choose their address
	// freely. Default: 0, the header is not read.
	Proxies int
}

const (
	callers = 1 << 16 // addresses of payers that are told apart at once
	servers = 1 << 12 // addresses of gateways
)

// newGate counts the handler's callers.
func newGate(l Limits) *web.Gate {
	perAddress := limit.Or(l.PerAddress, wire.Limit{PerSecond: 100, Burst: 400, Concurrent: 100})
	perPeer := limit.Or(l.PerPeer, wire.Limit{PerSecond: 1000, Burst: 2000, Concurrent: 400})
	if l.MaxConcurrent == 0 {
		l.MaxConcurrent = 1000
	}
	payers, peers := limit.NewTable(callers, 0), limit.NewTable(servers, 0)
	return web.NewGate(l.MaxConcurrent, func(r *http.Request) web.Lane {
		address := limit.Address(r, l.Proxies)
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			return web.Lane{Table: peers, Caller: address, Limit: perPeer, First: true, Program: true}
		}
		return web.Lane{Table: payers, Caller: address, Limit: perAddress}
	})
}

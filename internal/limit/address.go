package limit

import (
	"net/http"
	"net/netip"
	"strings"
)

// Address is the network address that a request came from: an IPv4 address, or
// the /64 of an IPv6 address, since that is what one subscriber has. "" is an address
// that cannot be read.
func Address(r *http.Request, proxies int) string { return network(Caller(r, proxies)) }

// Caller is the whole address that a request came from. With so many trusted proxies
// in front it is what the outermost of them wrote to X-Forwarded-For, each of them
// adding the address that it was asked from; a request that did not pass all of them is
// its sender's. The zero Addr is an address that cannot be read.
func Caller(r *http.Request, proxies int) netip.Addr {
	if proxies > 0 {
		if a, ok := forwarded(r.Header.Values("X-Forwarded-For"), proxies); ok {
			return a
		}
	}
	a, _ := parse(r.RemoteAddr)
	return a
}

// forwarded is the n-th entry from the end: those before it are the client's own
// claim.
func forwarded(lines []string, n int) (netip.Addr, bool) {
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more; n-- {
			var entry string
			at := strings.LastIndexByte(rest, ',')
			entry, rest, more = rest[at+1:], rest[:max(at, 0)], at >= 0
			if n == 1 {
				return parse(strings.TrimSpace(entry))
			}
		}
	}
	return netip.Addr{}, false
}

// parse reads an address, with or without a port or brackets.
func parse(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddrPort(s); err == nil {
		return a.Addr(), true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return a, err == nil
}

func network(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	switch {
	case !a.IsValid():
		return ""
	case a.Is4():
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return ""
	}
	return p.String()
}

package public

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// Networks that are not on the public internet, by the IANA special-purpose
// address registries for IPv4 (RFC 6890 and later), with the metadata address of
// Azure, which lies in a public network. Those of other clouds are within.
const notPublic4 = "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 " +
	"192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32"

// The same for IPv6 within 2000::/3, of which alone addresses were given out
// (RFC 4291, 2.4): protocol assignments with Teredo, documentation, and 6to4,
// which reaches any IPv4 address.
const notPublic6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20"

// Is reports whether an address is one that anybody on the internet may
// have. An IPv4 address within an IPv6 address counts as itself: mapped
// (RFC 4291, 2.5.5.2), or behind the well-known prefix of NAT64 (RFC 6052).
func Is(ip netip.Addr) bool {
	if ip.Zone() != "" {
		return false
	}
	ip = inner(ip.Unmap())
	if ip.Is4() {
		return !within(ip, notPublic4)
	}
	return within(ip, "2000::/3") && !within(ip, notPublic6)
}

// inner is the IPv4 address that a NAT64 gateway would connect to.
func inner(ip netip.Addr) netip.Addr {
	if !within(ip, "64:ff9b::/96") {
		return ip
	}
	raw := ip.As16()
	return netip.AddrFrom4([4]byte(raw[12:]))
}

func within(ip netip.Addr, networks string) bool {
	for network := range strings.FieldsSeq(networks) {
		if prefix, err := netip.ParsePrefix(network); err == nil && prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// Error is a connection that was not made because of where it would have led.
type Error struct{ Address string }

func (e *Error) Error() string {
	return fmt.Sprintf("%s is not on the public internet: not connected to", e.Address)
}

// Dialer connects to public addresses alone. It looks at the address that is
// about to be connected to, so that no answer of a name server, now or later,
// leads elsewhere.
func Dialer() *net.Dialer {
	return &net.Dialer{Timeout: 10 * time.Second, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !Is(to.Addr()) {
			return &Error{address}
		}
		return nil
	}}
}

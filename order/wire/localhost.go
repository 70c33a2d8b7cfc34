package wire

import (
	"context"
	"net"
	"strings"
)

// DialLocalhost is a DialContext for an http.Transport in development: it
// connects localhost and every name below it, such as acquirer.localhost, to
// 127.0.0.1 at the same port (RFC 6761 section 6.3; browsers do this by
// themselves, Go's resolver does not). So a whole payment runs on one machine
// at the addresses its roles would have.
//
// Every other address goes to others. With nil it is refused with a
// *[DialError], so that a program under development cannot reach a real server
// by mistake; loopback IP addresses are not names and are always dialed.
//
// It is for development only: a server that connects to addresses it was given
// would be led to its own machine by it.
func DialLocalhost(others *net.Dialer) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, &DialError{address, "want a host and a port"}
		}
		switch {
		case isLocalhost(host):
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		case others != nil:
			return others.DialContext(ctx, network, address)
		case net.ParseIP(host).IsLoopback():
			return new(net.Dialer).DialContext(ctx, network, address)
		}
		return nil, &DialError{address, "is not below .localhost, and nothing else may be dialed here"}
	}
}

func isLocalhost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

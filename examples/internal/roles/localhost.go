package roles

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/order/wire"
)

// Address is where browsers and terminals of this machine find the server of the
// name that listens at the address, a host and a port, with the scheme http or
// https. As in every canonical address, the scheme's own port is left out.
func Address(scheme, name, listen string) string {
	address := scheme + "://" + name + ".localhost"
	_, port, _ := net.SplitHostPort(listen)
	if port == "80" && scheme == "http" || port == "443" && scheme == "https" {
		return address
	}
	return address + ":" + port
}

// IsLocal tells the addresses of this machine's servers, as [Address] makes them,
// from public ones, which are https.
func IsLocal(address string) bool {
	at, err := url.Parse(address)
	return err == nil && (at.Scheme == "http" || strings.HasSuffix("."+at.Hostname(), ".localhost"))
}

// Localhost reaches servers of this machine, where every name below localhost
// is 127.0.0.1, and nothing else.
func Localhost() *http.Transport {
	t := wire.NewPool(wire.DialLocalhost(nil))
	t.Proxy = nil // nothing of this machine goes through one
	return t
}

package roles

import (
	"net"
	"net/http"

	"github.com/anyscan/anyscan/order/wire"
)

// Address is where browsers and terminals of this machine find the server of the
// name that listens at the address, a host and a port. As in every canonical
// address, the port 80 is left out.
func Address(name, listen string) string {
	address := "http://" + name + ".localhost"
	_, port, _ := net.SplitHostPort(listen)
	if port == "80" {
		return address
	}
	return address + ":" + port
}

// Localhost reaches servers of this machine, where every name below localhost
// is 127.0.0.1, and nothing else.
func Localhost() *http.Transport {
	t := wire.NewPool(wire.DialLocalhost(nil))
	t.Proxy = nil // nothing of this machine goes through one
	return t
}

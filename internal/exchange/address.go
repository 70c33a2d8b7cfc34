package exchange

import (
	"net"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/order"
)

const (
	MaxAddress = 2048     // bytes of an address that a role gives out
	maxAddress = 48 << 10 // bytes of any: choices, or what a provider signs, may stand in its query
)

// CheckAddress reports an address that a browser or client must not be sent to:
// anything but https, without a host, or with a user name. Plain http is good
// for this machine alone: localhost, names below it, and loopback addresses.
func CheckAddress(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || len(address) > maxAddress:
		return nil, order.Errorf(order.CodeInvalid, "", "the address is malformed or longer than %d bytes", maxAddress)
	case u.Hostname() == "" || u.User != nil:
		return nil, order.Errorf(order.CodeInvalid, "", "the address has no host or has a user name: want https://host/path")
	case u.Scheme == "https" || u.Scheme == "http" && isLocal(u.Hostname()):
		return u, nil
	}
	return nil, order.Errorf(order.CodeInvalid, "", "the address begins with %.20q: want https (http is for localhost alone)", u.Scheme)
}

func isLocal(host string) bool {
	host = strings.ToLower(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
}

// CheckBase is the public address of a server without a slash at its end. It
// fails for one that [CheckAddress] refuses or that has a query or fragment.
func CheckBase(base string) (string, error) {
	u, err := CheckAddress(base)
	if err != nil {
		return "", err
	}
	if u.RawQuery != "" || u.ForceQuery || strings.Contains(base, "#") {
		return "", order.Errorf(order.CodeInvalid, "", "the public address has a query or fragment: want https://host")
	}
	return strings.TrimRight(base, "/"), nil
}

// Origin is scheme, host and port of an address that [CheckAddress] takes, as a
// browser writes it; "" for any other address.
func Origin(address string) string {
	u, err := CheckAddress(address)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	} else {
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + host
}

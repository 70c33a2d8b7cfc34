package acquirer

import (
	"net"
	"net/url"
	"strings"
)

// The paths below the acquirer's public address.
const (
	codePath   = "/m/"      // and the merchant's ID: what codes lead to
	returnPath = "/orders/" // and the order's ID: where payers come back to
)

const maxAddress = 2048 // bytes, as in package order

// isOrigin reports whether s is scheme and host alone, in the spelling of
// browsers. Plain http is for this machine.
func isOrigin(s string) bool {
	u, ok := parseAddress(s)
	if !ok {
		return false
	}
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		host = strings.ToLower(u.Hostname())
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
	}
	return s == u.Scheme+"://"+host
}

// parseAddress reads an address that a payer may be sent to.
func parseAddress(s string) (u *url.URL, ok bool) {
	u, err := url.Parse(s)
	if err != nil || len(s) > maxAddress || u.Hostname() == "" || u.User != nil {
		return nil, false
	}
	return u, u.Scheme == "https" || u.Scheme == "http" && isLocal(u.Hostname())
}

func isLocal(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
}

// below is the name that stands below the path in an address of the server; a
// query or fragment behind it is left out.
func (s *Server) below(path, address string) (name string, ok bool) {
	name, ok = strings.CutPrefix(address, s.base+path)
	if i := strings.IndexAny(name, "?#"); i >= 0 {
		name = name[:i]
	}
	return name, ok && len(address) <= maxAddress
}

// CodeAddress is what a merchant's code leads to, not signed yet: the clearing
// institution signs it before it is printed.
func (s *Server) CodeAddress(merchant string) string { return s.base + codePath + merchant }

func (s *Server) returnAddress(id string) string { return s.base + returnPath + id }

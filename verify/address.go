package verify

import "strings"

const (
	maxAddress = 2048 // bytes, of the address as read and of its canonical form
	maxHost    = 253  // bytes, RFC 1035 section 2.3.4
	maxLabel   = 63   // bytes, RFC 1035 section 2.3.4
)

// Address is an absolute address that every browser and every URL library
// reads alike. Only [Parse] and [Sign] make one. It is a small value: copy it
// freely, compare it with ==. The zero Address is no address; all its methods
// return zero values.
type Address struct {
	text                  string // canonical
	host, hostEnd         uint16 // offsets into text
	path, query, fragment uint16 // where each begins, its '?' or '#' included
	port                  uint16
}

// Parse reads raw by the strict grammar in the package documentation and
// returns its canonical form. o may be nil. It looks at the bytes alone:
// no network, no list, and no judgement whether the address is legal.
//
// The error is an [*AddressError].
func Parse(raw string, o *Options) (Address, error) {
	a, code, at := parse(raw, o != nil && o.Development)
	if code != "" {
		return Address{}, &AddressError{Code: code, Offset: at}
	}
	return a, nil
}

// String returns the canonical address: scheme and host in lower case, the
// scheme's own port left out, at least "/" for a path, all else as it was
// read. Open this string, never the bytes that were scanned.
func (a Address) String() string { return a.text }

// Host returns the host in lower case, without the port.
func (a Address) Host() string { return a.text[a.host:a.hostEnd] }

// Domain returns the registrable domain of the host, the name that somebody owns:
// pay.example of a.b.pay.example, by the Public Suffix List. It is "" for a host
// that is a public suffix itself or lies below one that the list does not know.
func (a Address) Domain() string { return registrable(a.Host()) }

// Port returns the port that will be connected to: 443 if none is written
// (80 for the http of development).
func (a Address) Port() int { return int(a.port) }

// Path returns the path as written, beginning with "/". Escapes are not
// decoded and dot segments not resolved.
func (a Address) Path() string { return a.text[a.path:a.query] }

// Query returns the query as written, without its "?".
func (a Address) Query() string { return strings.TrimPrefix(a.text[a.query:a.fragment], "?") }

// Fragment returns the fragment as written, without its "#".
func (a Address) Fragment() string { return strings.TrimPrefix(a.text[a.fragment:], "#") }

func (a Address) hasFragment() bool { return int(a.fragment) < len(a.text) }

// afterPath is query and fragment with what they begin with.
func (a Address) afterPath() string { return a.text[a.query:] }

// canonical turns what the grammar accepted into an Address. It allocates only
// where raw is not canonical yet. ok is false when the canonical form would
// be too long.
func (s *scan) canonical() (a Address, ok bool) {
	host := s.raw[s.host:s.hostEnd]
	if !s.small {
		host = strings.ToLower(host) // proven ASCII
	}
	port := s.canonicalPort()
	rest, slash := s.raw[s.path:], ""
	if s.path == s.query {
		slash = "/"
	}
	text := s.raw
	if s.raw[:s.host] != s.scheme() || !s.small || s.raw[s.hostEnd:s.path] != port || slash != "" {
		text = s.scheme() + host + port + slash + rest
	}
	if len(text) > maxAddress {
		return Address{}, false
	}
	shift := len(text) - len(s.raw)
	return Address{
		text:     text,
		host:     uint16(len(s.scheme())),
		hostEnd:  uint16(len(s.scheme()) + len(host)),
		path:     uint16(len(s.scheme()) + len(host) + len(port)),
		query:    uint16(s.query + shift),
		fragment: uint16(s.fragment + shift),
		port:     uint16(s.portNumber()),
	}, true
}

func (s *scan) scheme() string {
	if s.secure {
		return "https://"
	}
	return "http://"
}

func (s *scan) portNumber() int {
	switch {
	case s.port != 0:
		return s.port
	case s.secure:
		return 443
	}
	return 80
}

// canonicalPort is ":" and the port, or nothing for the scheme's own port.
func (s *scan) canonicalPort() string {
	if s.port == 0 || s.secure && s.port == 443 || !s.secure && s.port == 80 {
		return ""
	}
	return s.raw[s.hostEnd:s.path]
}

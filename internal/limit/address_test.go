package limit

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestAddress(t *testing.T) {
	const peer = "192.0.2.1:4321"
	for _, c := range []struct {
		name    string
		remote  string
		headers []string
		proxies int
		want    string
	}{
		{"IPv4", peer, nil, 0, "192.0.2.1"},
		{"IPv6 by its network", "[2001:db8:1:2:3:4:5:6]:80", nil, 0, "2001:db8:1:2::/64"},
		{"the same network", "[2001:db8:1:2:ffff::1]:80", nil, 0, "2001:db8:1:2::/64"},
		{"another network", "[2001:db8:1:3::1]:80", nil, 0, "2001:db8:1:3::/64"},
		{"IPv4 in IPv6", "[::ffff:192.0.2.1]:80", nil, 0, "192.0.2.1"},
		{"a zone", "[fe80::1%eth0]:80", nil, 0, "fe80::/64"},
		{"a socket in the file system", "@", nil, 0, ""},
		{"the header is not believed", peer, []string{"198.51.100.7"}, 0, "192.0.2.1"},
		{"behind one proxy", peer, []string{"198.51.100.7"}, 1, "198.51.100.7"},
		{"behind one proxy, a client that lies", peer, []string{"203.0.113.9, 198.51.100.7"}, 1, "198.51.100.7"},
		{"behind two", peer, []string{"203.0.113.9, 198.51.100.7, 10.0.0.1"}, 2, "198.51.100.7"},
		{"in two headers", peer, []string{"203.0.113.9,198.51.100.7", "10.0.0.1"}, 2, "198.51.100.7"},
		{"with a port", peer, []string{"198.51.100.7:1234"}, 1, "198.51.100.7"},
		{"IPv6 in brackets", peer, []string{"[2001:db8::1]"}, 1, "2001:db8::/64"},
		{"IPv6 with a port", peer, []string{"[2001:db8::1]:1234"}, 1, "2001:db8::/64"},
		{"fewer entries than proxies", peer, []string{"198.51.100.7"}, 2, "192.0.2.1"},
		{"no header", peer, nil, 1, "192.0.2.1"},
		{"no address", peer, []string{"unknown"}, 1, "192.0.2.1"},
		{"empty entries", peer, []string{",,"}, 2, "192.0.2.1"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.headers}}
		if got := Address(r, c.proxies); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Whatever a client writes in front of what the proxy adds changes nothing, and a
// name is a short one.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"", ",", "198.51.100.7", "[::1]:80", "unknown, _hidden", "::ffff:1.2.3.4%a", "fe80::1%" + strings.Repeat("a", 99)} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, claim, remote string) {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {claim}}}
		for proxies := range 3 {
			got := Address(r, proxies)
			_, network := netip.ParsePrefix(got)
			_, address := netip.ParseAddr(got)
			if got != "" && network != nil && address != nil || len(got) > 64 {
				t.Errorf("%q, %q: %q is no address", claim, remote, got)
			}
		}
		r.Header.Set("X-Forwarded-For", claim+", 198.51.100.7")
		if got := Address(r, 1); got != "198.51.100.7" {
			t.Errorf("%q makes the address %q", claim, got)
		}
	})
}

package webhook

import (
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/order"
)

// Addresses that a webhook never goes to, one for each network and each way to
// hide one.
const forbidden = `0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 100.100.100.200 127.0.0.1 127.255.255.254
169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1
198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:8.8.8.8
64:ff9b::127.0.0.1 64:ff9b::10.1.2.3 64:ff9b::169.254.169.254 64:ff9b::a9fe:a9fe 64:ff9b:1::8.8.8.8
fc00::1 fd00:ec2::254 fd20:ce::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 100::1 2001::1 2001:0:53aa:64c::1 2001:20::1
2001:db8::1 2002:7f00:1::1 2002:a9fe:a9fe::1 3fff::1 4000::1 5f00::1 2606:4700::1111%eth0`

// Addresses of the public internet, at the edges of forbidden networks too.
const allowed = `1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
168.63.129.15 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2606:4700::1111 2001:4860:4860::8888 2400::1 2a00:1450:4001::1`

func TestPublicAddresses(t *testing.T) {
	for text := range strings.FieldsSeq(forbidden) {
		if public(netip.MustParseAddr(text)) {
			t.Errorf("%s passes for public", text)
		}
	}
	for text := range strings.FieldsSeq(allowed) {
		if !public(netip.MustParseAddr(text)) {
			t.Errorf("%s is refused", text)
		}
	}
}

// What net/netip knows to be private is never public, and an IPv4 address is
// public or not in whatever way it is written.
func TestPublicAgreesWithNetip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v4 := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "v4")))
		raw := v4.As4()
		mapped := netip.AddrFrom16(v4.As16())
		nat64 := netip.MustParseAddr("64:ff9b::").As16()
		copy(nat64[12:], raw[:])
		if public(v4) != public(mapped) || public(v4) != public(netip.AddrFrom16(nat64)) {
			t.Errorf("%v is public: %v, mapped %v, behind NAT64 %v", v4, public(v4), public(mapped), public(netip.AddrFrom16(nat64)))
		}
		checkPublic(t, v4)
		var v6 [16]byte
		binary.BigEndian.PutUint64(v6[:], rapid.Uint64().Draw(t, "network"))
		binary.BigEndian.PutUint64(v6[8:], rapid.Uint64().Draw(t, "host"))
		checkPublic(t, netip.AddrFrom16(v6))
	})
}

func FuzzPublic(f *testing.F) {
	for text := range strings.FieldsSeq(forbidden + " " + allowed) {
		f.Add(netip.MustParseAddr(text).WithZone("").AsSlice())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if ip, ok := netip.AddrFromSlice(raw); ok {
			checkPublic(t, ip)
		}
	})
}

func checkPublic(t interface{ Errorf(string, ...any) }, ip netip.Addr) {
	unmapped := ip.Unmap()
	if !public(ip) {
		return
	}
	if unmapped.IsPrivate() || unmapped.IsLoopback() || unmapped.IsMulticast() || unmapped.IsLinkLocalUnicast() ||
		unmapped.IsUnspecified() || !unmapped.IsGlobalUnicast() || unmapped.Zone() != "" {
		t.Errorf("%v passes for public", ip)
	}
	if old := net.IP(ip.AsSlice()); old.IsPrivate() || old.IsLoopback() || old.IsLinkLocalUnicast() {
		t.Errorf("%v passes for public", ip)
	}
}

// The form of an address is checked before anything is resolved; the grammar is
// that of package verify.
func TestCheckAddress(t *testing.T) {
	for address, want := range map[string]struct{ production, development bool }{
		"https://merchant.example/hook?x=1": {true, true},
		"https://merchant.example:8443/":    {true, true},
		"http://merchant.example/":          {},
		"http://merchant.localhost/":        {false, true},
		"https://merchant.localhost:9/":     {false, true},
		"http://localhost/":                 {},
		"https://127.0.0.1/":                {},
		"https://[::1]/":                    {},
		"https://8.8.8.8/":                  {},
		"https://017700000001/":             {},
		"https://a.internal/":               {},
		"https://a.local/":                  {},
		"https://a.home.arpa/":              {},
		"https://a.onion/":                  {},
		"https://merchant.example./":        {},
		"https://u:p@merchant.example/":     {},
		"https://merchant.example/#":        {},
		"https://merchant.example\\@evil/":  {},
		"file:///etc/passwd":                {},
		"":                                  {},
	} {
		for development, good := range map[bool]bool{false: want.production, true: want.development} {
			err := CheckAddress(address, development)
			if (err == nil) != good || err != nil && !errors.Is(err, order.CodeInvalid) {
				t.Errorf("%q, development %v: %v", address, development, err)
			}
		}
	}
}

func FuzzCheckAddress(f *testing.F) {
	for _, seed := range []string{"https://merchant.example/", "http://a.localhost/", "https://0x7f.1/", "https://a@b.example/", "https://x.internal/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if CheckAddress(address, false) != nil {
			return
		}
		req, err := http.NewRequest("POST", address, nil)
		if err != nil {
			t.Fatalf("%q passes and cannot be asked for: %v", address, err)
		}
		host := req.URL.Hostname()
		if _, err := netip.ParseAddr(host); err == nil || req.URL.Scheme != "https" || req.URL.User != nil || !strings.Contains(host, ".") ||
			strings.HasSuffix(host, ".localhost") {
			t.Errorf("%q passes", address)
		}
	})
}

// Whatever a name server says: a name that leads to this machine, and the
// machine's own address, are not connected to.
func TestDialRefusesWhatIsNotPublic(t *testing.T) {
	reached := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer s.Close()
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		transport := newTransport(false)
		resp, err := (&http.Client{Transport: transport}).Get("http://" + host + ":" + port)
		if err == nil {
			resp.Body.Close()
		}
		if _, refused := errors.AsType[*addressError](err); !refused || reached {
			t.Errorf("%s: %v, reached %v", host, err, reached)
		}
	}
	transport := newTransport(true)
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get("http://merchant.localhost:" + port)
	if err != nil || !reached {
		t.Fatalf("in development: %v", err)
	}
	resp.Body.Close()
}

// No proxy of the environment connects in our place.
func TestNoProxy(t *testing.T) {
	if newTransport(false).Proxy != nil {
		t.Error("the transport asks for a proxy")
	}
}

package public_test

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/internal/public"
)

// Addresses that are never connected to, one for each network and each way to
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
		if public.Is(netip.MustParseAddr(text)) {
			t.Errorf("%s passes for public", text)
		}
	}
	for text := range strings.FieldsSeq(allowed) {
		if !public.Is(netip.MustParseAddr(text)) {
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
		if public.Is(v4) != public.Is(mapped) || public.Is(v4) != public.Is(netip.AddrFrom16(nat64)) {
			t.Errorf("%v is public: %v, mapped %v, behind NAT64 %v", v4, public.Is(v4), public.Is(mapped), public.Is(netip.AddrFrom16(nat64)))
		}
		check(t, v4)
		var v6 [16]byte
		binary.BigEndian.PutUint64(v6[:], rapid.Uint64().Draw(t, "network"))
		binary.BigEndian.PutUint64(v6[8:], rapid.Uint64().Draw(t, "host"))
		check(t, netip.AddrFrom16(v6))
	})
}

func FuzzIs(f *testing.F) {
	for text := range strings.FieldsSeq(forbidden + " " + allowed) {
		f.Add(netip.MustParseAddr(text).WithZone("").AsSlice())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if ip, ok := netip.AddrFromSlice(raw); ok {
			check(t, ip)
		}
	})
}

func check(t interface{ Errorf(string, ...any) }, ip netip.Addr) {
	unmapped := ip.Unmap()
	if !public.Is(ip) {
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

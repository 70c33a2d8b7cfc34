package webhook

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/public"
	"github.com/anyscan/anyscan/order"
)

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
		if _, refused := errors.AsType[*public.Error](err); !refused || reached {
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

package wire

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
)

func TestDialLocalhost(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	c := client(t, &http.Transport{DialContext: DialLocalhost(nil)})
	for _, host := range []string{"localhost", "acquirer.localhost", "a.b.LOCALHOST", "127.0.0.1"} {
		if got, err := get(t, c, "http://"+host+":"+port); err != nil || got != host+":"+port {
			t.Errorf("%s: %q, %v", host, got, err)
		}
	}
}

func TestDialLocalhostRefuses(t *testing.T) {
	dial := DialLocalhost(nil)
	for _, address := range []string{
		"example.com:80", "notlocalhost:80", "localhost.example.com:80", "10.0.0.1:80", "169.254.169.254:80",
		"0.0.0.0:80", "[::]:80", ":80", "localhost",
	} {
		if _, err := dial(t.Context(), "tcp", address); !isDialError(err) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// With a dialer for them, other addresses are dialed, and only they.
func TestDialLocalhostOthers(t *testing.T) {
	stopped := errors.New("stopped")
	dial := DialLocalhost(&net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		return fmt.Errorf("%s: %w", address, stopped)
	}})
	if _, err := dial(t.Context(), "tcp", "192.0.2.1:80"); !errors.Is(err, stopped) {
		t.Errorf("another address: %v", err)
	}
	if _, err := dial(t.Context(), "tcp", "a.localhost:1"); errors.Is(err, stopped) {
		t.Errorf("a local address: %v", err)
	}
}

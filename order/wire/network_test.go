package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// serve runs a handler in the network until the test ends.
func serve(t *testing.T, n *Network, address string, h http.Handler) *http.Server {
	t.Helper()
	l, err := n.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() { defer close(done); s.Serve(l) }()
	t.Cleanup(func() { s.Close(); <-done })
	return s
}

func client(t *testing.T, rt http.RoundTripper) *http.Client {
	c := &http.Client{Transport: rt}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func get(t *testing.T, c *http.Client, address string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return string(data), err
}

// A plain server, a plain client, real addresses, and no real time.
func TestNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNetwork()
		who := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			host, port, err := net.SplitHostPort(r.RemoteAddr)
			local := r.Context().Value(http.LocalAddrContextKey)
			fmt.Fprint(w, r.Host, " ", local, " ", net.ParseIP(host).IsLoopback() && port != "", " ", err)
		})
		serve(t, n, "acquirer.localhost:80", who)
		serve(t, n, "Gateway.localhost:8080", who)
		c := client(t, n.Transport())
		for address, want := range map[string]string{
			"http://acquirer.localhost/":     "acquirer.localhost acquirer.localhost:80 true <nil>",
			"http://ACQUIRER.localhost:80/":  "ACQUIRER.localhost:80 acquirer.localhost:80 true <nil>",
			"http://gateway.localhost:8080/": "gateway.localhost:8080 gateway.localhost:8080 true <nil>",
		} {
			if got, err := get(t, c, address); err != nil || got != want {
				t.Errorf("%s gives %q, %v, want %q", address, got, err, want)
			}
		}
	})
}

func TestNetworkTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNetwork()
		serve(t, n, "slow.localhost:80", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		}))
		c := client(t, n.Transport())
		c.Timeout = time.Hour
		start := time.Now()
		_, err := get(t, c, "http://slow.localhost/")
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("got %v, want a time-out", err)
		}
		if took := time.Since(start); took != 30*time.Second {
			t.Errorf("it took %s on the bubble's clock, want the transport's 30 s", took)
		}
		if _, err := n.Listen("deaf.localhost:80"); err != nil { // nobody accepts
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := n.DialContext(ctx, "tcp", "deaf.localhost:80"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("dialing where nobody accepts: %v", err)
		}
	})
}

func TestNetworkRefuses(t *testing.T) {
	n := NewNetwork()
	_, err := get(t, client(t, n.Transport()), "http://nobody.localhost/")
	if e, ok := errors.AsType[*DialError](err); !ok || e.Address != "nobody.localhost:80" {
		t.Errorf("an unknown host: %v", err)
	}
	for _, address := range []string{"", "a", "a:", ":80", "http://a:80/"} {
		if _, err := n.Listen(address); !isDialError(err) {
			t.Errorf("listening on %q: %v", address, err)
		}
	}
	if _, err := n.Listen("a:80"); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Listen("A:80"); !isDialError(err) {
		t.Errorf("listening twice: %v", err)
	}
}

func isDialError(err error) bool {
	_, ok := errors.AsType[*DialError](err)
	return ok
}

// A closed listener is gone at once, and its address can be taken again.
func TestNetworkListenerCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNetwork()
		l, err := n.Listen("a.localhost:80")
		if err != nil {
			t.Fatal(err)
		}
		dialed, accepted := make(chan error), make(chan error)
		go func() { _, err := n.DialContext(t.Context(), "tcp", "a.localhost:80"); dialed <- err }()
		synctest.Wait() // the dial waits for somebody to accept
		for range 2 {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
		go func() { _, err := l.Accept(); accepted <- err }()
		if err := <-accepted; !errors.Is(err, net.ErrClosed) {
			t.Errorf("accepting: %v", err)
		}
		if err := <-dialed; !isDialError(err) {
			t.Errorf("a dial that waited: %v", err)
		}
		if _, err := n.DialContext(t.Context(), "tcp", "a.localhost:80"); !isDialError(err) {
			t.Errorf("a later dial: %v", err)
		}
		serve(t, n, "a.localhost:80", http.NotFoundHandler())
		l.Close() // the address is another's now
		if _, err := get(t, client(t, n.Transport()), "http://a.localhost/"); err != nil {
			t.Errorf("after somebody listens again: %v", err)
		}
	})
}

// Both ends may speak at once: a server that does not read a long body still
// gets its answer through.
func TestNetworkAnswersEarly(t *testing.T) {
	n := NewNetwork()
	serve(t, n, "a.localhost:80", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, strings.Repeat("no ", 100_000), http.StatusRequestEntityTooLarge)
	}))
	req, _ := http.NewRequest("POST", "http://a.localhost/", strings.NewReader(strings.Repeat("x", 1<<20)))
	resp, err := client(t, n.Transport()).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || len(got) != 300_001 || resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d bytes, %v, status %d", len(got), err, resp.StatusCode)
	}
}

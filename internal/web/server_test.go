package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/order/wire"
)

// serving runs Serve in a network and answers with how to end it and what it
// returned.
func serving(t *testing.T, h http.HandlerFunc, grace time.Duration) (n *wire.Network, stop func(), ended chan error) {
	t.Helper()
	n = wire.NewNetwork()
	l, err := n.Listen("a.localhost:80")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended = make(chan error, 1)
	go func() { ended <- Serve(ctx, l, Server(h, nil), grace) }()
	return n, cancel, ended
}

func get(n *wire.Network) (string, error) {
	transport := n.Transport()
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get("http://a.localhost/")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

func TestServeFinishesWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop, ended := serving(t, func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(5 * time.Second)
			fmt.Fprint(w, "done")
		}, 10*time.Second)
		answered := make(chan string, 1)
		go func() { text, err := get(n); answered <- fmt.Sprint(text, err) }()
		idle, err := n.DialContext(t.Context(), "", "a.localhost:80") // says nothing, and holds nobody up
		if err != nil {
			t.Fatal(err)
		}
		defer idle.Close()
		time.Sleep(time.Second)
		stop()
		synctest.Wait()
		if _, err := get(n); err == nil {
			t.Error("a new request is taken")
		}
		if got := <-answered; got != "done<nil>" {
			t.Errorf("the request under way: %s", got)
		}
		if err := <-ended; err != nil {
			t.Errorf("serving ended with %v", err)
		}
	})
}

func TestServeCutsWhatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop, ended := serving(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 10*time.Second)
		answered := make(chan error, 1)
		go func() { _, err := get(n); answered <- err }()
		synctest.Wait()
		begun := time.Now()
		stop()
		if err := <-ended; err != nil || time.Since(begun) != 10*time.Second {
			t.Errorf("serving ended with %v after %v", err, time.Since(begun))
		}
		if <-answered == nil {
			t.Error("the request was answered")
		}
	})
}

func TestServeSaysWhyItCannot(t *testing.T) {
	l, err := wire.NewNetwork().Listen("a.localhost:80")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := Serve(t.Context(), l, Server(http.NotFoundHandler(), nil), time.Second); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// A context that has ended serves nobody and leaves nothing open.
func TestServeOfAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l, err := wire.NewNetwork().Listen("a.localhost:80")
	if err != nil {
		t.Fatal(err)
	}
	if err := Serve(ctx, l, Server(http.NotFoundHandler(), nil), time.Second); err != nil {
		t.Errorf("got %v", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is open: %v", err)
	}
}

// closing is a connection that tells when it is closed.
type closing struct {
	net.Conn
	closed chan struct{}
}

func (c *closing) Close() error { close(c.closed); return nil }

// Whoever waits longest is cut first, and nobody whose request is being worked on.
func TestWhoWaitsLongestIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newConns(3)
		var all []*closing
		open := func() {
			conn := &closing{closed: make(chan struct{})}
			all = append(all, conn)
			c.state(conn, http.StateNew)
			synctest.Wait()
		}
		cut := func() (numbers []int) {
			for i, conn := range all {
				select {
				case <-conn.closed:
					numbers = append(numbers, i)
				default:
				}
			}
			return numbers
		}
		want := func(when string, numbers ...int) {
			t.Helper()
			if got := cut(); fmt.Sprint(got) != fmt.Sprint(numbers) {
				t.Errorf("%s: cut are %v, want %v", when, got, numbers)
			}
		}
		for range 3 {
			open()
		}
		c.work(all[0], 1)
		open()
		want("one works, three wait")
		open()
		want("a fourth waits", 1)
		c.work(all[0], 1) // a second request on it
		synctest.Wait()
		want("one works twice", 1)
		c.work(all[0], -1)
		open()
		want("a fifth", 1, 2)
		c.state(all[3], http.StateClosed)
		c.work(all[0], -1)
		synctest.Wait()
		want("one has gone, and one is done", 1, 2)
		open()
		want("who is done waits last", 1, 2, 4)
		for _, conn := range all {
			c.state(conn, http.StateClosed)
		}
		if len(c.all) > 0 || c.waiting.Len() > 0 {
			t.Errorf("%d connections are held after all are closed", len(c.all))
		}
	})
}

// Connections that say nothing are cut after five seconds, as are those that
// begin a request and do not end it.
func TestHalfOpenConnectionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop, ended := serving(t, func(http.ResponseWriter, *http.Request) {}, time.Second)
		for _, said := range []string{"", "GET / HTTP/1.1\r\nHost: a.localhost\r\nX: "} {
			conn, err := n.DialContext(t.Context(), "", "a.localhost:80")
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			io.WriteString(conn, said)
			io.Copy(io.Discard, conn)
			if took := time.Since(begun); took != 5*time.Second {
				t.Errorf("after %q the connection is open for %v", said, took)
			}
			conn.Close()
		}
		stop()
		<-ended
	})
}

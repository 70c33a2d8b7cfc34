package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

// counter counts what it is asked, and answers with the count.
func counter(acted *int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		*acted++
		fmt.Fprintf(w, "%d %s", *acted, r.URL.Path)
	}
}

// Each fault does what it says: to the client, to the server, and in time.
func TestFaults(t *testing.T) {
	const whole = "HTTP/1.1 200 OK\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\nContent-Length: 4\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n1 /a"
	for name, c := range map[string]struct {
		fault Fault
		acted int    // how often the server did
		got   string // "" is no answer
		took  time.Duration
	}{
		"none":                      {Fault{}, 1, "1 /a", 0},
		"later":                     {Fault{Delay: 20 * time.Second}, 1, "1 /a", 20 * time.Second},
		"twice":                     {Fault{Twice: true}, 2, "2 /a", 0},
		"cut on the way there":      {Fault{CutRequest: true}, 0, "", 0},
		"cut on the way back":       {Fault{CutAnswer: true}, 1, "", 0},
		"cut in the status line":    {Fault{CutAnswer: true, Keep: 10}, 1, "", 0},
		"cut in the body":           {Fault{CutAnswer: true, Keep: len(whole) - 1}, 1, "", 0},
		"cut behind the answer":     {Fault{CutAnswer: true, Keep: len(whole)}, 1, "1 /a", 0},
		"cut far behind the answer": {Fault{CutAnswer: true, Keep: 1 << 20}, 1, "1 /a", 0},
		"later, twice, and lost":    {Fault{Delay: time.Second, Twice: true, CutAnswer: true}, 2, "", time.Second},
		"a count below zero":        {Fault{CutAnswer: true, Keep: -1}, 1, "", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			n, acted := NewNetwork(), 0
			serve(t, n, "a.localhost:80", counter(&acted))
			n.Disturb(func(m Message) Fault {
				if diff := cmp.Diff(Message{1, "a.localhost:80", "POST", "/a"}, m); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
				return c.fault
			})
			begun := time.Now()
			resp, err := client(t, n.Transport()).Post("http://a.localhost/a?b=c", "text/plain", strings.NewReader("body"))
			var got []byte
			if err == nil {
				got, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			took := time.Since(begun)
			synctest.Wait()
			if (err == nil) != (c.got != "") || err == nil && string(got) != c.got || acted != c.acted || took != c.took {
				t.Errorf("%s: got %q, %v after %v, and the server acted %d times; want %q after %v and %d times",
					name, got, err, took, acted, c.got, c.took, c.acted)
			}
		})
	}
}

// Messages are numbered over all connections, from 1 for each Disturb.
func TestMessagesAreNumbered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, acted := NewNetwork(), 0
		serve(t, n, "a.localhost:80", counter(&acted))
		serve(t, n, "b.localhost:80", counter(&acted))
		var seen []Message
		record := func(m Message) Fault { seen = append(seen, m); return Fault{} }
		c := client(t, n.Transport())
		n.Disturb(record)
		for _, address := range []string{"http://a.localhost/1", "http://b.localhost/2", "http://a.localhost/3"} {
			if _, err := get(t, c, address); err != nil {
				t.Fatal(err)
			}
		}
		n.Disturb(nil)
		if _, err := get(t, c, "http://a.localhost/4"); err != nil {
			t.Fatal(err)
		}
		n.Disturb(record)
		if _, err := get(t, c, "http://b.localhost/5"); err != nil {
			t.Fatal(err)
		}
		want := []Message{{1, "a.localhost:80", "GET", "/1"}, {2, "b.localhost:80", "GET", "/2"}, {3, "a.localhost:80", "GET", "/3"}, {1, "b.localhost:80", "GET", "/5"}}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Error(diff)
		}
	})
}

// A request that arrives late is acted on although its client has given up.
func TestLateRequestIsActedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, done := NewNetwork(), make(chan error, 1)
		serve(t, n, "a.localhost:80", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			done <- r.Context().Err()
		}))
		n.Disturb(func(Message) Fault { return Fault{Delay: time.Minute} })
		c := client(t, n.Transport())
		c.Timeout = 10 * time.Second
		if _, err := get(t, c, "http://a.localhost/"); err == nil {
			t.Error("the client was answered")
		}
		begun := time.Now()
		if err := <-done; err != nil || time.Since(begun) != 51*time.Second {
			t.Errorf("the server acted after %v, and was told %v", time.Since(begun), err)
		}
	})
}

// Where no fault happens, a disturbed connection is like any other: it passes on
// every byte, who has gone is noticed by the other, and it is used again.
func TestDisturbedConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNetwork()
		gone := make(chan struct{})
		s := serve(t, n, "a.localhost:80", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/wait":
				<-r.Context().Done()
				close(gone)
			case "/last":
				w.Header().Set("Connection", "close")
			}
			dump, _ := httputil.DumpRequest(r, true)
			w.Write(dump)
		}))
		n.Disturb(func(Message) Fault { return Fault{} })
		conn, err := n.DialContext(t.Context(), "", "a.localhost:80")
		if err != nil {
			t.Fatal(err)
		}
		br := bufio.NewReader(conn)
		for _, body := range []string{"Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"} {
			sent := "POST /a%2Fb?c HTTP/1.1\r\nHost: A.localhost\r\nX-Odd:  a, b\r\n" + body
			io.WriteString(conn, sent)
			resp, err := http.ReadResponse(br, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := io.ReadAll(resp.Body)
			if !strings.Contains(string(got), "POST /a%2Fb?c HTTP/1.1") || !strings.Contains(string(got), "Host: A.localhost") || !strings.Contains(string(got), "abc") {
				t.Errorf("the server got %q of %q", got, sent)
			}
		}
		conn.Close()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, "GET", "http://a.localhost/wait", nil)
		c := client(t, n.Transport())
		if _, err := c.Do(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a client that gives up: %v", err)
		}
		<-gone // the server learns of it
		for range 2 {
			if _, err := get(t, c, "http://a.localhost/last"); err != nil {
				t.Errorf("after the server ended the connection: %v", err)
			}
		}
		idle, err := n.DialContext(t.Context(), "", "a.localhost:80")
		if err != nil {
			t.Fatal(err)
		}
		defer idle.Close()
		synctest.Wait()
		s.Close()
		if _, err := idle.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("when the server is gone, the client reads %v", err)
		}
	})
}

func TestDisturbedConnectionEndsWithNoRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, acted := NewNetwork(), 0
		serve(t, n, "a.localhost:80", counter(&acted))
		n.Disturb(func(Message) Fault { return Fault{} })
		conn, err := n.DialContext(t.Context(), "", "a.localhost:80")
		if err != nil {
			t.Fatal(err)
		}
		go io.WriteString(conn, "\x16\x03\x01 hello\r\n\r\n")
		if got, err := io.ReadAll(conn); err != nil || len(got) > 0 || acted > 0 {
			t.Errorf("got %q, %v, and the server acted %d times", got, err, acted)
		}
		var e *net.OpError
		if _, err := conn.Write([]byte("x")); err == nil || errors.As(err, &e) {
			t.Errorf("writing on: %v", err)
		}
	})
}

// Through a signing transport every cut is a typed error, and what was acted on
// can be asked for again.
func TestFaultsAreTyped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, acted := NewNetwork(), 0
		serve(t, n, "a.localhost:80", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			acted++
			Encode(w, http.StatusOK, map[string]int{"acted": acted})
		}))
		for keep := range 400 {
			n.Disturb(func(Message) Fault { return Fault{CutAnswer: true, Keep: keep} })
			resp, err := client(t, n.Transport()).Get("http://a.localhost/")
			if err != nil {
				continue // of the transport: what an http.Client makes of it
			}
			var v map[string]int
			if err := DecodeResponse(resp, 1<<20, &v); err != nil && !errors.Is(err, order.CodeUnavailable) {
				t.Errorf("%d bytes of the answer: %v, want unavailable", keep, err)
			}
			resp.Body.Close()
		}
		if acted != 400 {
			t.Errorf("acted %d times", acted)
		}
	})
}

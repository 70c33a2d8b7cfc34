//go:build unix

package examples_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// tally counts what became of garbage.
type tally struct {
	mu       sync.Mutex
	statuses map[int]int // 0 is a connection that was cut
	served   atomic.Int64
}

func (t *tally) count(status int) {
	if status > 0 && status < 400 {
		t.served.Add(1)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.statuses == nil {
		t.statuses = map[int]int{}
	}
	t.statuses[status]++
}

// String lists the statuses.
func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for _, status := range slices.Sorted(maps.Keys(t.statuses)) {
		fmt.Fprintf(&b, "%d × %d, ", t.statuses[status], status)
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// host is the socket of a server's address.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return net.JoinHostPort("127.0.0.1", u.Port())
}

// hold keeps n connections half open: whoever is cut comes back.
func (f *flooded) hold(n int) {
	servers := []string{host(f.Acquirer), host(f.Gateway)}
	said := []string{
		"", // nothing at all
		"GET /pay/x HTTP/1.1\r\nHost: gateway.localhost\r\nX-Slow: ",
		"POST /m/cafe/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: \"k\"\r\nContent-Length: 1000\r\nX-Forwarded-For: 203.0.113.%d\r\n\r\n{",
		"POST /pay/x/attempts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: \"k\"\r\nContent-Length: 1000\r\nX-Forwarded-For: 203.0.113.%d\r\n\r\n{",
	}
	var open sync.WaitGroup
	for i := range n {
		open.Add(1)
		opened := sync.OnceFunc(open.Done)
		f.group.Go(func() {
			text := said[i%len(said)]
			if strings.Contains(text, "%d") {
				text = fmt.Sprintf(text, i%250)
			}
			for f.ctx.Err() == nil {
				f.halfOpen(servers[i/len(said)%2], text, opened)
				f.reopened.Add(1)
			}
			opened()
		})
	}
	open.Wait()
	f.reopened.Store(0)
}

// halfOpen begins to say something and waits until it is cut.
func (f *flooded) halfOpen(server, said string, opened func()) {
	conn, err := (&net.Dialer{}).DialContext(f.ctx, "tcp", server)
	if err != nil {
		time.Sleep(10 * time.Millisecond)
		return
	}
	defer conn.Close()
	io.WriteString(conn, said)
	opened()
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-f.ctx.Done():
			conn.Close()
		case <-done:
		}
	}()
	io.Copy(io.Discard, conn)
}

// send sends n requests of garbage to both servers, a few at a time.
func (f *flooded) send(n int) {
	const senders = 32
	var wait sync.WaitGroup
	for s := range senders {
		wait.Go(func() {
			g := &sender{flooded: f, random: rand.New(rand.NewPCG(1, uint64(s)))}
			defer g.hangUp()
			for range n / senders {
				f.garbage.count(g.one())
			}
		})
	}
	wait.Wait()
}

// sender is who sends garbage, over a connection until it is cut.
type sender struct {
	*flooded
	random *rand.Rand
	conn   [2]net.Conn
	reader [2]*bufio.Reader
}

// one sends one request and answers with the status that it was given.
func (g *sender) one() (status int) {
	i := g.random.IntN(2)
	if g.conn[i] == nil {
		conn, err := net.Dial("tcp", host([]string{g.Acquirer, g.Gateway}[i]))
		if err != nil {
			g.t.Error(err)
			return 0
		}
		conn.(*net.TCPConn).SetLinger(0) // leaves no port in use behind
		g.conn[i], g.reader[i] = conn, bufio.NewReader(conn)
	}
	method, raw := g.make()
	go g.conn[i].Write(raw) // which may be cut before its end
	resp, err := http.ReadResponse(g.reader[i], &http.Request{Method: method})
	if err == nil {
		status = resp.StatusCode
		_, err = io.Copy(io.Discard, resp.Body)
	}
	if err != nil || resp.Close {
		g.conn[i].Close()
		g.conn[i] = nil
	}
	return status
}

func (g *sender) hangUp() {
	for _, conn := range g.conn {
		if conn != nil {
			conn.Close()
		}
	}
}

// make makes a request that is none, or none that anybody should serve. What is
// no HTTP ends its connection and is every tenth.
func (g *sender) make() (method string, raw []byte) {
	address := fmt.Sprintf("203.0.113.%d", g.random.IntN(4))
	request := func(method, path, more, body string) (string, []byte) {
		return method, fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\nContent-Length: %d\r\n%s\r\n%s", method, path, address, len(body), more, body)
	}
	const asJSON, asForm = "Content-Type: application/json\r\nIdempotency-Key: \"k\"\r\n", "Content-Type: application/x-www-form-urlencoded\r\n"
	switch kind := g.random.IntN(30); kind {
	case 0:
		noise := make([]byte, 1+g.random.IntN(2000))
		for i := range noise {
			noise[i] = byte(g.random.Uint32())
		}
		return "GET", append(noise, "\r\n\r\n\r\n"...)
	case 1:
		broken := []string{"GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: lies\r\n\r\n"}
		return "GET", []byte(broken[g.random.IntN(len(broken))])
	case 2:
		return request("GET", "/", "X-Huge: "+strings.Repeat("a", 80<<10)+"\r\n", "")
	case 3, 4, 5:
		return request("POST", "/v1/orders", asJSON, `{"id":"x"}`)
	case 6, 7:
		return request("POST", "/v1/notifications", asJSON+"Signature-Input: sig1=()\r\nSignature: sig1=:AAAA:\r\n", `{"order":{}}`)
	case 8, 9, 10:
		return request("POST", "/notify/blue", asJSON, string(bytes.Repeat([]byte("x"), g.random.IntN(4000))))
	case 11, 12:
		return request("DELETE", "/m/cafe", "", "")
	case 13, 14:
		return request("GET", "/pay/"+strings.Repeat("0", 26)+fmt.Sprint(g.random.Uint64()), "Accept: text/html\r\n", "")
	case 15, 16:
		return request("POST", "/pay/guess/attempts", asForm, "key=a&component=blue&key=b")
	case 17, 18:
		return request("POST", "/m/cafe/orders", asJSON, strings.Repeat(`{"merchant":`, 100))
	case 19, 20:
		return request("POST", "/m/cafe/orders?v=forged", asForm, "total=1&currency=CNY&revision=x&key=y")
	case 21:
		return request("POST", "/return/guess", asForm, strings.Repeat("a=b&", 5000))
	}
	return request("GET", fmt.Sprintf("/%x/../%%2e%%2e/etc", g.random.Uint64()), "", "")
}

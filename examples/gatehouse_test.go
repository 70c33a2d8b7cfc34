package examples_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/anyscan/anyscan/internal/nodetest"
)

// prismDoors is the environment variable that sends the systems of a process through
// Prism: the addresses of the two, in front of acquirer and gateway. What stands
// behind them, the process has been handed as its files 3 and 4.
const prismDoors = "ANYSCAN_PRISM"

// A gatehouse has two of Prism, and runs tests behind them in a process of its own, one
// after the other: the way to acquirer and gateway is each time the same.
//
//	this process: Prism, Prism
//	                ▲      ▲ │
//	                │      │ ▼ connections
//	child: terminal, acquirer, gateway, wallet company
type gatehouse struct {
	ctx    context.Context
	close  context.CancelFunc // ends Prism
	prisms []*prism
	files  []*os.File // the listeners behind
}

func newGatehouse(t *testing.T, ctx context.Context, document []byte) *gatehouse {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	h := &gatehouse{ctx: ctx, close: cancel}
	t.Cleanup(cancel)
	for range 2 {
		l := listen(t)
		file, err := l.(*net.TCPListener).File()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { file.Close(); l.Close() })
		h.files = append(h.files, file)
		h.prisms = append(h.prisms, startPrism(t, ctx, document, l.Addr().String()))
	}
	for _, p := range h.prisms {
		p.wait(ctx)
	}
	return h
}

// run runs the tests that match the pattern, and gives what they and what both of
// Prism print. It is called once.
func (h *gatehouse) run(pattern string) (out []byte, log string, err error) {
	cmd := exec.CommandContext(h.ctx, os.Args[0], "-test.run="+pattern, "-test.parallel=1")
	cmd.Env = append(os.Environ(), prismDoors+"="+h.prisms[0].door+" "+h.prisms[1].door)
	cmd.ExtraFiles = h.files
	out, err = cmd.CombinedOutput()
	h.close()
	for _, p := range h.prisms {
		<-p.ended
		log += p.log()
	}
	return out, log, err
}

// handed are the listeners that this process was handed. They are kept: each system
// has a copy, which it closes.
var handed = sync.OnceValue(func() map[string]*os.File {
	return map[string]*os.File{"acquirer": os.NewFile(3, "acquirer"), "gateway": os.NewFile(4, "gateway")}
})

// behindPrism is the town in a process that a gatehouse runs. Addresses that are signed
// are the same as ever: only the connections lead to Prism.
func behindPrism(doors string) town {
	acquirer, gateway, _ := strings.Cut(doors, " ")
	places := map[string]string{"acquirer.localhost:80": acquirer, "gateway.localhost:80": gateway}
	listen := func(host string) (net.Listener, error) {
		if file := handed()[host]; file != nil {
			return net.FileListener(file)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err == nil {
			places[host+".localhost:80"] = l.Addr().String()
		}
		return l, err
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, places[address])
	}
	return town{candid{&http.Transport{DialContext: dial}}, listen}
}

// candid makes an error again of what Prism makes an answer of: that the server
// behind it was not reached, or ended before it answered. Nobody's server sent that.
type candid struct{ *http.Transport }

func (c candid) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.Transport.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusInternalServerError {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err == nil && bytes.HasPrefix(body, []byte(`{"type":"FetchError",`)) {
		err = fmt.Errorf("prism: %.200s", body)
	}
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// A prism is one process of Prism.
type prism struct {
	t         *testing.T
	door      string // where it listens
	listening chan struct{}
	ended     chan struct{}
	mu        sync.Mutex
	printed   strings.Builder
}

// startPrism runs Prism in front of the server at back.
func startPrism(t *testing.T, ctx context.Context, document []byte, back string) *prism {
	t.Helper()
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(file, document, 0o600); err != nil {
		t.Fatal(err)
	}
	port := listen(t)
	p := &prism{t: t, door: port.Addr().String(), listening: make(chan struct{}), ended: make(chan struct{})}
	port.Close() // Prism takes it
	_, number, err := net.SplitHostPort(p.door)
	if err != nil {
		t.Fatal(err)
	}
	cmd := nodetest.Command(t, nodetest.Bin("prism"), "proxy", file, "http://"+back, "--errors", "-h", "127.0.0.1", "-p", number)
	cmd.Env = append(cmd.Env, "NO_COLOR=1")
	go p.read(startProgram(ctx, t, cmd))
	return p
}

// read keeps what Prism prints, and tells when it listens or has ended.
func (p *prism) read(from *bufio.Scanner) {
	defer close(p.ended)
	tell := sync.OnceFunc(func() { close(p.listening) })
	defer tell()
	for from.Scan() {
		p.mu.Lock()
		fmt.Fprintln(&p.printed, from.Text())
		p.mu.Unlock()
		if strings.Contains(from.Text(), "Prism is listening") {
			tell()
		}
	}
}

// wait waits until Prism listens.
func (p *prism) wait(ctx context.Context) {
	p.t.Helper()
	select {
	case <-p.listening:
	case <-ctx.Done():
	}
	if !strings.Contains(p.log(), "Prism is listening") {
		p.t.Fatalf("Prism does not listen: %s", p.log())
	}
}

// log is what Prism has printed.
func (p *prism) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.printed.String()
}

package examples_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/order/wire"
)

// A district runs acquirer and gateway as processes of their own, which can be
// killed at any numbered message, and the wallet company in this process: its
// ledger is outside of what crashes. Every message to one of the
// three passes an address of this process, which counts it.
type district struct {
	books
	workers map[string]*worker

	mu     sync.Mutex
	number int    // of the last message
	at     int    // number of the message at which to kill
	victim string // whom
	after  bool   // after the message was answered; the answer is lost then
}

// worker is one server process.
type worker struct {
	name     string
	listener *os.File // survives the process
	env      []string
	mu       sync.Mutex
	cmd      *exec.Cmd
}

// newDistrict runs a system whose servers keep what they know in the databases, ""
// for SQLite files.
func newDistrict(t *testing.T, acquirerDB, gatewayDB string) *district {
	t.Helper()
	s := &local.System{Dir: t.TempDir(), AcquirerDB: acquirerDB, GatewayDB: gatewayDB}
	d := &district{books: books{System: s, t: t}, workers: map[string]*worker{}}
	d.Base = described(&http.Transport{DialContext: wire.DialLocalhost(nil), MaxIdleConnsPerHost: 64})
	keys, err := local.LoadKeys(d.Dir)
	if err != nil {
		t.Fatal(err)
	}
	d.Keys = keys
	fronts := map[string]net.Listener{}
	for _, name := range []string{"acquirer", "gateway", "wallet"} {
		fronts[name] = listen(t)
	}
	d.Acquirer, d.Gateway, d.Wallet = local.Address("acquirer", fronts["acquirer"]), local.Address("gateway", fronts["gateway"]), local.Address("wallet", fronts["wallet"])
	d.serveWallet(fronts["wallet"])
	for _, name := range []string{"acquirer", "gateway"} {
		back := listen(t)
		d.workers[name] = newWorker(t, name, d.System, back)
		d.serve(fronts[name], proxy(back.Addr().String()))
	}
	return d
}

// newWorker serves a node of the system on the listener, until the test ends, with
// more in its environment.
func newWorker(t *testing.T, name string, s *local.System, l net.Listener, more ...string) *worker {
	t.Helper()
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	w := &worker{name: name, listener: file, env: append(more, "ANYSCAN_NODE="+name, "ANYSCAN_DIR="+s.Dir, "ANYSCAN_PROXIES="+strconv.Itoa(s.Proxies),
		"ANYSCAN_ACQUIRER_DB="+s.AcquirerDB, "ANYSCAN_GATEWAY_DB="+s.GatewayDB,
		"ANYSCAN_ACQUIRER="+s.Acquirer, "ANYSCAN_GATEWAY="+s.Gateway, "ANYSCAN_WALLET="+s.Wallet)}
	w.start(t)
	t.Cleanup(func() { w.kill() })
	return w
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// serveWallet runs the wallet company here, where nobody kills it.
func (d *district) serveWallet(l net.Listener) {
	p, err := d.WalletCompany()
	if err != nil {
		d.t.Fatal(err)
	}
	d.wallet = p
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { p.Run(ctx) })
	d.t.Cleanup(func() {
		cancel()
		work.Wait()
		p.Close()
	})
	d.serve(l, p)
}

// proxy passes messages on to a server process. One that is dead answers
// nothing.
func proxy(back string) http.Handler {
	p := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: back})
	p.Transport = &http.Transport{MaxIdleConnsPerHost: 16}
	p.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	return p
}

// serve is a public address: it counts messages, and kills where the test wants
// it.
func (d *district) serve(l net.Listener, next http.Handler) {
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kill, after := d.count(r)
		switch {
		case kill == nil:
			next.ServeHTTP(w, r)
		case after:
			next.ServeHTTP(discard{http.Header{}}, r) // answered, and nobody hears it
			kill()
			panic(http.ErrAbortHandler)
		default:
			kill()
			next.ServeHTTP(w, r)
		}
	})}
	go server.Serve(l)
	d.t.Cleanup(func() { server.Close() })
}

// discard is the answer that gets lost.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return io.Discard.Write(b) }
func (discard) WriteHeader(int)               {}

// count numbers a message, and says whom to kill at it. What the payer's app and
// the wallet company say to each other is theirs.
func (d *district) count(r *http.Request) (kill func(), after bool) {
	if strings.HasPrefix(r.Host, "wallet.") && !strings.HasPrefix(r.URL.Path, "/payments") {
		return nil, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.number++
	if d.number != d.at {
		return nil, false
	}
	w := d.workers[d.victim]
	return func() { w.kill(); w.start(d.t) }, d.after
}

// arm numbers messages from 1 again and sets where to kill; 0 is nowhere.
func (d *district) arm(at int, victim string, after bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.number, d.at, d.victim, d.after = 0, at, victim, after
}

// fired tells whether the kill has happened.
func (d *district) fired() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.number >= d.at
}

func (w *worker) start(t *testing.T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	exe, err := os.Executable()
	if err != nil {
		t.Error(err)
		return
	}
	w.cmd = exec.Command(exe)
	w.cmd.Env = append(os.Environ(), w.env...)
	w.cmd.Stderr = os.Stderr
	w.cmd.ExtraFiles = []*os.File{w.listener}
	if err := w.cmd.Start(); err != nil {
		t.Error(fmt.Errorf("starting the %s: %w", w.name, err))
	}
}

// kill is SIGKILL: nothing in the process gets to run any more. It was alive
// unless it had ended by itself.
func (w *worker) kill() (alive bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
	return w.cmd.ProcessState != nil && !w.cmd.ProcessState.Exited()
}

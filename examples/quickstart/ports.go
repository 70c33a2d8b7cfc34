package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

const maxPorts = 1 << 10 // bytes of the file

// ports are where the servers listen on loopback; 0 is any. A directory keeps
// them, because addresses in codes have the acquirer's.
type ports struct {
	Acquirer int `json:"acquirer"`
	Gateway  int `json:"gateway"`
	Wallet   int `json:"wallet"`
}

func (p ports) all() [3]int { return [3]int{p.Acquirer, p.Gateway, p.Wallet} }

// listen listens at each port, or at any in place of one that is refused. Those
// that are given come first, so that none of them is the any of another server.
func (p ports) listen() (l listeners, refused [3]error, err error) {
	for i, port := range p.all() {
		if port != 0 {
			l[i], refused[i] = loopback(port)
		}
	}
	for i := range l {
		if l[i] == nil && err == nil {
			l[i], err = loopback(0)
		}
	}
	if err != nil {
		l.close()
	}
	return l, refused, err
}

func loopback(port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}

// listeners are those of acquirer, gateway and wallet.
type listeners [3]net.Listener

func (l listeners) close() {
	for _, one := range l {
		if one != nil {
			one.Close()
		}
	}
}

func (l listeners) ports() ports {
	at := func(i int) int { return l[i].Addr().(*net.TCPAddr).Port }
	return ports{at(0), at(1), at(2)}
}

// listenAsKept listens at the ports in the file, which is made at first use. In
// place of one that is not free another one is kept, and what no longer opens is
// told.
func listenAsKept(file string, p *console.Printer) (listeners, error) {
	kept, err := readPorts(file)
	if err != nil {
		return listeners{}, err
	}
	l, refused, err := kept.listen()
	if err != nil {
		return l, err
	}
	if now := l.ports(); now != kept {
		err := program.WriteFile(file, func(w *os.File) error { return json.NewEncoder(w).Encode(now) })
		if err != nil {
			l.close()
			return l, err
		}
	}
	for i, why := range refused {
		if why != nil {
			p.Step("ports", lost(i, kept.all()[i], l.ports().all()[i], why), 0, nil)
		}
	}
	return l, nil
}

// lost says what it means that a server is no longer where it was.
func lost(server, was, is int, why error) string {
	name := [3]string{"acquirer", "gateway", "wallet"}[server]
	old := roles.Address("http", name, net.JoinHostPort("", strconv.Itoa(was)))
	what := "payments that began at %s cannot be continued; codes open as before"
	if name == "acquirer" {
		what = "codes for %s no longer open: print them anew"
	}
	return fmt.Sprintf("port %d of the %s is not free (%v), it is %d from now on: "+what, was, name, why, is, old)
}

// readPorts is none, all 0, where there is no file yet.
func readPorts(file string) (p ports, err error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	if err := decodePorts(raw, &p); err != nil {
		return ports{}, fmt.Errorf("%s does not hold ports, remove it to get new ones: %w", file, err)
	}
	return p, nil
}

// decodePorts is as strict as with a request.
func decodePorts(raw []byte, p *ports) error {
	body := io.NopCloser(bytes.NewReader(raw))
	err := wire.Decode(&http.Request{Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, maxPorts, p)
	if bad, ok := errors.AsType[*order.Error](err); ok && len(bad.Problems) > 0 {
		return errors.New(bad.Problems[0].String())
	}
	if err != nil {
		return err
	}
	return p.check()
}

// check refuses ports that no server could have, or two at once.
func (p ports) check() error {
	for _, port := range p.all() {
		if port < 1 || port > 65535 {
			return fmt.Errorf("a port is %d: want 1 to 65535", port)
		}
	}
	if p.Acquirer == p.Gateway || p.Gateway == p.Wallet || p.Wallet == p.Acquirer {
		return errors.New("a port stands twice: want three")
	}
	return nil
}

package examples_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/internal/nodetest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/order/wire/openapi"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// Prism, an independent reader of OpenAPI documents, stands in front of gateway
// and acquirer, and finds nothing to say against payments: goods, a decline and
// another wallet, and an amount that the payer enters. What is not as described
// Prism would answer itself, and the payment would fail.
func TestPrismSeesNoViolation(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s, log := behindPrism(t, ctx, openapi.Document(), described)
	for merchant, p := range map[string]*payer{
		"cafe":     {picks: []string{"blue", "green"}},
		"teahouse": {picks: []string{"green"}, takes: scan.Answer{Choices: []order.Choice{{Item: "oolong", Quantity: 2}, {Item: "cup", Quantity: 1}}}},
		"busker":   {picks: []string{"amber"}, takes: scan.Answer{Amount: order.Money{Amount: 1250, Currency: "CNY"}}},
	} {
		if err := pay(ctx, s, merchant, p, map[string]wallet.Decision{"blue": wallet.Decline}, nil); err != nil {
			t.Fatalf("%s: %v\n%s", merchant, err, log())
		}
		if _, err := s.AskGateway(ctx, p.paid.Order.ID); err != nil {
			t.Fatalf("%s: asking the gateway: %v\n%s", merchant, err, log())
		}
		if r, err := told(ctx, s, p.paid.Order.ReturnAddress); err != nil || r.State != order.StatePaid {
			t.Fatalf("%s: at the acquirer the order is %s, %v\n%s", merchant, r.State, err, log())
		}
	}
	desk, err := s.Desk()
	if err != nil {
		t.Fatal(err)
	}
	bill, err := desk.Issue(ctx, order.IssueRequest{Kind: order.IssuedDynamic, Merchant: "busker", Address: s.Acquirer + "/m/busker?n=1&amount=12.50CNY",
		Amount: order.Money{Amount: 1250, Currency: "CNY"}, Expires: time.Now().Add(time.Minute), Key: "a bill"})
	if err == nil {
		_, err = desk.Revoke(ctx, bill.ID)
	}
	if err == nil {
		bill, err = desk.Issued(ctx, bill.ID)
	}
	if err != nil || bill.Revoked.IsZero() {
		t.Errorf("a code: %v, %+v", err, bill)
	}
	exchanges, against := strings.Count(log(), "has returned"), complaints(log())
	if exchanges < 20 || len(against) > 0 {
		t.Errorf("%d exchanges, %q", exchanges, against)
	}
	t.Logf("%d exchanges through Prism, %d violations", exchanges, len(against))
}

// Prism can find something: when the document asks for a member that the gateway
// does not send, the order is not placed.
func TestPrismSeesAViolation(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	strict := bytes.Replace(openapi.Document(), []byte("\"required\": [\n     \"address\",\n     \"expires\"\n"), []byte("\"required\": [\n     \"address\",\n     \"fee\"\n"), 1)
	s, log := behindPrism(t, ctx, strict, func(next http.RoundTripper) http.RoundTripper { return next })
	err := pay(ctx, s, "cafe", &payer{picks: []string{"green"}}, nil, nil)
	if against := strings.Join(complaints(log()), ""); err == nil || !strings.Contains(against, "VIOLATIONS") {
		t.Errorf("%v, %q\n%s", err, against, log())
	}
}

// complaints are the lines in which Prism speaks of a violation or an error.
func complaints(log string) (lines []string) {
	for line := range strings.Lines(log) {
		if text := strings.ToLower(line); strings.Contains(text, "violat") || strings.Contains(text, "error") || strings.Contains(text, "warn") {
			lines = append(lines, line)
		}
	}
	return lines
}

// told waits until the acquirer knows how an order ended.
func told(ctx context.Context, s *local.System, address string) (r order.Status, err error) {
	acquirer := scanhttp.New(s.Client(), nil)
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		if r, err = acquirer.Result(ctx, address); err != nil || r.State.Final() {
			return r, err
		}
	}
}

// behindPrism is a system on sockets, whose acquirer and gateway are reached
// through a Prism each, and what both have written so far. The addresses that
// are signed stay theirs: only the connections lead to Prism. Around goes around
// the way to all servers.
func behindPrism(t *testing.T, ctx context.Context, document []byte, around func(http.RoundTripper) http.RoundTripper) (*local.System, func() string) {
	t.Helper()
	acquirer, gateway, company := listen(t), listen(t), listen(t)
	first := startPrism(t, ctx, document, acquirer.Addr().String())
	second := startPrism(t, ctx, document, gateway.Addr().String())
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		switch name, _, _ := strings.Cut(address, "."); name {
		case "acquirer":
			address = first.door
		case "gateway":
			address = second.door
		}
		return wire.DialLocalhost(nil)(ctx, network, address)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	s := &local.System{Acquirer: local.Address("acquirer", acquirer), Gateway: local.Address("gateway", gateway), Wallet: local.Address("wallet", company),
		Dir: t.TempDir(), Keys: local.NewKeys(), Base: around(transport)}
	first.wait(ctx)
	second.wait(ctx)
	stop, err := s.Start(ctx, acquirer, gateway, company)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return s, func() string { return first.log() + second.log() }
}

// A prism is one process of Prism.
type prism struct {
	t         *testing.T
	door      string // where it listens
	listening chan struct{}
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
	p := &prism{t: t, door: port.Addr().String(), listening: make(chan struct{})}
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

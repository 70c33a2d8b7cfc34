package examples_test

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// Acquirer and gateway that share a secret, and know no key of each other, issue a
// code, confirm, place, pay, notify, ask and cancel with it: every message between
// them is signed with that secret and with nothing else.
func TestASharedSecretIsEnough(t *testing.T) {
	p := newPair(t)
	s := p.sharing(1)
	p.serve("gateway", s.OpenGateway)
	p.serve("wallet", s.OpenWallet)
	p.serve("acquirer", s.OpenAcquirer)
	resultIsShown(t, p.ctx, s)
	orderIsCanceled(t, p.ctx, s)

	p.mu.Lock()
	defer p.mu.Unlock()
	for _, want := range []string{"POST /v1/codes", "POST /v1/orders", "GET /v1/orders/", "POST /v1/orders/", "POST /v1/notifications"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(p.signed)), func(what string) bool { return strings.HasPrefix(what, want) }) {
			t.Errorf("there was no %s among %v", want, p.signed)
		}
	}
	for what, inputs := range p.signed {
		for _, input := range inputs {
			if !strings.Contains(input, `;keyid="`+p.keyID(1)+`"`) {
				t.Errorf("%s is signed with %q, want with the secret %s", what, input, p.keyID(1))
			}
		}
	}
}

// An acquirer with another secret than the gateway's places nothing, and takes
// nothing that it is told for true; the log of who was asked names the secret. With
// the right one again, it is told what has happened.
func TestAnotherSharedSecretIsRefused(t *testing.T) {
	p := newPair(t)
	right, wrong := p.sharing(1), p.sharing(2)
	p.serve("gateway", right.OpenGateway)
	p.serve("wallet", right.OpenWallet)

	stop := p.serve("acquirer", wrong.OpenAcquirer)
	host := &payer{picks: []string{"green"}}
	if err := pay(p.ctx, right, "cafe", host, nil, nil); order.CodeOf(err) != order.CodeUnavailable || host.paid != nil {
		t.Errorf("confirmed with the wrong secret: %v, %+v; want that it was not placed", err, host.paid)
	}
	p.refused("node=gateway method=POST path=/v1/orders ", p.keyID(2))
	stop()

	stop = p.serve("acquirer", right.OpenAcquirer)
	later := &interrupted{payer: payer{picks: []string{"green"}}, before: func() {
		stop()
		stop = p.serve("acquirer", wrong.OpenAcquirer)
	}}
	if err := pay(p.ctx, right, "cafe", later, nil, nil); err != nil {
		t.Fatal(err)
	}
	p.refused("node=acquirer method=POST path=/v1/notifications ", p.keyID(1))
	address := later.paid.Order.ReturnAddress
	if s, err := scanhttp.New(right.Client(), nil).Result(p.ctx, address); err != nil || s.State != order.StateOpen {
		t.Errorf("told with the wrong secret: the order is %q, %v; want it open", s.State, err)
	}
	stop()

	p.serve("acquirer", right.OpenAcquirer)
	if s, err := told(p.ctx, right, address); err != nil || s.State != order.StatePaid {
		t.Errorf("told with the right secret again: the order is %q, %v; want it paid", s.State, err)
	}
}

// interrupted is a payer before whose choice something happens.
type interrupted struct {
	payer
	before func()
}

func (p *interrupted) Choose(ctx context.Context, s gateway.Session) (string, error) {
	p.before()
	return p.payer.Choose(ctx, s)
}

// pair is an acquirer and a gateway in a network, which are opened by themselves.
type pair struct {
	*testing.T
	ctx     context.Context
	network *wire.Network
	like    local.System
	log     *transcript

	mu     sync.Mutex
	signed map[string][]string // by method and path: what signed the request, and the answer
}

func newPair(t *testing.T) *pair {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	p := &pair{T: t, ctx: ctx, network: wire.NewNetwork(), log: newTranscript(), signed: map[string][]string{}}
	p.like = local.System{Acquirer: "http://acquirer.localhost", Gateway: "http://gateway.localhost", Wallet: "http://wallet.localhost",
		Dir: t.TempDir(), Keys: local.NewKeys(), Log: slog.New(slog.NewTextHandler(p.log, nil))}
	return p
}

// sharing is the pair with that secret, and keys that the other does not have.
func (p *pair) sharing(secret byte) *local.System {
	keys := *p.like.Keys
	keys.Acquirer, keys.Gateway = local.NewKeys().Acquirer, local.NewKeys().Gateway
	return &local.System{Acquirer: p.like.Acquirer, Gateway: p.like.Gateway, Wallet: p.like.Wallet, Dir: p.like.Dir, Log: p.like.Log,
		Keys: &keys, Shared: secretOf(secret), Base: described(noting{p, p.network.Transport()})}
}

func secretOf(n byte) wire.Secret { return wire.NewSecret(bytes.Repeat([]byte{n}, 32)) }

func (p *pair) keyID(secret byte) string {
	p.Helper()
	id, err := wire.KeyID(secretOf(secret))
	if err != nil {
		p.Fatal(err)
	}
	return id
}

// serve serves a node until it is stopped, or the test ends.
func (p *pair) serve(host string, open func(context.Context) (*roles.Node, error)) (stop func()) {
	p.Helper()
	l, err := p.network.Listen(host + ".localhost:80")
	if err != nil {
		p.Fatal(err)
	}
	node, err := open(p.ctx)
	if err != nil {
		p.Fatal(err)
	}
	ctx, cancel := context.WithCancel(p.ctx)
	ended := make(chan error, 1)
	go func() { ended <- node.Serve(ctx, l) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			p.Error(err)
		}
	})
	p.Cleanup(stop)
	return stop
}

// refused waits until a line of the log says that the request was not verified,
// and wants the secret in it that was not known.
func (p *pair) refused(request, keyID string) {
	p.Helper()
	if !p.log.wait(p.ctx, request) {
		p.Fatalf("no %q was refused:\n%s", request, p.log)
	}
	for line := range strings.Lines(p.log.String()) {
		if strings.Contains(line, request) && !(strings.Contains(line, "request not verified") && strings.Contains(line, keyID)) {
			p.Errorf("%s: want it not verified, for the secret %s", line, keyID)
		}
	}
}

// noting notes who signed what is said between acquirer and gateway.
type noting struct {
	pair *pair
	next http.RoundTripper
}

func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := n.next.RoundTrip(r)
	if err == nil && r.Header.Get("Signature-Input") != "" && r.URL.Host != "wallet.localhost" {
		what := r.Method + " " + r.URL.Path
		n.pair.mu.Lock()
		defer n.pair.mu.Unlock()
		n.pair.signed[what] = append(n.pair.signed[what], r.Header.Get("Signature-Input"), resp.Header.Get("Signature-Input"))
	}
	return resp, err
}

func (n noting) CloseIdleConnections() {
	n.next.(interface{ CloseIdleConnections() }).CloseIdleConnections()
}

package gatewayhttp_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

var (
	_ gatewayhttp.Acquirers = (*clearing.Directory)(nil)
	_ gatewayhttp.Acquirers = clearing.TLSKeys{}
)

// remote is a gateway that is reached over HTTP: by terminals, by acquirers who
// sign, and by providers.
type remote struct {
	gateway.Cashier
	base      string
	transport http.RoundTripper
	options   *wire.Options
	acquirers []string
	t         *testing.T
}

func (r remote) For(acquirer string) (order.Desk, error) {
	if !slices.Contains(r.acquirers, acquirer) {
		return nil, order.Errorf(order.CodeUnauthenticated, "", "nobody has a key of %q", acquirer)
	}
	signer, _ := newSigner(r.t, seedOf(acquirer), r.options)
	_, gatewayKey := newSigner(r.t, 2, nil)
	return orderhttp.NewClearing(r.base, wire.NewTransport(r.transport, signer, newKeys(r.t, gatewayKey), r.options),
		&orderhttp.ClientOptions{Retries: -1})
}

func (r remote) Receive(ctx context.Context, name string, n component.Notification) (a component.Acknowledgement, err error) {
	req, err := http.NewRequestWithContext(ctx, "POST", r.base+"/notify/"+name+"?"+n.Query, bytes.NewReader(n.Body))
	if err != nil {
		return a, err
	}
	req.Header = http.Header(n.Header)
	resp, err := r.transport.RoundTrip(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	if err := wire.ReadError(resp); err != nil {
		return a, err
	}
	a = component.Acknowledgement{Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type")}
	a.Body, err = io.ReadAll(resp.Body)
	return a, err
}

// seedOf is the seed of an acquirer's key, another one for each of the kit's.
func seedOf(acquirer string) byte { return acquirer[0] }

// acquirersOf are the kit's acquirers as the directory takes them.
func acquirersOf(t *testing.T, all []gatewaytest.Acquirer) (acquirers []clearing.Acquirer) {
	t.Helper()
	for _, a := range all {
		_, pub := newSigner(t, seedOf(a.Name), nil)
		known := clearing.Acquirer{Name: a.Name, Keys: []clearing.Key{{Public: pub}}, ReturnOrigins: a.ReturnOrigins,
			Components: a.Components, Limits: clearing.Limits{Amounts: a.Amounts}, Disabled: a.Disabled}
		for _, m := range a.Merchants {
			known.Merchants = append(known.Merchants, clearing.Merchant{ID: m.ID, Name: m.Name, Domains: m.Domains})
		}
		acquirers = append(acquirers, known)
	}
	return acquirers
}

// newClearing is a real gateway as the kit wants it.
func newClearing(t *testing.T, s *store.Store, d *clearing.Directory, setup gatewaytest.Setup, base string) *clearing.Server {
	t.Helper()
	notifiers := map[string]order.Notifier{}
	for _, a := range setup.Acquirers {
		notifiers[a.Name] = a.Notifier
	}
	server, err := clearing.New(t.Context(), s, d, setup.Components,
		clearing.Keys{Tokens: map[int]clearing.Secret{1: {7}}, Webhooks: map[int]clearing.Secret{1: {8}}, Codes: setup.Codes},
		func(a clearing.Acquirer) order.Notifier { return notifiers[a.Name] }, base,
		&clearing.Options{Policy: setup.Policy, Now: setup.Now, Webhooks: webhook.Options{Transport: apitest.Webhooks(t, "orderEvent", setup.Webhooks)}})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// keeps holds a gateway to the contract that serve serves: it is given the
// handler for a base and answers with the base and how to get there.
func keeps(t *testing.T, serve func(t *testing.T, newHandler func(base string) http.Handler) (base string, transport *http.Transport)) {
	gatewaytest.Run(t, func(t *testing.T, setup gatewaytest.Setup) gatewaytest.Subject {
		s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "clearing.db"), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		directory, err := clearing.NewDirectory(acquirersOf(t, setup.Acquirers), nil)
		if err != nil {
			t.Fatal(err)
		}
		base, transport := serve(t, func(base string) http.Handler {
			server := newClearing(t, s, directory, setup, base)
			signer, _ := newSigner(t, 2, &wire.Options{Now: setup.Now})
			h, err := gatewayhttp.NewHandler(server, base, directory, signer, &gatewayhttp.Options{Now: setup.Now})
			if err != nil {
				t.Fatal(err)
			}
			return apitest.Handler(t, h)
		})
		t.Cleanup(transport.CloseIdleConnections)
		r := remote{scanhttp.New(&http.Client{Transport: transport}, &scanhttp.Options{Retries: -1}), base, transport,
			&wire.Options{Now: setup.Now}, nil, t}
		for _, a := range setup.Acquirers {
			r.acquirers = append(r.acquirers, a.Name)
		}
		return gatewaytest.Subject{Server: r, Work: gatewaytest.Drain(s, setup.Now, func(ctx context.Context) error {
			return newClearing(t, s, directory, setup, base).Run(ctx)
		}), Replace: func(all []gatewaytest.Acquirer) error { return directory.Replace(acquirersOf(t, all)) }}
	})
}

func TestGatewayKeepsTheContractInProcess(t *testing.T) {
	keeps(t, func(t *testing.T, newHandler func(string) http.Handler) (string, *http.Transport) {
		n := wire.NewNetwork()
		webtest.Listen(t, n, base, newHandler(base))
		return base, n.Transport()
	})
}

func TestGatewayKeepsTheContractOnSockets(t *testing.T) {
	keeps(t, func(t *testing.T, newHandler func(string) http.Handler) (string, *http.Transport) {
		base := webtest.Serve(t, "pay", newHandler)
		return base, scanhttp.LocalhostClient().Transport.(*http.Transport)
	})
}

package gatewayhttp_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/anyscan/anyscan/order/wire"
)

// makers make one thing of each kind that an acquirer may have, here the owner,
// by the collection that it is in or by the operation that needs one of its own, and
// give its identifier.
func makers() map[string]func(*testing.T, crossing) (order.ID, error) {
	return map[string]func(*testing.T, crossing) (order.ID, error){
		"/v1/orders": func(t *testing.T, c crossing) (order.ID, error) {
			o, _, err := c.place(t)
			return o.ID, err
		},
		"/v1/orders/{id}/refunds": func(t *testing.T, c crossing) (order.ID, error) { return c.paid(t) },
		"/v1/codes": func(t *testing.T, c crossing) (order.ID, error) {
			code, err := c.desk(t, c.owner).Issue(t.Context(), order.IssueRequest{Kind: order.IssuedStatic, Merchant: c.merchant(),
				Address: "https://" + c.merchant() + ".example/m/" + c.merchant(), Expires: time.Now().AddDate(1, 0, 0), Key: string(order.NewID(time.Now()))})
			return code.ID, err
		},
		"/v1/endpoints":  func(t *testing.T, c crossing) (order.ID, error) { return c.endpoint(t) },
		"/v1/deliveries": func(t *testing.T, c crossing) (order.ID, error) { return c.delivery(t) },
	}
}

// creators are the operations that make a thing, which is nobody's before: what
// they may be asked for is held to the directory by the kit.
func creators() []string { return []string{"POST /v1/codes", "POST /v1/endpoints", "POST /v1/orders"} }

// merchant is the owner's.
func (c crossing) merchant() string {
	return map[string]string{"north": "tea", "south": "noodles"}[c.owner]
}

// place places an order of the owner's.
func (c crossing) place(t *testing.T) (order.Order, order.Placement, error) {
	now := time.Now().UTC()
	o := order.Order{ID: order.NewID(now), Merchant: c.merchant(), Total: yuan(500), Created: now, Expires: now.Add(time.Hour)}
	p, err := c.desk(t, c.owner).Place(t.Context(), o)
	return o, p, err
}

// endpoint adds an endpoint of the owner's.
func (c crossing) endpoint(t *testing.T) (order.ID, error) {
	k, err := c.desk(t, c.owner).CreateEndpoint(t.Context(),
		order.EndpointRequest{Address: "https://" + c.merchant() + ".example/hooks", Key: string(order.NewID(time.Now()))})
	return k.Endpoint.ID, err
}

// delivery lets an order of the owner's be paid, of which an endpoint is to be told.
func (c crossing) delivery(t *testing.T) (order.ID, error) {
	to, err := c.endpoint(t)
	if err != nil {
		return "", err
	}
	if _, err := c.paid(t); err != nil {
		return "", err
	}
	all, err := c.desk(t, c.owner).Deliveries(t.Context(), order.DeliveryQuery{Endpoint: to})
	if err != nil || len(all.Deliveries) != 1 {
		return "", fmt.Errorf("%d deliveries: %w", len(all.Deliveries), err)
	}
	return all.Deliveries[0].ID, nil
}

// paid is an order of the owner's that was paid.
func (c crossing) paid(t *testing.T) (order.ID, error) {
	o, placed, err := c.place(t)
	if err != nil {
		return "", err
	}
	a, err := c.server.Begin(t.Context(), placed.Address, gateway.Beginning{Component: "blue", Actions: []component.ActionKind{component.ActionRedirect}, Key: "k"})
	if err != nil {
		return "", err
	}
	c.wallet.Decide(a.ID, component.OutcomeSucceeded)
	_, err = c.server.Resume(t.Context(), a.ReturnAddress, component.Return{})
	return o.ID, err
}

// Whatever the OpenAPI document says that an acquirer may ask of one thing, it
// may ask of its own things alone: what belongs to another is not_found, in the
// same words as what never was, and the try is recorded. An operation that is
// added is tried too, and fails here until there is a maker for what it is about.
func TestNobodyReachesAcrossAcquirers(t *testing.T) {
	for _, c := range []struct{ owner, other string }{{"south", "north"}, {"north", "south"}} {
		t.Run(c.other+" asks for what is of "+c.owner, func(t *testing.T) { reach(t, newCrossing(t, c.owner), c.other) })
	}
}

func reach(t *testing.T, c crossing, other string) {
	tried := 0
	for _, op := range operations(t) {
		switch {
		case op.names:
		case op.method == http.MethodGet || slices.Contains(creators(), op.method+" "+op.path):
			continue // a list, which is asked for below, or the making of a thing
		default:
			t.Errorf("%s %s is about no identifier and is not among those that make a thing: %q", op.method, op.path, creators())
			continue
		}
		collection := strings.Join(strings.Split(op.path, "/")[:3], "/")
		makeOne, ok := makers()[op.path]
		if !ok {
			makeOne, ok = makers()[collection]
		}
		if !ok {
			t.Errorf("%s %s: nothing is made that it could be asked of: add a maker for %s", op.method, op.path, collection)
			continue
		}
		id, err := makeOne(t, c)
		if err != nil {
			t.Fatalf("%s: %v", collection, err)
		}
		never := order.NewID(time.Now())
		foreign, nothing := c.ask(t, other, op, id), c.ask(t, other, op, never)
		if foreign.status != 404 || foreign.code() != "not_found" {
			t.Errorf("%s %s of another acquirer: status %d, %s", op.method, op.path, foreign.status, foreign.body)
		}
		if diff := cmp.Diff(nothing.without(never), foreign.without(id)); diff != "" {
			t.Errorf("%s %s: what belongs to another is answered otherwise than what never was: %s", op.method, op.path, diff)
		}
		if what := c.denied(t); !strings.Contains(what, string(id)) || strings.Contains(what, c.owner) {
			t.Errorf("%s %s: the try across is not in the record, which holds %s", op.method, op.path, what)
		}
		if own := c.ask(t, c.owner, op, id); own.status < 200 || own.status > 299 {
			t.Errorf("%s %s of its own: status %d, %s: so the try across proved nothing", op.method, op.path, own.status, own.body)
		}
		tried++
	}
	if tried < 8 { // as many as there were when this was written
		t.Errorf("%d operations were tried", tried)
	}
	t.Logf("%d operations tried", tried)
}

// A list holds nothing of another acquirer, also when it is asked for by what is
// the other's.
func TestListsHoldNothingOfAnotherAcquirer(t *testing.T) {
	c := newCrossing(t, "south")
	var foreign []order.ID
	for collection, makeOne := range makers() {
		id, err := makeOne(t, c)
		if err != nil {
			t.Fatalf("%s: %v", collection, err)
		}
		foreign = append(foreign, id)
	}
	for _, op := range operations(t) {
		if op.method != http.MethodGet || op.names {
			continue
		}
		queries := []string{""}
		for _, name := range op.ids {
			for _, id := range foreign {
				queries = append(queries, "?"+name+"="+string(id))
			}
		}
		for _, query := range queries {
			a := c.ask(t, "north", operation{method: op.method, path: op.path + query}, "")
			if a.status != 404 && a.status != 200 || slices.ContainsFunc(foreign, func(id order.ID) bool { return strings.Contains(a.body, string(id)) }) {
				t.Errorf("GET %s%s: status %d, %s", op.path, query, a.status, a.body)
			}
		}
	}
}

// The walk sees the document's operations.
func TestOperationsAreOfTheDocument(t *testing.T) {
	var all []string
	for _, op := range operations(t) {
		all = append(all, op.method+" "+op.path)
	}
	for _, want := range []string{"GET /v1/orders/{id}", "GET /v1/codes/{id}", "POST /v1/codes/{id}/revocation", "DELETE /v1/endpoints/{id}", "GET /v1/deliveries"} {
		if !slices.Contains(all, want) {
			t.Errorf("%s is not among %q", want, all)
		}
	}
}

// A crossing is a real gateway with two acquirers.
type crossing struct {
	owner     string // of what the makers make
	transport http.RoundTripper
	server    *clearing.Server
	wallet    *gatewaytest.Wallet
}

func newCrossing(t *testing.T, owner string) crossing {
	t.Helper()
	wallet := gatewaytest.NewWallet("blue")
	registry, err := component.NewRegistry(wallet)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "clearing.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	setup := gatewaytest.Setup{Components: registry, Now: time.Now,
		Codes: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)),
		Acquirers: []gatewaytest.Acquirer{
			{Name: "north", Notifier: deaf{}, Merchants: []gatewaytest.Merchant{{ID: "tea", Name: "Tea House", Domains: []string{"tea.example"}}}},
			{Name: "south", Notifier: deaf{}, Merchants: []gatewaytest.Merchant{{ID: "noodles", Name: "Noodle Bar", Domains: []string{"noodles.example"}}}},
		}}
	directory, err := clearing.NewDirectory(acquirersOf(t, setup.Acquirers), nil)
	if err != nil {
		t.Fatal(err)
	}
	server := newClearing(t, s, directory, setup, base)
	signer, _ := newSigner(t, 2, nil)
	h, err := gatewayhttp.NewHandler(server, base, directory, signer, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := wire.NewNetwork()
	webtest.Listen(t, n, base, apitest.Handler(t, h))
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	return crossing{owner, transport, server, wallet}
}

// deaf takes every notification.
type deaf struct{}

func (deaf) Notify(context.Context, order.Status) error { return nil }

// signed is the way to the gateway in an acquirer's name.
func (c crossing) signed(t *testing.T, acquirer string) *wire.Transport {
	signer, _ := newSigner(t, seedOf(acquirer), nil)
	_, gatewayKey := newSigner(t, 2, nil)
	return wire.NewTransport(c.transport, signer, newKeys(t, gatewayKey), nil)
}

func (c crossing) desk(t *testing.T, acquirer string) order.Desk {
	t.Helper()
	d, err := orderhttp.NewClearing(base, c.signed(t, acquirer), nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// denied is what the operator's record holds of acquirers who asked for what they
// do not have.
func (c crossing) denied(t *testing.T) string {
	t.Helper()
	all, err := c.server.Denials(t.Context(), "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(all)
}

// ask asks an operation of the thing with that identifier. The idempotency key of a
// write is the identifier of what it sends, or else that one.
func (c crossing) ask(t *testing.T, acquirer string, op operation, id order.ID) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), op.method, base+op.at(id), bytes.NewReader(op.body))
	if err != nil {
		t.Fatal(err)
	}
	if op.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if op.method != http.MethodGet {
		if err := wire.SetIdempotencyKey(req, string(op.key(id))); err != nil {
			t.Fatal(err)
		}
	}
	resp, err := c.signed(t, acquirer).RoundTrip(req)
	if err != nil {
		t.Fatalf("%s %s: %v", op.method, op.path, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{resp.StatusCode, string(body)}
}

type answered struct {
	status int
	body   string
}

func (a answered) code() string {
	var p struct{ Code string }
	json.Unmarshal([]byte(a.body), &p) // none, if it is no problem
	return p.Code
}

// without is the answer with the identifier left out.
func (a answered) without(id order.ID) string { return strings.ReplaceAll(a.body, string(id), "{id}") }

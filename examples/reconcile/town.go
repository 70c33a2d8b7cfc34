package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/reconcile"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/anyscan/anyscan/order/wire"
)

const (
	bank    = "bank" // the acquirer's name in the directory
	blue    = "blue" // the component, and the gateway's name at the wallet company
	company = "http://wallet.localhost"
	here    = "http://acquirer.localhost"
	there   = "http://gateway.localhost"
)

// calendar ends business days at midnight in a zone without a database of zones.
func calendar() reconcile.Calendar {
	return reconcile.Calendar{Zone: time.FixedZone("Etc/GMT-8", 8*60*60)}
}

// town is an acquirer, a clearing institution and a wallet company, whose clock the
// program sets.
type town struct {
	orders   *store.Store // the acquirer's
	attempts *store.Store // the institution's
	acquirer *acquirer.Server
	gateway  *clearing.Server
	parts    gatewayParts
	company  *sandbox.Provider
	wallet   *sandbox.Component
	app      *wallet.App
	files    ed25519.PrivateKey // signs clearing files
	ends     []func() error

	mu      sync.Mutex
	now     time.Time
	unheard map[order.ID]bool // orders of which the acquirer hears nothing
	heard   chan order.ID     // orders of which it did, whatever
}

// gatewayParts are what the gateway is made of, again after it was stopped.
type gatewayParts struct {
	directory *clearing.Directory
	registry  *component.Registry
	keys      clearing.Keys
}

func (t *town) clock() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

func (t *town) set(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = now
}

// Notify is the way from the gateway to the acquirer.
func (t *town) Notify(ctx context.Context, s order.Status) error {
	t.mu.Lock()
	lost := t.unheard[s.Order.ID]
	t.mu.Unlock()
	if lost {
		return order.CodeUnavailable
	}
	err := t.acquirer.Notify(ctx, s)
	if err == nil {
		t.heard <- s.Order.ID
	}
	return err
}

// open makes a town with its databases in a directory.
func open(ctx context.Context, dir string, now time.Time) (t *town, err error) {
	t = &town{now: now, unheard: map[order.ID]bool{}, heard: make(chan order.ID, 64)}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	if _, t.files, err = ed25519.GenerateKey(nil); err != nil {
		return t, err
	}
	for name, db := range map[string]**store.Store{"acquirer.db": &t.orders, "gateway.db": &t.attempts} {
		if *db, err = sqlite.Open(ctx, filepath.Join(dir, name), nil); err != nil {
			return t, err
		}
		t.ends = append(t.ends, (*db).Close)
	}
	for _, open := range []func(context.Context) error{t.openCompany, t.openGateway, t.openAcquirer} {
		if err := open(ctx); err != nil {
			return t, err
		}
	}
	return t, nil
}

// close ends what open began, the last first.
func (t *town) close() (err error) {
	for i := len(t.ends) - 1; i >= 0; i-- {
		err = errors.Join(err, t.ends[i]())
	}
	return err
}

// openCompany serves the wallet company in a network inside the process.
func (t *town) openCompany(context.Context) (err error) {
	secret := make([]byte, 32)
	rand.Read(secret)
	t.company, err = sandbox.NewProvider(company, map[string][]byte{blue: secret}, &sandbox.ProviderOptions{Now: t.clock})
	if err != nil {
		return err
	}
	network := wire.NewNetwork()
	listener, err := network.Listen("wallet.localhost:80")
	if err != nil {
		return err
	}
	transport := network.Transport()
	server := &http.Server{Handler: t.company, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener) // ends with Close
	t.ends = append(t.ends, func() error { transport.CloseIdleConnections(); return server.Close() })
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if t.app, err = wallet.New(company, &wallet.Options{Client: client}); err != nil {
		return err
	}
	t.wallet, err = sandbox.New(blue, sandbox.Settings{Provider: company, Merchant: blue, Secret: component.NewSecret(secret), Title: "Blue Wallet"},
		&sandbox.Options{Client: client, Now: t.clock})
	return err
}

func (t *town) openGateway(ctx context.Context) (err error) {
	signs, _, err := ed25519.GenerateKey(nil) // nobody signs inside a process
	if err != nil {
		return err
	}
	t.parts.directory, err = clearing.NewDirectory([]clearing.Acquirer{{Name: bank, Keys: []clearing.Key{{Public: signs}},
		Merchants: []clearing.Merchant{{ID: "cafe", Name: "Corner Café"}}, ReturnOrigins: []string{here}}}, nil)
	if err != nil {
		return err
	}
	if t.parts.registry, err = component.NewRegistry(t.wallet); err != nil {
		return err
	}
	var tokens clearing.Secret
	rand.Read(tokens[:])
	t.parts.keys = clearing.Keys{Tokens: map[int]clearing.Secret{1: tokens}, Files: t.files}
	return t.startGateway(ctx)
}

// startGateway makes the clearing institution's server, also after it was stopped.
func (t *town) startGateway(ctx context.Context) (err error) {
	rate := reconcile.Rate{BasisPoints: 60}
	t.gateway, err = clearing.New(ctx, t.attempts, t.parts.directory, t.parts.registry, t.parts.keys,
		func(clearing.Acquirer) order.Notifier { return t }, there, &clearing.Options{Now: t.clock, Development: true,
			Files: clearing.FileOptions{Institution: "Town Clearing", Calendar: calendar(),
				Fee: func(_ string, e reconcile.Entry) (int64, error) { return rate.Fee(e) }}})
	return err
}

func (t *town) openAcquirer(ctx context.Context) error {
	desk, err := t.gateway.For(bank)
	if err != nil {
		return err
	}
	cafe := acquirer.Merchants{{ID: "cafe", Name: "Corner Café", Currency: "CNY",
		Direct: &acquirer.Direct{Amount: order.Money{Amount: 2500, Currency: "CNY"}}}}
	t.acquirer, err = acquirer.New(ctx, t.orders, desk, cafe, here, &acquirer.Options{Now: t.clock, Refunder: desk})
	return err
}

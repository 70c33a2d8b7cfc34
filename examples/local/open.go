package local

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/anyscan/anyscan/order/wire"
)

// retries are the pauses of a demonstration: on one machine a peer that does
// not answer was just restarted.
func retries() []time.Duration {
	return []time.Duration{200 * time.Millisecond, time.Second, 5 * time.Second}
}

// timeout bounds one call to a peer; looks are the pauses between looks at what
// became of something, the first one longer than a call may take.
const timeout = 2 * time.Second

func looks() []time.Duration { return []time.Duration{3 * time.Second, 5 * time.Second} }

// OpenAcquirer puts the first server together: its store, its way to the
// gateway, its merchants, and its pages.
func (s *System) OpenAcquirer(ctx context.Context) (*Node, error) {
	db, err := sqlite.Open(ctx, s.file("acquirer.db"), nil)
	if err != nil {
		return nil, fmt.Errorf("local: acquirer: %w", err)
	}
	handler, work, err := s.acquirer(ctx, db)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("local: acquirer: %w", err)
	}
	return &Node{"acquirer", handler, work, []func() error{db.Close}}, nil
}

func (s *System) acquirer(ctx context.Context, db *store.Store) (http.Handler, background, error) {
	server, signer, gatewayKeys, err := s.firstServer(ctx, db)
	if err != nil {
		return nil, nil, err
	}
	handler, err := orderhttp.NewHandler(server, s.Acquirer, s.Gateway, gatewayKeys, signer, s.Keys.Forms,
		&orderhttp.Options{Logger: s.log("acquirer"), Limits: orderhttp.Limits{Proxies: s.Proxies}})
	return handler, server.Run, err
}

// firstServer is the acquirer on a store, with its way to the gateway: the key
// that it signs with and those that it believes.
func (s *System) firstServer(ctx context.Context, db *store.Store) (*acquirer.Server, *wire.Signer, wire.Keys, error) {
	signer, gatewayKeys, transport, err := s.link(s.Keys.Acquirer, s.Keys.Gateway)
	if err != nil {
		return nil, nil, nil, err
	}
	desk, err := orderhttp.NewClearing(s.Gateway, transport, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	codes, err := s.CodePolicy()
	if err != nil {
		return nil, nil, nil, err
	}
	server, err := acquirer.New(ctx, db, desk, Merchants(), s.Acquirer,
		&acquirer.Options{Verify: codes, Issuer: desk, Retry: looks(), Timeout: timeout, Logger: s.log("acquirer")})
	return server, signer, gatewayKeys, err
}

// OpenGateway puts the second server together: its store, the directory of
// acquirers, the components, and the cashier.
func (s *System) OpenGateway(ctx context.Context) (*Node, error) {
	db, err := sqlite.Open(ctx, s.file("gateway.db"), nil)
	if err != nil {
		return nil, fmt.Errorf("local: gateway: %w", err)
	}
	handler, work, err := s.gateway(ctx, db)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("local: gateway: %w", err)
	}
	return &Node{"gateway", handler, work, []func() error{db.Close}}, nil
}

func (s *System) gateway(ctx context.Context, db *store.Store) (http.Handler, background, error) {
	signer, _, transport, err := s.link(s.Keys.Gateway, s.Keys.Acquirer)
	if err != nil {
		return nil, nil, err
	}
	notifier, err := orderhttp.NewNotifier(s.Acquirer+"/v1/notifications", transport, nil)
	if err != nil {
		return nil, nil, err
	}
	directory, err := clearing.NewDirectory([]clearing.Acquirer{s.entry()}, nil)
	if err != nil {
		return nil, nil, err
	}
	registry, err := s.registry()
	if err != nil {
		return nil, nil, err
	}
	keys := clearing.Keys{Tokens: map[int]clearing.Secret{1: clearing.Secret(s.Keys.Tokens)}, Codes: s.Keys.Codes}
	server, err := clearing.New(ctx, db, directory, registry, keys,
		func(clearing.Acquirer) order.Notifier { return notifier }, s.Gateway,
		&clearing.Options{Policy: s.Policy, Development: true, Follow: looks(), Retry: retries(), Timeout: timeout, Logger: s.log("gateway")})
	if err != nil {
		return nil, nil, err
	}
	handler, err := gatewayhttp.NewHandler(server, s.Gateway, directory, signer,
		&gatewayhttp.Options{Logger: s.log("gateway"), Limits: gatewayhttp.Limits{Proxies: s.Proxies},
			Keys: []wire.Key{{Public: public(s.Keys.Gateway)}}})
	return handler, server.Run, err
}

// entry is the acquirer as the directory knows it.
func (s *System) entry() clearing.Acquirer {
	entry := clearing.Acquirer{Name: AcquirerName, Keys: []clearing.Key{{Public: public(s.Keys.Acquirer)}},
		Notify: s.Acquirer + "/v1/notifications", ReturnOrigins: []string{s.Acquirer}}
	for _, m := range Merchants() {
		entry.Merchants = append(entry.Merchants, clearing.Merchant{ID: m.ID, Name: m.Name, Domains: []string{"acquirer.localhost"}})
	}
	return entry
}

// registry holds the components: accounts with the same wallet company.
func (s *System) registry() (*component.Registry, error) {
	var all []component.Component
	for _, a := range s.accounts() {
		c, err := sandbox.New(a.Name, sandbox.Settings{Provider: s.Wallet, Merchant: a.Name,
			Secret: sandbox.NewSecret(s.Keys.Wallet), Title: a.Title},
			&sandbox.Options{Color: a.Color, Client: s.Client()})
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return component.NewRegistry(all...)
}

// OpenWallet puts the wallet company on a node.
func (s *System) OpenWallet(context.Context) (*Node, error) {
	p, err := s.WalletCompany()
	if err != nil {
		return nil, fmt.Errorf("local: wallet: %w", err)
	}
	work := func(ctx context.Context) error { p.Run(ctx); return nil }
	return &Node{"wallet", p, work, []func() error{p.Close}}, nil
}

// WalletCompany is the company behind all wallets, with its ledger in a
// file.
func (s *System) WalletCompany() (*sandbox.Provider, error) {
	merchants := map[string][]byte{}
	for _, name := range s.components() {
		merchants[name] = s.Keys.Wallet
	}
	return sandbox.NewProvider(s.Wallet, merchants, &sandbox.ProviderOptions{Ledger: s.file("wallet.jsonl"),
		Slow: 2 * time.Second, Unknown: 3 * time.Second, Retry: retries(), Client: s.Client(), Log: s.log("wallet")})
}

// AskGateway is an order as the gateway holds it, asked in the acquirer's name.
func (s *System) AskGateway(ctx context.Context, id order.ID) (order.Status, error) {
	desk, err := s.Desk()
	if err != nil {
		return order.Status{}, err
	}
	return desk.Query(ctx, id)
}

// Desk is the gateway, asked in the acquirer's name.
func (s *System) Desk() (order.Desk, error) {
	_, _, transport, err := s.link(s.Keys.Acquirer, s.Keys.Gateway)
	if err != nil {
		return nil, err
	}
	return orderhttp.NewClearing(s.Gateway, transport, nil)
}

// link is how a server signs its messages with its own key and believes a
// peer's.
func (s *System) link(own, peer ed25519.PrivateKey) (*wire.Signer, wire.Keys, *wire.Transport, error) {
	signer, err := wire.NewSigner(own, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	keys, err := wire.NewKeys(public(peer))
	if err != nil {
		return nil, nil, nil, err
	}
	return signer, keys, wire.NewTransport(s.base(), signer, keys, nil), nil
}

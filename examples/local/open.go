package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/store"
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

// OpenAcquirer puts the first server on a node: its store, its way to the
// gateway, its merchants, and its pages.
func (s *System) OpenAcquirer(ctx context.Context) (*roles.Node, error) {
	parts, err := s.acquirer()
	if err != nil {
		return nil, fmt.Errorf("local: acquirer: %w", err)
	}
	return s.onStore(ctx, cmp.Or(s.AcquirerDB, s.file("acquirer.db")), parts.Open)
}

// acquirer is what the first server is made of.
func (s *System) acquirer() (roles.Acquirer, error) {
	peers, err := wire.NewKeys(s.Keys.Gateway.Public())
	if err != nil {
		return roles.Acquirer{}, err
	}
	codes, err := s.CodePolicy()
	return roles.Acquirer{Base: s.Acquirer, Gateway: s.Gateway, Key: s.Keys.Acquirer, Peers: peers, Shared: s.Shared, Forms: s.Keys.Forms,
		Catalog: Merchants(), HTTP: s.base(), Limits: orderhttp.Limits{Proxies: s.Proxies},
		Options: acquirer.Options{Verify: codes, Retry: looks(), Timeout: timeout, Now: s.Now, Logger: s.log("acquirer")}}, err
}

// OpenGateway puts the second server on a node: its store, the directory of
// acquirers, the components, and the cashier.
func (s *System) OpenGateway(ctx context.Context) (*roles.Node, error) {
	parts, err := s.gateway()
	if err != nil {
		return nil, fmt.Errorf("local: gateway: %w", err)
	}
	return s.onStore(ctx, cmp.Or(s.GatewayDB, s.file("gateway.db")), parts.Open)
}

// onStore opens a node on its store.
func (s *System) onStore(ctx context.Context, name string, open func(context.Context, *store.Store) (*roles.Node, error)) (*roles.Node, error) {
	if s.Store == nil {
		return roles.OnStore(ctx, name, open)
	}
	db, err := s.Store(ctx, name)
	if err != nil {
		return nil, err
	}
	node, err := open(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	node.Close = append(node.Close, db.Close)
	return node, nil
}

// gateway is what the second server is made of.
func (s *System) gateway() (roles.Gateway, error) {
	directory, err := clearing.NewDirectory([]clearing.Acquirer{s.entry()}, nil)
	if err != nil {
		return roles.Gateway{}, err
	}
	registry, err := s.registry()
	return roles.Gateway{Base: s.Gateway, Key: s.Keys.Gateway, Directory: directory, Components: registry,
		Keys: clearing.Keys{Tokens: map[int]clearing.Secret{1: clearing.Secret(s.Keys.Tokens)}, Codes: s.Keys.Codes, Webhooks: s.Webhooks},
		HTTP: s.base(), Limits: gatewayhttp.Limits{Proxies: s.Proxies},
		Options: clearing.Options{Policy: s.Policy, Development: true, Follow: looks(), Retry: retries(), Timeout: timeout, Now: s.Now,
			Webhooks: webhook.Options{Development: true, Transport: s.Base}, Logger: s.log("gateway")}}, err
}

// entry is the acquirer as the directory knows it.
func (s *System) entry() clearing.Acquirer {
	key := clearing.Key{Public: s.Keys.Acquirer.Public()}
	if !s.Shared.Equal(wire.Secret{}) {
		key.Public = s.Shared
	}
	entry := clearing.Acquirer{Name: AcquirerName, Keys: []clearing.Key{key},
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
			Secret: component.NewSecret(s.Keys.Wallet), Title: a.Title},
			&sandbox.Options{Color: a.Color, Client: s.Client(), Now: s.Now})
		if err != nil {
			return nil, err
		}
		all = append(all, s.instead(c))
	}
	return component.NewRegistry(append(all, s.More...)...)
}

// instead is what stands in for a component.
func (s *System) instead(c component.Component) component.Component {
	if s.Component == nil {
		return c
	}
	return s.Component(c)
}

// OpenWallet puts the wallet company on a node.
func (s *System) OpenWallet(context.Context) (*roles.Node, error) {
	p, err := s.WalletCompany()
	if err != nil {
		return nil, fmt.Errorf("local: wallet: %w", err)
	}
	return roles.Wallet(p), nil
}

// WalletCompany is the company behind all wallets, with its ledger in a
// file.
func (s *System) WalletCompany() (*sandbox.Provider, error) {
	merchants := map[string][]byte{}
	for _, name := range s.components() {
		merchants[name] = s.Keys.Wallet
	}
	return sandbox.NewProvider(s.Wallet, merchants, &sandbox.ProviderOptions{Ledger: s.file("wallet.jsonl"),
		Slow: 2 * time.Second, Unknown: 3 * time.Second, Retry: retries(), Client: s.Client(), Now: s.Now, Log: s.log("wallet")})
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
	parts, err := s.acquirer()
	if err != nil {
		return nil, err
	}
	return parts.Desk()
}

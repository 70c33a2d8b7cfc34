package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/order/wire"
)

// parts are what the gateway at the base is made of; company is the address of the
// simulated wallet company, if there is one.
func (c config) parts(s secrets, directory *clearing.Directory, base, company string, log *slog.Logger) (roles.Gateway, error) {
	components, err := c.components(s, company)
	if err != nil {
		return roles.Gateway{}, err
	}
	serving, err := c.secure.serving(base)
	return roles.Gateway{Base: base, Key: s.messages, Directory: directory, Components: components, Keys: s.clearing,
		HTTP: c.transport(), TLS: serving, Limits: gatewayhttp.Limits{Proxies: c.Proxies},
		Options: clearing.Options{Policy: c.Policy,
			Development: c.Development, Webhooks: webhook.Options{Development: c.Development}, Logger: log}}, err
}

// acquirers are those of the directory, and the file that holds them, "" where it
// is the configuration itself.
func (c config) acquirers() (all []clearing.Acquirer, file string, err error) {
	if err := json.Unmarshal(c.Directory, &file); err == nil {
		file = c.path(file)
		all, err = clearing.ReadDirectory(file)
		if err != nil {
			return nil, "", fmt.Errorf("/directory: %w", err)
		}
		return all, file, nil
	}
	if all, err = clearing.ParseDirectory(c.Directory); err != nil {
		return nil, "", fmt.Errorf("/directory: %w", err)
	}
	return all, "", nil
}

func (c config) components(s secrets, company string) (*component.Registry, error) {
	var all []component.Component
	for i, a := range c.Components {
		provider := a.Provider
		if provider == "" {
			provider = company
		}
		one, err := sandbox.New(a.Name, sandbox.Settings{Provider: provider, Merchant: a.Merchant,
			Secret: component.NewSecret(s.components[a.Name]), Title: a.Title}, &sandbox.Options{Color: a.Color, Client: c.client()})
		if err != nil {
			return nil, fmt.Errorf("/components/%d: %w", i, err)
		}
		all = append(all, one)
	}
	registry, err := component.NewRegistry(all...)
	if err != nil {
		return nil, fmt.Errorf("/components: %w", err)
	}
	return registry, nil
}

// transport reaches this machine alone in development, and believes the servers
// that the configuration says; nil is the library's.
func (c config) transport() http.RoundTripper {
	var t *http.Transport
	switch {
	case c.Development:
		t = roles.Localhost()
	case c.secure.servers != nil:
		t = wire.NewPool(nil)
	default:
		return nil
	}
	t.TLSClientConfig = program.ClientTLS(c.secure.servers, nil)
	return t
}

// client reaches wallet companies; nil is the component's own.
func (c config) client() *http.Client {
	if t := c.transport(); t != nil {
		return &http.Client{Transport: t, Timeout: 10 * time.Second}
	}
	return nil
}

// company simulates the wallet company at the address.
func (c config) company(s secrets, address string, log *slog.Logger) (*sandbox.Provider, error) {
	merchants := map[string][]byte{}
	for _, a := range c.Components {
		if a.Provider == "" {
			merchants[a.Merchant] = s.components[a.Name]
		}
	}
	p, err := sandbox.NewProvider(address, merchants, &sandbox.ProviderOptions{Ledger: c.Wallet.Ledger, Client: c.client(), Log: log})
	if err != nil {
		return nil, fmt.Errorf("/wallet: %w", err)
	}
	return p, nil
}

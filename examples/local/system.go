package local

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/verify"
)

// System is where the three servers of one machine are and what they share. It
// is not copied.
type System struct {
	Acquirer string // public address, such as http://acquirer.localhost:8080
	Gateway  string // such as http://gateway.localhost:8081
	Wallet   string // such as http://wallet.localhost:8082
	Dir      string // for the SQLite files and the wallet's ledger
	// AcquirerDB and GatewayDB are addresses of PostgreSQL databases; "" is a SQLite
	// file in Dir.
	AcquirerDB, GatewayDB string
	Keys                  *Keys          // see LoadKeys and NewKeys
	Policy                gateway.Policy // how the gateway determines the component
	Accounts              []Account      // the gateway's with the wallet company; nil is those of Accounts
	// More are further components of the gateway, offered after those of the accounts.
	More []component.Component
	// Shared is a secret of acquirer and gateway, in place of the keys with which they
	// sign what they tell each other; zero is none.
	Shared wire.Secret
	// Webhooks are what the secrets of merchants' endpoints are computed from; nil
	// tells merchants nothing.
	Webhooks map[int]clearing.Secret
	// Base carries all HTTP; nil is sockets of this machine, where every name
	// below localhost is 127.0.0.1.
	Base http.RoundTripper
	Log  *slog.Logger // nil logs nothing
	// Now is the clock of orders and payments; nil is time.Now, by which acquirer and
	// gateway sign in any case.
	Now func() time.Time
	// Store opens what acquirer and gateway keep their data in, by a name such as
	// OpenAcquirer makes; nil opens a SQLite file or a PostgreSQL database.
	Store func(ctx context.Context, name string) (*store.Store, error)
	// Component stands in for each of the gateway's components; nil leaves them as
	// they are.
	Component func(component.Component) component.Component
	// Proxies stand in front of acquirer and gateway, see orderhttp.Limits.
	Proxies int

	once    sync.Once
	sockets *http.Transport // made at first use: its connections are shared
}

// AcquirerName is the acquirer's name in the gateway's directory.
const AcquirerName = "corner-bank"

// Merchants are the acquirer's: one that wants a fixed amount, one whose payers
// enter it, and one with a shop.
func Merchants() acquirer.Merchants {
	yuan := func(fen int64) order.Money { return order.Money{Amount: fen, Currency: "CNY"} }
	return acquirer.Merchants{
		{ID: "cafe", Name: "Corner Café", Currency: "CNY", Direct: &acquirer.Direct{Amount: yuan(2500)}},
		{ID: "busker", Name: "Busker on the Bridge", Currency: "CNY", Direct: &acquirer.Direct{Max: yuan(50000)}},
		{ID: "teahouse", Name: "Jade Teahouse", Currency: "CNY", Goods: []order.Item{
			{ID: "oolong", Name: "Oolong, 100 g", Price: yuan(6800)},
			{ID: "jasmine", Name: "Jasmine pearls, 50 g", Price: yuan(4550)},
			{ID: "cup", Name: "Cup, celadon", Price: yuan(3200)},
		}},
	}
}

// Account is one of the gateway's accounts with the wallet company: a payment
// component.
type Account struct {
	Name  string // of the component
	Title string // shown to payers
	Color string // of its pages, such as #1d4ed8
}

// Accounts are the usual three.
func Accounts() []Account {
	return []Account{{"blue", "Blue Wallet", "#1d4ed8"}, {"green", "Green Pay", "#15803d"}, {"amber", "Amber Bank", "#b45309"}}
}

// Components are the names of the payment components that the gateway usually
// offers: three sandbox wallets.
func Components() []string { return (&System{}).components() }

func (s *System) components() (names []string) {
	for _, a := range s.accounts() {
		names = append(names, a.Name)
	}
	return names
}

func (s *System) accounts() []Account {
	if s.Accounts == nil {
		return Accounts()
	}
	return s.Accounts
}

// CodePolicy accepts the codes that the clearing institution signed.
func (s *System) CodePolicy() (*verify.Policy, error) {
	return program.CodePolicy([]wire.Key{{Public: s.Keys.Codes.Public()}}, true)
}

// GatewayPolicy accepts the gateway's own host.
func (s *System) GatewayPolicy() (*verify.Policy, error) {
	return verify.Hosts([]string{"gateway.localhost"}, &verify.Options{Development: true})
}

// Client reaches the system's servers and nothing else. It follows no redirect.
// All clients of a System share their connections.
func (s *System) Client() *http.Client {
	return &http.Client{Transport: s.base(), Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// base is the one way to all servers.
func (s *System) base() http.RoundTripper {
	if s.Base != nil {
		return s.Base
	}
	s.once.Do(func() {
		s.sockets = roles.Localhost()
	})
	return s.sockets
}

func (s *System) log(node string) *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log.With("node", node)
}

func (s *System) file(name string) string { return filepath.Join(s.Dir, name) }

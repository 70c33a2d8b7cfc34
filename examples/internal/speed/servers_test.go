package speed

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

const (
	acquirerBase = "https://acquirer.example"
	gatewayBase  = "https://pay.example"
)

// open opens a file with the usual settings.
func open(b *testing.B, file string) *store.Store {
	b.Helper()
	s, err := sqlite.Open(b.Context(), file, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

func tempFile(b *testing.B) string { return filepath.Join(b.TempDir(), "speed.db") }

// A till is the first server, with the page that its clients confirm.
type till struct {
	*acquirer.Server
	page order.Confirmation // without a key
}

func newTill(b *testing.B, s *store.Store, c order.Clearing) *till {
	b.Helper()
	price := order.Money{Amount: 2500, Currency: "CNY"}
	server, err := acquirer.New(b.Context(), s, c, acquirer.Merchants{{ID: "cafe", Name: "Corner Café", Currency: "CNY",
		Direct: &acquirer.Direct{Amount: price}}}, acquirerBase, nil)
	if err != nil {
		b.Fatal(err)
	}
	p, err := server.Page(b.Context(), server.CodeAddress("cafe"))
	if err != nil {
		b.Fatal(err)
	}
	return &till{server, order.Confirmation{Merchant: "cafe", Revision: p.Revision, Total: price}}
}

// confirm confirms the page under a key.
func (t *till) confirm(key string) (order.PageJump, error) {
	c := t.page
	c.Key = key
	return t.Confirm(context.Background(), t.CodeAddress("cafe"), c)
}

// silent is a gateway that does not answer: an order is kept and not placed.
type silent struct{ order.Clearing }

func (silent) Place(context.Context, order.Order) (order.Placement, error) {
	return order.Placement{}, errors.New("nobody answers")
}

// instant is a gateway that answers at once and keeps nothing.
type instant struct{ order.Clearing }

func (instant) Place(_ context.Context, o order.Order) (order.Placement, error) {
	return order.Placement{Address: gatewayBase + "/pay/" + string(o.ID), Expires: o.Expires}, nil
}

// A cashier is the second server, with a wallet, seen by its acquirer.
type cashier struct {
	*clearing.Server
	order.Desk
	wallet *gatewaytest.Wallet
}

func newCashier(b *testing.B, s *store.Store, n order.Notifier) *cashier {
	b.Helper()
	wallet := gatewaytest.NewWallet("blue")
	registry, err := component.NewRegistry(wallet)
	if err != nil {
		b.Fatal(err)
	}
	d, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north", Keys: []clearing.Key{{Public: ed25519.PublicKey("the key of the acquirer is this.")}},
		ReturnOrigins: []string{acquirerBase}, Merchants: []clearing.Merchant{{ID: "cafe", Name: "Corner Café"}}}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	server, err := clearing.New(b.Context(), s, d, registry, clearing.Keys{Tokens: map[int]clearing.Secret{1: {1}}},
		func(clearing.Acquirer) order.Notifier { return n }, gatewayBase, nil)
	if err != nil {
		b.Fatal(err)
	}
	desk, err := server.For("north")
	if err != nil {
		b.Fatal(err)
	}
	return &cashier{server, desk, wallet}
}

// pay begins an attempt at a gateway address, and lets the wallet's provider
// tell that the payer paid.
func (c *cashier) pay(address, key string) error {
	ctx := context.Background()
	a, err := c.Begin(ctx, address, gateway.Beginning{Component: "blue", Key: key,
		Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}, Actions: []component.ActionKind{component.ActionRedirect}})
	if err != nil {
		return err
	}
	c.wallet.Decide(a.ID, component.OutcomeSucceeded)
	_, err = c.Receive(ctx, "blue", c.wallet.Notice(c.wallet.Evidence(a.ID)))
	return err
}

// keys make idempotency keys, at their time.
type keys func(time.Time) string

// timedKey is one as our terminals and forms make it.
func timedKey(at time.Time) string { return string(order.NewID(at)) }

// randomKey is one as a stranger may make it.
func randomKey(time.Time) string { return rand.Text() }

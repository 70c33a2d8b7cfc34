package clearing_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"path/filepath"
	"testing"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

const base = "https://pay.example"

// openStore opens the SQLite file, which outlives the stores on it.
func openStore(t testing.TB, file string) *store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), file, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func tempFile(t testing.TB) string { return filepath.Join(t.TempDir(), "clearing.db") }

// publicKey is a key that nobody has the other half of.
func publicKey(name string) ed25519.PublicKey {
	key := make(ed25519.PublicKey, ed25519.PublicKeySize)
	copy(key, name)
	return key
}

func keys(versions ...int) clearing.Keys {
	k := clearing.Keys{Tokens: map[int]clearing.Secret{}}
	for _, v := range versions {
		k.Tokens[v] = clearing.Secret{byte(v), 7}
	}
	return k
}

// newServer makes a clearing server as the kit wants it.
func newServer(t testing.TB, s *store.Store, k clearing.Keys, setup gatewaytest.Setup, o clearing.Options) *clearing.Server {
	t.Helper()
	var acquirers []clearing.Acquirer
	notifiers := map[string]order.Notifier{}
	for _, a := range setup.Acquirers {
		notifiers[a.Name] = a.Notifier
		var merchants []clearing.Merchant
		for _, m := range a.Merchants {
			merchants = append(merchants, clearing.Merchant{ID: m.ID, Name: m.Name, Domains: m.Domains})
		}
		acquirers = append(acquirers, clearing.Acquirer{Name: a.Name, Keys: []crypto.PublicKey{publicKey(a.Name)},
			Merchants: merchants, ReturnOrigins: a.ReturnOrigins, Components: a.Components})
	}
	d, err := clearing.NewDirectory(acquirers...)
	if err != nil {
		t.Fatal(err)
	}
	o.Policy, o.Now, k.Codes = setup.Policy, setup.Now, setup.Codes
	server, err := clearing.New(context.Background(), s, d, setup.Components, k,
		func(a clearing.Acquirer) order.Notifier { return notifiers[a.Name] }, base, &o)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func TestSecondServer(t *testing.T) {
	gatewaytest.Run(t, func(t *testing.T, setup gatewaytest.Setup) gatewaytest.Subject {
		s := openStore(t, tempFile(t))
		start := func() *clearing.Server { return newServer(t, s, keys(1), setup, clearing.Options{}) }
		work := func(ctx context.Context) error { return start().Run(ctx) }
		return gatewaytest.Subject{Server: start(), Work: gatewaytest.Drain(s, setup.Now, work)}
	})
}

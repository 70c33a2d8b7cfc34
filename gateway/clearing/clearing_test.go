package clearing_test

import (
	"context"
	"crypto/ed25519"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/internal/pgtest"
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
	k := clearing.Keys{Tokens: map[int]clearing.Secret{}, Webhooks: map[int]clearing.Secret{1: {7, 8, 9}}}
	for _, v := range versions {
		k.Tokens[v] = clearing.Secret{byte(v), 7}
	}
	return k
}

// acquirersOf are the kit's acquirers as the directory takes them.
func acquirersOf(all []gatewaytest.Acquirer) (acquirers []clearing.Acquirer) {
	for _, a := range all {
		entry := clearing.Acquirer{Name: a.Name, Keys: []clearing.Key{{Public: publicKey(a.Name)}}, ReturnOrigins: a.ReturnOrigins,
			Components: a.Components, Limits: clearing.Limits{Amounts: a.Amounts}, Disabled: a.Disabled}
		for _, m := range a.Merchants {
			entry.Merchants = append(entry.Merchants, clearing.Merchant{ID: m.ID, Name: m.Name, Domains: m.Domains})
		}
		acquirers = append(acquirers, entry)
	}
	return acquirers
}

func newDirectory(t testing.TB, acquirers ...clearing.Acquirer) *clearing.Directory {
	t.Helper()
	d, err := clearing.NewDirectory(acquirers, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newServer makes a clearing server as the kit wants it.
func newServer(t testing.TB, s *store.Store, k clearing.Keys, setup gatewaytest.Setup, o clearing.Options) *clearing.Server {
	t.Helper()
	return newServerOn(t, s, newDirectory(t, acquirersOf(setup.Acquirers)...), k, setup, o)
}

// newServerOn makes one of several servers that share a directory.
func newServerOn(t testing.TB, s *store.Store, d *clearing.Directory, k clearing.Keys, setup gatewaytest.Setup, o clearing.Options) *clearing.Server {
	t.Helper()
	notifiers := map[string]order.Notifier{}
	for _, a := range setup.Acquirers {
		notifiers[a.Name] = a.Notifier
	}
	o.Policy, o.Now, k.Codes = setup.Policy, setup.Now, setup.Codes
	o.Webhooks.Transport = apitest.Webhooks(t, "orderEvent", setup.Webhooks)
	server, err := clearing.New(context.Background(), s, d, setup.Components, k,
		func(a clearing.Acquirer) order.Notifier { return notifiers[a.Name] }, base, &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { wholeAudit(t, s) })
	return server
}

// A logbook is a log that is read while it is written.
type logbook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logbook) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// take is what was written since the last time.
func (l *logbook) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

func TestSecondServer(t *testing.T) {
	keepsTheContract(t, func(t *testing.T) *store.Store { return openStore(t, tempFile(t)) })
}

func TestSecondServerOnPostgres(t *testing.T) {
	c := pgtest.Start(t)
	keepsTheContract(t, func(t *testing.T) *store.Store { return c.Store(t) })
}

func keepsTheContract(t *testing.T, open func(*testing.T) *store.Store) {
	gatewaytest.Run(t, func(t *testing.T, setup gatewaytest.Setup) gatewaytest.Subject {
		s, d := open(t), newDirectory(t, acquirersOf(setup.Acquirers)...)
		start := func() *clearing.Server { return newServerOn(t, s, d, keys(1), setup, clearing.Options{}) }
		work := func(ctx context.Context) error { return start().Run(ctx) }
		return gatewaytest.Subject{Server: start(), Work: gatewaytest.Drain(s, setup.Now, work),
			Replace: func(all []gatewaytest.Acquirer) error { return d.Replace(acquirersOf(all)) }}
	})
}

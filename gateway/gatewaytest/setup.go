package gatewaytest

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// Setup is what the server of one check is made of.
type Setup struct {
	Acquirers  []Acquirer
	Components *component.Registry
	Policy     gateway.Policy
	// Codes is the key that the server signs codes with.
	Codes crypto.Signer
	// Webhooks carries webhooks in place of the internet: the hosts below
	// merchant.example are at its other end.
	Webhooks http.RoundTripper
	// Now is the server's clock. It stands still until the check moves it.
	Now func() time.Time
}

// Acquirer is one that the server knows.
type Acquirer struct {
	Name          string
	Merchants     []Merchant
	ReturnOrigins []string
	Components    []string         // that its payers may pay with; nil means all
	Amounts       map[string]int64 // highest total of one order by currency, in minor units; nil means no limit
	Disabled      string           // why it may begin nothing new; "" where it may
	Notifier      order.Notifier   // how it is told of its orders
}

// Merchant is registered for its acquirer.
type Merchant struct {
	ID, Name string
	Domains  []string // that its codes may lead to, as rules of verify.NewDomains
}

// Subject is what is under test.
type Subject struct {
	Server gateway.SecondServer
	// Work does the background work that is due by Setup.Now and returns when
	// none is left.
	Work func(ctx context.Context) error
	// Replace makes the server work with these acquirers from now on. They are
	// some of Setup's, in their order, with other settings.
	Replace func(acquirers []Acquirer) error
}

// Run holds the server to the contract. newServer is called once for each
// check and cleans up after itself with t.Cleanup.
func Run(t *testing.T, newServer func(t *testing.T, s Setup) Subject) {
	for _, group := range [][]check{placing(), issuing(), opening(), beginningChecks(), proving(), settling(), working(), endpoints(), deliveries(), delivering(), changing(), refunding()} {
		for _, c := range group {
			t.Run(c.rule, func(t *testing.T) {
				t.Parallel()
				c.run(newBench(t, c.policy, newServer))
			})
		}
	}
}

// A check is one sentence of the contract.
type check struct {
	rule   string
	run    func(*bench)
	policy gateway.Policy
}

// A bench is the server of one check with everything around it.
type bench struct {
	*testing.T
	server       gateway.SecondServer
	work         func(ctx context.Context) error
	replace      func([]Acquirer) error
	acquirers    []Acquirer
	clock        *clock
	blue, red    *Wallet // take any currency
	euro         *Wallet // takes EUR alone
	codes        ed25519.PrivateKey
	north, south *inbox // of the two acquirers; south's payers may pay with red alone
	hooks        *hooks // the merchants' ends of webhooks
}

func newBench(t *testing.T, policy gateway.Policy, newServer func(*testing.T, Setup) Subject) *bench {
	b := &bench{T: t, clock: &clock{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)},
		blue: NewWallet("blue"), red: NewWallet("red"), euro: NewWallet("euro", "EUR"), north: &inbox{}, south: &inbox{}, hooks: &hooks{}}
	registry, err := component.NewRegistry(b.blue, b.euro, b.red)
	if err != nil {
		t.Fatal(err)
	}
	b.codes = ed25519.NewKeyFromSeed([]byte("a constant: this is a test's key"))
	b.acquirers = []Acquirer{{
		Name:          "north",
		Merchants:     []Merchant{{"tea", "Tea House", []string{"tea.example"}}, {"books", "Book Cellar", []string{"=books.example"}}},
		ReturnOrigins: []string{"https://shop.example"},
		Notifier:      b.north,
	}, {
		Name:       "south",
		Merchants:  []Merchant{{"noodles", "Noodle Bar", []string{"noodles.example"}}},
		Components: []string{"red"},
		Amounts:    map[string]int64{"CNY": 2000, "EUR": 5000},
		Notifier:   b.south,
	}}
	subject := newServer(t, Setup{Acquirers: b.acquirers, Components: registry, Policy: policy, Codes: b.codes, Webhooks: b.hooks, Now: b.clock.Now})
	b.server, b.work, b.replace = subject.Server, subject.Work, subject.Replace
	return b
}

// A clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// An inbox is an acquirer's end of the notifications: it records each, and
// acknowledges it unless it was told to refuse.
type inbox struct {
	mu     sync.Mutex
	told   []order.Status
	refuse int // how many more to leave unacknowledged
}

// Notify implements order.Notifier.
func (i *inbox) Notify(_ context.Context, s order.Status) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.told = append(i.told, s)
	if i.refuse > 0 {
		i.refuse--
		return order.Errorf(order.CodeUnavailable, "gatewaytest", "told to refuse")
	}
	return nil
}

func (i *inbox) all() []order.Status {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]order.Status(nil), i.told...)
}

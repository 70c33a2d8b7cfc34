//go:build unix

package examples_test

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// newTerminal is that of a payer of the crowd at an address. As a rule one of
// three is fickle.
func (b *besieged) newTerminal(address string, random *rand.Rand) (*scan.Payer, error) {
	from := &local.System{Acquirer: b.Acquirer, Gateway: b.Gateway, Wallet: b.Wallet, Keys: b.Keys, Base: forwarded{b.Base, address}}
	who := faithful{system: b, component: components()[random.IntN(2)]}
	servers := scanhttp.New(from.Client(), nil)
	if b.loyal || random.IntN(3) > 0 {
		return cameraAt(from, servers, servers, &who, nil, nil)
	}
	once := scanhttp.New(from.Client(), &scanhttp.Options{Retries: -1})
	presses := []wallet.Decision{wallet.Approve, wallet.Slow, wallet.Lost}[random.IntN(3)]
	return cameraAt(from, servers, goingBack{once, servers}, &fickle{who, random},
		map[string]wallet.Decision{"blue": presses}, func(o *scan.Options) { o.Patience = time.Second })
}

// components are those that the crowd pays with.
func components() []string { return []string{"blue", onFileName} }

// faithful is a payer who says nothing and pays with one component, however often
// the payment stops.
type faithful struct {
	silent
	system    *besieged
	component string
}

func (f *faithful) Choose(_ context.Context, session gateway.Session) (string, error) {
	f.system.mu.Lock()
	defer f.system.mu.Unlock()
	f.system.shown[session.Order.ID] = true
	return f.component, nil
}

// fickle is a payer who goes back when the payment stops or is not decided soon, and
// takes the other component, whatever may have become of the first.
type fickle struct {
	faithful
	random *rand.Rand
}

func (f *fickle) Choose(ctx context.Context, session gateway.Session) (string, error) {
	name, err := f.faithful.Choose(ctx, session)
	for _, other := range components() { // next time
		if other != name {
			f.component = other
		}
	}
	select { // it takes a moment
	case <-time.After(time.Duration(f.random.Int64N(int64(200 * time.Millisecond)))):
	case <-ctx.Done():
	}
	return name, err
}

// goingBack is the gateway to somebody who does not wait for it: what is not answered
// is not repeated, and what was begun is not gone on with.
type goingBack struct {
	gateway.Cashier
	patient gateway.Cashier
}

// Open shows the list of components as long as the order is open.
func (g goingBack) Open(ctx context.Context, address string, o gateway.Opening) (gateway.Session, error) {
	s, err := g.patient.Open(ctx, address, o)
	if s.State == order.StateOpen {
		s.Attempt = nil
	}
	return s, err
}

//go:build unix

package examples_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// A besieged system has servers that are processes and get killed while a crowd of
// payers pays. The wallet company is in this process: what it charged is known
// whatever crashes.
type besieged struct {
	*local.System
	t       *testing.T
	wallet  *sandbox.Provider
	code    string
	victims []*victim
	loyal   bool // nobody is fickle

	mu    sync.Mutex
	paid  map[order.ID]string // attempts that payers were told paid, by order
	shown map[order.ID]bool   // orders that the gateway showed to a payer
	stuck []string            // payments that did not come to their end
	again int                 // times that a payer had to continue
}

// live lets payers pay and servers be killed, until over is closed. All payers come
// to the end of their payment.
func (b *besieged) live(payers int, random *rand.Rand, over <-chan struct{}) {
	for _, v := range b.victims {
		v.expose()
	}
	ended := make(chan struct{})
	go func() { b.pay(payers, random, over); close(ended) }()
	select {
	case <-over:
	case <-ended: // one is stuck
	}
	for _, v := range b.victims {
		v.spare()
	}
	<-ended
}

// pay lets payers pay until over is closed, or one is stuck.
func (b *besieged) pay(payers int, random *rand.Rand, over <-chan struct{}) {
	var crowd sync.WaitGroup
	for i := range payers {
		mine := rand.New(rand.NewPCG(random.Uint64(), random.Uint64()))
		crowd.Go(func() {
			for !closed(over) && !b.t.Failed() && !b.anyStuck() {
				b.payOnce(fmt.Sprintf("198.51.100.%d", 1+i), mine)
			}
		})
	}
	crowd.Wait()
}

// underLoad waits until as many payments more are paid and messages are under way,
// and returns how many; it does not wait for payers who have ended.
func (b *besieged) underLoad(more int, ended <-chan struct{}) int {
	b.mu.Lock()
	want := len(b.paid) + more
	b.mu.Unlock()
	for tick := time.NewTicker(time.Millisecond); ; {
		select {
		case <-tick.C:
		case <-ended:
			return 0
		}
		b.mu.Lock()
		paid := len(b.paid)
		b.mu.Unlock()
		working := 0
		for _, v := range b.victims {
			working += v.load()
		}
		if paid >= want && working > 0 {
			return working
		}
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (b *besieged) anyStuck() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.stuck) > 0
}

// patience is how long a payer goes on with one payment.
const patience = 2 * time.Minute

// payOnce takes one payment, from its code to its end.
func (b *besieged) payOnce(address string, random *rand.Rand) {
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	terminal, err := b.newTerminal(address, random)
	if err != nil {
		b.t.Error(err)
		return
	}
	result, again, err := b.persist(ctx, terminal)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.again += again
	if err != nil || result.State != order.StatePaid || result.Payment == nil {
		b.stuck = append(b.stuck, fmt.Sprintf("order %s is %q after %d tries: %v", result.Order.ID, result.State, again, err))
		return
	}
	b.paid[result.Order.ID] = result.Payment.Attempt
}

// persist continues a payment as often as it stops.
func (b *besieged) persist(ctx context.Context, terminal *scan.Payer) (result scan.Result, again int, err error) {
	code, err := terminal.Read(ctx, b.code)
	if err != nil {
		return result, 0, err
	}
	result, err = terminal.Pay(ctx, code)
	for ctx.Err() == nil && (err != nil && typed(err) || err == nil && !result.State.Final()) {
		again++
		if result.GatewayAddress == "" { // before there is an order: from the start
			result, err = terminal.Pay(ctx, code)
		} else {
			result, err = terminal.Continue(ctx, result.GatewayAddress)
		}
	}
	return result, again, errors.Join(err, ctx.Err())
}

package clearing_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// payer is one order with everything that may happen to it, in any order.
type payer struct {
	*world
	order    order.Order
	address  string
	attempts []gateway.Attempt
	told     int           // notifications before this order
	paid     *order.Status // as soon as it is
	money    map[string]bool
}

// Whatever happens in whatever order: an order is paid once, by an attempt
// whose provider has the money; what it was paid by never changes; the acquirer
// is told once; and once all is known, money without an order is in excess and
// was given back.
func TestPaidExactlyOnce(t *testing.T) {
	fewerChecks(t, 25)
	paidExactlyOnce(t, newWorld(t, nil))
}

// The same holds where the gateway closes at the provider what may still be
// paid when the order's time is over.
func TestPaidExactlyOnceWhenClosed(t *testing.T) {
	fewerChecks(t, 25)
	w, _ := newClosingWorld(t)
	paidExactlyOnce(t, w)
}

func paidExactlyOnce(t *testing.T, w *world) {
	rapid.Check(t, func(t *rapid.T) {
		defer w.forget()
		o := w.newOrder()
		p := &payer{world: w, order: o, address: w.place(o), told: len(w.told), money: map[string]bool{}}
		t.Repeat(map[string]func(*rapid.T){
			"begin":   p.begins,
			"decide":  p.decides,
			"return":  p.returns,
			"notify":  p.notified,
			"forge":   p.forges,
			"deafen":  func(t *rapid.T) { w.blue.Deafen(rapid.Bool().Draw(t, "deaf")) },
			"advance": func(t *rapid.T) { w.later(time.Duration(rapid.IntRange(1, 40).Draw(t, "minutes")) * time.Minute) },
			"":        p.check,
		})
		w.blue.Deafen(false)
		for _, a := range p.attempts {
			w.blue.Decide(a.ID, component.OutcomeFailed) // who has not paid never will
		}
		for range 4 {
			w.later(2 * time.Hour)
		}
		p.check(t)
		p.checkEnd(t)
	})
}

// forget drops what a check that failed has left to do.
func (w *world) forget() {
	w.blue.Deafen(false)
	err := w.store.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM outbox_jobs`)
		return err
	})
	if err != nil {
		w.Error(err)
	}
}

func (p *payer) begins(t *rapid.T) {
	n := rapid.IntRange(0, 3).Draw(t, "key")
	can := []component.ActionKind{component.ActionRedirect, component.ActionForm}[n%2]
	a, err := p.server.Begin(t.Context(), p.address, beginning(fmt.Sprint("k", n), can))
	switch code := order.CodeOf(err); {
	case code == order.CodeConflict || code == order.CodeExpired:
	case err != nil:
		t.Fatalf("Begin: %v", err)
	default:
		p.attempts = append(p.attempts, a)
	}
}

func (p *payer) attempt(t *rapid.T) gateway.Attempt {
	if len(p.attempts) == 0 {
		t.Skip("no attempt")
	}
	return rapid.SampledFrom(p.attempts).Draw(t, "attempt")
}

func (p *payer) decides(t *rapid.T) {
	a := p.attempt(t)
	p.blue.Decide(a.ID, rapid.SampledFrom([]component.Outcome{component.OutcomeSucceeded, component.OutcomeFailed}).Draw(t, "outcome"))
	p.money[a.ID] = p.blue.Evidence(a.ID).Outcome == component.OutcomeSucceeded
}

func (p *payer) returns(t *rapid.T) {
	_, err := p.server.Resume(t.Context(), p.attempt(t).ReturnAddress, component.Return{Query: "status=paid"})
	if code := order.CodeOf(err); err != nil && code != order.CodeExpired {
		t.Fatalf("Resume: %v", err)
	}
}

func (p *payer) notified(t *rapid.T) {
	e := p.blue.Evidence(p.attempt(t).ID)
	if _, err := p.server.Receive(t.Context(), "blue", p.blue.Notice(e)); err != nil {
		t.Fatalf("Receive: %v", err)
	}
}

func (p *payer) forges(t *rapid.T) {
	e := p.blue.Evidence(p.attempt(t).ID)
	e.Outcome, e.Amount = component.OutcomeSucceeded, order.Money{Amount: 499, Currency: "CNY"}
	if _, err := p.server.Receive(t.Context(), "blue", p.blue.Notice(e)); order.CodeOf(err) != order.CodeRefused {
		t.Fatalf("forged evidence: %v", err)
	}
}

// check holds at every moment.
func (p *payer) check(t *rapid.T) {
	s := p.status(p.order)
	switch {
	case p.paid != nil:
		if diff := cmp.Diff(*p.paid, s); diff != "" {
			t.Fatalf("a paid order changed (-was +is):\n%s", diff)
		}
	case s.State == order.StatePaid:
		if !p.money[s.Payment.Attempt] || s.Version != 2 {
			t.Fatalf("the order is paid by %v, whose provider has no money, in version %d", s.Payment, s.Version)
		}
		p.paid = &s
	}
}

// checkEnd holds once everything is known.
func (p *payer) checkEnd(t *rapid.T) {
	s, money := p.status(p.order), 0
	for _, has := range p.money {
		if has {
			money++
		}
	}
	if !s.State.Final() || (s.State == order.StatePaid) != (money > 0) {
		t.Fatalf("the order is %s with %d payments at the provider", s.State, money)
	}
	if diff := cmp.Diff([]order.Status{s}, p.world.told[p.told:]); diff != "" {
		t.Fatalf("what the acquirer was told differs (-want +got):\n%s", diff)
	}
	if got, want := p.excess(t), max(money-1, 0); got != want {
		t.Fatalf("%d payments are in excess, want %d", got, want)
	}
	held := int64(0)
	for id := range p.money {
		held += p.blue.Held(id)
	}
	if want := min(int64(money), 1) * p.order.Total.Amount; held != want {
		t.Fatalf("the provider holds %d, want %d", held, want)
	}
}

// excess is how many of the order's attempts are marked so.
func (p *payer) excess(t *rapid.T) (n int) {
	key := p.address[len(base+"/pay/"):][:26]
	err := p.store.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM clearing_attempts WHERE order_key = $1 AND excess`, key).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// fewerChecks keeps the usual run short; -rapid.checks asks for more.
func fewerChecks(t *testing.T, n int) {
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if asked {
		return
	}
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}

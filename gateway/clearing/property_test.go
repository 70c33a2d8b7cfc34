package clearing_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
	version  int64         // the latest of a paid one
	ids      [8]order.ID   // of refunds
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
		for i := range p.ids {
			p.ids[i] = order.NewID(w.clock())
		}
		t.Repeat(map[string]func(*rapid.T){
			"begin":   p.begins,
			"decide":  p.decides,
			"return":  p.returns,
			"notify":  p.notified,
			"forge":   p.forges,
			"refund":  p.refunds,
			"rule":    func(t *rapid.T) { w.blue.Rule(rapid.SampledFrom([]string{"", "", "closed"}).Draw(t, "rule")) },
			"deafen":  func(t *rapid.T) { w.blue.Deafen(rapid.Bool().Draw(t, "deaf")) },
			"advance": func(t *rapid.T) { w.later(time.Duration(rapid.IntRange(1, 40).Draw(t, "minutes")) * time.Minute) },
			"":        p.check,
		})
		w.blue.Deafen(false)
		w.blue.Rule("")
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
	w.blue.Rule("")
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

// refunds asks for a part, under an ID that may have been asked for before.
func (p *payer) refunds(t *rapid.T) {
	n := rapid.IntRange(0, 7).Draw(t, "refund")
	r := order.RefundRequest{ID: p.ids[n], Order: p.order.ID, Amount: order.Money{Amount: int64(60 * (n + 1)), Currency: "CNY"}}
	_, err := p.desk("north").Refund(t.Context(), r)
	if code := order.CodeOf(err); err != nil && code != order.CodeConflict && code != order.CodeRefused {
		t.Fatalf("Refund: %v", err)
	}
}

// check holds at every moment.
func (p *payer) check(t *rapid.T) {
	s := p.status(p.order)
	if err := s.Validate(); err != nil { // such as refunds above what was paid
		t.Fatal(err)
	}
	switch {
	case p.paid != nil:
		diff := cmp.Diff(*p.paid, s, cmpopts.IgnoreFields(order.Status{}, "Version", "Changed", "Refunds"))
		changed := len(s.Refunds) > 0
		if diff != "" || s.Version < p.version || changed != (s.Version > 2) {
			t.Fatalf("a paid order changed, from version %d to %d (-was +is):\n%s", p.version, s.Version, diff)
		}
		p.version = s.Version
	case s.State == order.StatePaid:
		if !p.money[s.Payment.Attempt] || s.Version != 2 {
			t.Fatalf("the order is paid by %v, whose provider has no money, in version %d", s.Payment, s.Version)
		}
		p.paid, p.version = &s, s.Version
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
	told := p.world.told[p.told:]
	if len(told) == 0 || !cmp.Equal(s, told[len(told)-1]) || !slices.IsSortedFunc(told, func(a, b order.Status) int { return int(a.Version - b.Version) }) {
		t.Fatalf("the acquirer was told %+v, want %+v in the end", told, s)
	}
	got := p.count(t, `SELECT COUNT(*) FROM clearing_attempts WHERE order_key = $1 AND excess`)
	if want := max(money-1, 0); got != want {
		t.Fatalf("%d payments are in excess, want %d", got, want)
	}
	held := int64(0)
	for id := range p.money {
		held += p.blue.Held(id)
	}
	want := min(int64(money), 1) * p.order.Total.Amount
	for _, r := range s.Refunds {
		if !r.State.Final() {
			t.Fatalf("the refund %s is %s in the end", r.Number, r.State)
		}
	}
	want = min(want, order.Left(p.order.Total, s.Refunds))
	want += p.order.Total.Amount * int64(p.count(t, `SELECT COUNT(*) FROM clearing_reviews WHERE order_key = $1 AND kind = 'refund'`))
	if held != want { // but for excess that the provider does not give back, which a person sees to
		t.Fatalf("the provider holds %d, want %d", held, want)
	}
}

// count counts rows of the order.
func (p *payer) count(t *rapid.T, query string) (n int) {
	key := p.address[len(base+"/pay/"):][:26]
	err := p.store.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, query, key).Scan(&n)
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

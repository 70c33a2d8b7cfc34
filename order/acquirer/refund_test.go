package acquirer_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
)

// refundHistory is what is noted about an order's refunds, oldest first.
func refundHistory(t testing.TB, st *store.Store, q order.RefundRequest) []string {
	t.Helper()
	return list(t, st, `SELECT from_state || '>' || to_state || ' v' || version || ' ' || actor || ': ' || why
		FROM acquirer_audit WHERE order_id = $1 AND what = $2 ORDER BY seq`, string(q.Order), string(q.ID))
}

func refundJobs(t testing.TB, st *store.Store) []string {
	t.Helper()
	return list(t, st, `SELECT key FROM outbox_jobs WHERE queue = 'acquirer.refunds'`)
}

// wantAsTold compares an order with what the gateway has, but for when refunds were
// asked for, which each side knows for itself.
func wantAsTold(t testing.TB, s *acquirer.Server, want order.Status) {
	t.Helper()
	if diff := cmp.Diff(want, status(t, s, want.Order.ID), cmpopts.IgnoreFields(order.Refund{}, "Created")); diff != "" {
		t.Errorf("the order differs from the gateway's (-want +got):\n%s", diff)
	}
}

// What holds of refunds on each database.
func TestRefunds(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(testing.TB) *store.Store) {
		for name, rule := range map[string]func(*testing.T, func(testing.TB) *store.Store){
			"are asked for and end":     refundIsAskedForAndEnds,
			"are checked first":         refundIsCheckedBeforeTheGatewayIsAsked,
			"are refused":               refundThatTheGatewayDoesNotTake,
			"go on":                     refundWhoseAnswerIsLostGoesOnUnderItsID,
			"stand in the books":        booksFollowEveryRefund,
			"stand in the records":      keepsRefundRecords,
			"never exceed the payments": refundsHoldWhateverHappens,
		} {
			t.Run(name, func(t *testing.T) { rule(t, open) })
		}
	})
}

func refundIsAskedForAndEnds(t *testing.T, open func(testing.TB) *store.Store) {
	d, st := newDesk(), open(t)
	s := newServerOn(t, st, d, d.options())
	o := paid(t, s, d, "k")
	first, second := request(o, 1000), request(o, 1500)
	for _, q := range []order.RefundRequest{first, second, first} {
		got, err := s.Refund(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, "the answer", got, status(t, s, o.ID))
		wantAsTold(t, s, d.must(t, o.ID, nil))
	}
	wantSame(t, "who was asked for", d.calls(), []order.ID{first.ID, second.ID})
	wantSame(t, "the jobs", len(refundJobs(t, st)), 2)
	notify(t, s, d.settle(t, o.ID, 1, order.RefundFailed))
	notify(t, s, d.settle(t, o.ID, 0, order.RefundSucceeded))
	wantAsTold(t, s, d.must(t, o.ID, nil))
	wantSame(t, "the jobs of what has ended", refundJobs(t, st), []string(nil))
	wantSame(t, "the first's history", refundHistory(t, st, first), []string{">placing v2 acquirer: asked for 10.00 CNY",
		"placing>pending v3 gateway: answered", "pending>succeeded v6 gateway: notified"})
	wantSame(t, "the second's history", refundHistory(t, st, second), []string{">placing v3 acquirer: asked for 15.00 CNY",
		"placing>pending v4 gateway: answered", "pending>failed v5 gateway: notified"})
	if _, err := s.Refund(t.Context(), request(o, 1500)); err != nil {
		t.Errorf("what a failed refund leaves: %v", err)
	}
	result, err := s.Result(t.Context(), o.ReturnAddress)
	wantSame(t, "the result", result, status(t, s, o.ID))
	if err != nil {
		t.Error(err)
	}
}

func refundIsCheckedBeforeTheGatewayIsAsked(t *testing.T, open func(testing.TB) *store.Store) {
	d, st := newDesk(), open(t)
	s := newServerOn(t, st, d, d.options())
	o := paid(t, s, d, "k")
	known := request(o, 1200)
	if _, err := s.Refund(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	unpaid := status(t, s, confirm(t, s, coffee(t, s, "unpaid")).Order).Order
	before, entries := status(t, s, o.ID), list(t, st, `SELECT hash FROM acquirer_audit`)
	for what, c := range map[string]struct {
		change func(*order.RefundRequest)
		code   order.Code
		says   string
	}{
		"no ID":            {func(q *order.RefundRequest) { q.ID = "" }, order.CodeInvalid, "/id"},
		"no amount":        {func(q *order.RefundRequest) { q.Amount.Amount = 0 }, order.CodeInvalid, "/amount"},
		"two lines":        {func(q *order.RefundRequest) { q.Reason = "a\nb" }, order.CodeInvalid, "/reason"},
		"no order":         {func(q *order.RefundRequest) { q.Order = order.NewID(time.Now()) }, order.CodeNotFound, "no such order"},
		"not paid":         {func(q *order.RefundRequest) { q.Order = unpaid.ID }, order.CodeConflict, "open"},
		"another currency": {func(q *order.RefundRequest) { q.Amount.Currency = "EUR" }, order.CodeInvalid, "/amount is in EUR: the order was paid in CNY"},
		"too much":         {func(q *order.RefundRequest) { q.Amount.Amount = 1301 }, order.CodeRefused, "13.00 CNY of 25.00 CNY"},
		"another amount":   {func(q *order.RefundRequest) { q.ID = known.ID }, order.CodeIdempotencyKeyReused, "12.00 CNY"},
		"another reason": {func(q *order.RefundRequest) { *q = known; q.Reason = "It was cold" }, order.CodeIdempotencyKeyReused,
			"another refund"},
	} {
		q := request(o, 1)
		c.change(&q)
		_, err := s.Refund(t.Context(), q)
		wantCode(t, what, err, c.code)
		if err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", what, err, c.says)
		}
	}
	wantSame(t, "the order", status(t, s, o.ID), before)
	wantSame(t, "the histories", list(t, st, `SELECT hash FROM acquirer_audit`), entries)
	wantSame(t, "who was asked for", d.calls(), []order.ID{known.ID})
}

func TestOrderHasSoManyRefunds(t *testing.T) {
	d := newDesk()
	s := newServer(t, d, d.options())
	o := paid(t, s, d, "k")
	d.scripts(refusing(order.CodeRefused, "the wallet cannot refund"), nil)
	for range order.MaxRefunds {
		_, err := s.Refund(t.Context(), request(o, 1))
		wantCode(t, "a refund that is not taken", err, order.CodeRefused)
	}
	d.scripts(nil, nil)
	_, err := s.Refund(t.Context(), request(o, 1))
	wantCode(t, "one more", err, order.CodeRefused)
	wantSame(t, "who was asked for", len(d.calls()), order.MaxRefunds)
	wantSame(t, "the refunds", len(status(t, s, o.ID).Refunds), order.MaxRefunds)
}

func TestServerWithoutGatewayForThem(t *testing.T) {
	d := newDesk()
	s := newServer(t, d, nil)
	o := paid(t, s, d, "k")
	_, err := s.Refund(t.Context(), request(o, 1))
	wantCode(t, "Refund", err, order.CodeRefused)
	if !strings.Contains(fmt.Sprint(err), "Options.Refunder") {
		t.Errorf("%v does not say what is missing", err)
	}
	open := confirm(t, s, coffee(t, s, "open")).Order
	_, err = s.Cancel(t.Context(), open)
	wantCode(t, "Cancel", err, order.CodeRefused)
	if !strings.Contains(fmt.Sprint(err), "Options.Canceler") {
		t.Errorf("%v does not say what is missing", err)
	}
	q := request(o, 1000) // the acquirer asked another way
	if _, err := d.Refund(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	notify(t, s, d.settle(t, o.ID, 0, order.RefundSucceeded))
	wantSame(t, "what is told nevertheless", status(t, s, o.ID), d.must(t, o.ID, nil))
}

func refundThatTheGatewayDoesNotTake(t *testing.T, open func(testing.TB) *store.Store) {
	d, st := newDesk(), open(t)
	s := newServerOn(t, st, d, d.options())
	o := paid(t, s, d, "k")
	for _, code := range []order.Code{order.CodeRefused, order.CodeConflict, order.CodeForbidden, order.CodeInvalid, order.CodeNotFound} {
		d.scripts(refusing(code, "the wallet cannot refund"), nil)
		q := request(o, 2500)
		_, err := s.Refund(t.Context(), q)
		wantCode(t, "the refund", err, code)
		if !strings.Contains(fmt.Sprint(err), "the wallet cannot refund") {
			t.Errorf("%v does not say why", err)
		}
		d.scripts(nil, nil)
		asked := len(d.calls())
		_, err = s.Refund(t.Context(), q)
		wantCode(t, "the same again", err, code)
		wantSame(t, "how often it was asked for", len(d.calls()), asked)
		all := status(t, s, o.ID).Refunds
		last := all[len(all)-1]
		wantSame(t, "the refund", last, order.Refund{ID: q.ID, Amount: q.Amount, Reason: q.Reason, State: order.RefundRefused,
			Failure: string(code), Created: last.Created, Changed: last.Changed})
		wantSame(t, "its history", refundHistory(t, st, q), []string{">placing v2 acquirer: asked for 25.00 CNY",
			"placing>refused v2 gateway: refused: " + string(code)})
	}
	wantSame(t, "the jobs", refundJobs(t, st), []string(nil))
	if _, err := s.Refund(t.Context(), request(o, 2500)); err != nil {
		t.Errorf("all is left, and %v", err)
	}
}

func refundWhoseAnswerIsLostGoesOnUnderItsID(t *testing.T, open func(testing.TB) *store.Store) {
	busy := func(context.Context, func() (order.Status, error)) (order.Status, error) {
		return order.Status{}, &order.Error{Code: order.CodeRateLimited, RetryAfter: 7 * time.Second}
	}
	about := func(change func(*order.Status)) script {
		return func(_ context.Context, act func() (order.Status, error)) (order.Status, error) {
			st, err := act()
			change(&st)
			return st, err
		}
	}
	for what, fault := range map[string]script{"lost before": lostBefore, "lost after": lostAfter, "busy": busy,
		"not known":         refusing(order.CodeUnauthenticated, "who are you"),
		"of another order":  about(func(st *order.Status) { st.Order.ID = order.NewID(time.Now()) }),
		"of another amount": about(func(st *order.Status) { st.Refunds[0].Amount.Amount++ }),
		"without it":        about(func(st *order.Status) { st.Refunds = nil; st.Version-- }),
		"not valid":         about(func(st *order.Status) { st.Version = 0 }),
	} {
		d := newDesk()
		s := newServerOn(t, open(t), d, d.options())
		o := paid(t, s, d, "k")
		q := request(o, 2500)
		d.scripts(fault, nil)
		for range 2 {
			_, err := s.Refund(t.Context(), q)
			wantCode(t, what, err, order.CodeUnavailable)
			wantSame(t, what+": its state", stateOf(t, s, q), order.RefundPlacing)
			if e, ok := errors.AsType[*order.Error](err); ok && what == "busy" {
				wantSame(t, "when to ask again", e.RetryAfter, 7*time.Second)
			}
		}
		_, err := s.Refund(t.Context(), request(o, 1))
		wantCode(t, what+": what is left", err, order.CodeRefused)
		d.scripts(nil, nil)
		if _, err := s.Refund(t.Context(), q); err != nil {
			t.Errorf("%s, and then: %v", what, err)
		}
		wantAsTold(t, s, d.must(t, o.ID, nil))
		wantSame(t, what+": the refunds", len(status(t, s, o.ID).Refunds), 1)
	}
}

// A notification that overtakes the gateway's answer, whatever that is.
func TestRefundThatIsToldOfBeforeTheAnswer(t *testing.T) {
	for _, answer := range []script{nil, lostAfter, refusing(order.CodeRefused, "not twice")} {
		d := newDesk()
		s := newServer(t, d, d.options())
		o := paid(t, s, d, "k")
		d.scripts(func(ctx context.Context, act func() (order.Status, error)) (order.Status, error) {
			if _, err := act(); err != nil {
				return order.Status{}, err
			}
			if err := s.Notify(ctx, d.settle(t, o.ID, 0, order.RefundSucceeded)); err != nil {
				t.Error(err)
			}
			return answer.around(ctx, act)
		}, nil)
		q := request(o, 2500)
		if _, err := s.Refund(t.Context(), q); err != nil && !errors.Is(err, order.CodeUnavailable) {
			t.Error(err)
		}
		wantAsTold(t, s, d.must(t, o.ID, nil))
	}
}

func booksFollowEveryRefund(t *testing.T, open func(testing.TB) *store.Store) {
	d := newDesk()
	var told []string
	var broken func(acquirer.Change) bool
	options := d.options()
	options.OnChange = func(_ context.Context, _ *sql.Tx, c acquirer.Change) error {
		if broken != nil && broken(c) {
			return errors.New("the ledger is closed")
		}
		line := string(c.From) + ">" + string(c.State)
		if c.Refund != nil {
			line += fmt.Sprintf(" %s %s>%s of %d", c.Refund.Amount, c.RefundFrom, c.Refund.State, len(c.Refunds))
		}
		told = append(told, line)
		return nil
	}
	s := newServerOn(t, open(t), d, options)
	o := paid(t, s, d, "k")
	wantSame(t, "the books", told, []string{">placing", "placing>open", "open>paid"})
	told, broken = nil, func(c acquirer.Change) bool { return c.Refund != nil && c.RefundFrom == "" }
	q := request(o, 1000)
	_, err := s.Refund(t.Context(), q)
	wantCode(t, "books that refuse the refund", err, order.CodeUnavailable)
	wantSame(t, "its state", stateOf(t, s, q), order.RefundState(""))
	wantSame(t, "who was asked for", d.calls(), []order.ID(nil))
	broken = nil
	if _, err := s.Refund(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Refund(t.Context(), request(o, 700)); err != nil {
		t.Fatal(err)
	}
	before := status(t, s, o.ID)
	told, broken = nil, func(c acquirer.Change) bool { return c.Refund != nil && c.Refund.Amount == yuan(700) }
	done := d.settle(t, o.ID, 0, order.RefundSucceeded)
	wantCode(t, "books that refuse the second", s.Notify(t.Context(), done), order.CodeUnavailable)
	wantSame(t, "the order", status(t, s, o.ID), before)
	told, broken = nil, nil
	notify(t, s, done)
	notify(t, s, done)
	wantSame(t, "the books", told, []string{"paid>paid 10.00 CNY pending>succeeded of 2", "paid>paid 7.00 CNY >pending of 2"})
}

// A request that was thought lost may reach the gateway after another one for the same
// refund was refused: what the gateway tells stands.
func TestRefundThatWasRefusedAndIsTold(t *testing.T) {
	d := newDesk()
	s := newServer(t, d, d.options())
	o := paid(t, s, d, "k")
	d.scripts(func(ctx context.Context, act func() (order.Status, error)) (order.Status, error) {
		if _, err := act(); err != nil {
			t.Error(err)
		}
		return order.Status{}, order.Errorf(order.CodeRefused, "desk", "no")
	}, nil)
	q := request(o, 1000)
	_, err := s.Refund(t.Context(), q)
	wantCode(t, "Refund", err, order.CodeRefused)
	wantSame(t, "its state when it is refused", stateOf(t, s, q), order.RefundRefused)
	notify(t, s, d.must(t, o.ID, nil))
	wantSame(t, "its state when it is told", stateOf(t, s, q), order.RefundPending)
	notify(t, s, d.settle(t, o.ID, 0, order.RefundSucceeded))
	wantSame(t, "its state in the end", stateOf(t, s, q), order.RefundSucceeded)
}

// A refund that the gateway may not have heard of is not missed.
func TestRefundThatIsNotKnownToHaveArrivedMayBeMissing(t *testing.T) {
	d := newDesk()
	s := newServer(t, d, d.options())
	o := paid(t, s, d, "k")
	q := request(o, 1000)
	d.scripts(lostBefore, nil)
	_, err := s.Refund(t.Context(), q)
	wantCode(t, "Refund", err, order.CodeUnavailable)
	if _, err := s.Refund(t.Context(), request(o, 100)); err == nil {
		t.Error("the gateway was reached")
	}
	d.scripts(nil, nil)
	if _, err := d.Refund(t.Context(), request(o, 300)); err != nil { // of another program
		t.Fatal(err)
	}
	notify(t, s, d.must(t, o.ID, nil))
	var states []order.RefundState
	for _, r := range status(t, s, o.ID).Refunds {
		states = append(states, r.State)
	}
	wantSame(t, "the states", states, []order.RefundState{order.RefundPlacing, order.RefundPlacing, order.RefundPending})
}

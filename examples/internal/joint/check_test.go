package joint

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store"
)

// play plays a script, and returns the first rule that did not hold.
func (w *world) play(s script) error {
	defer w.end()
	all := operations()
	for i, step := range s {
		all[step.Do].do(w, step)
		w.afterStep()
		if !w.whole() {
			return fmt.Errorf("step %d, %v: %w", i+1, step, w.broken)
		}
	}
	w.settle()
	w.checkEnd()
	return w.broken
}

// end leaves nothing behind.
func (w *world) end() {
	w.network.mend()
	w.network.moving.Wait()
	w.beside.Wait()
	w.must(w.acquirer.store.Close())
	w.must(w.gateway.store.Close())
}

func (w *world) afterStep() {
	if w.planted.after != nil {
		w.planted.after(w)
	}
	w.checkAlways()
}

// settle mends everything, lets everybody who has not paid leave, and time pass
// until nothing is left to do. What the acquirer asks for meanwhile is the gateway's to
// do again.
func (w *world) settle() {
	w.network.mend()
	w.closed.Store(false)
	w.arrive()
	w.beside.Wait()
	w.provider.leave()
	for range 12 {
		w.finishGateway()
		w.arrive()
		w.checkTold()
		w.works(w.freshAcquirer)
		if !w.whole() || len(w.jobs(w.gateway.store))+len(w.jobs(w.acquirer.store)) == 0 {
			return
		}
		time.Sleep(longest)
	}
	w.breaks("stuck: the acquirer still has something to do after two weeks: %v", w.jobs(w.acquirer.store))
}

// longest is the longest pause between two tries, and its spread.
const longest = 27 * time.Hour

// arrive lets whatever is on its way arrive.
func (w *world) arrive() {
	time.Sleep(time.Hour)
	w.network.moving.Wait()
}

// finishGateway lets the provider tell, and the gateway work, until they have nothing
// left to do.
func (w *world) finishGateway() {
	for range 12 {
		for e, found := w.provider.owed(0); found && w.whole(); e, found = w.provider.owed(0) {
			w.tell(context.Background(), e)
		}
		w.arrive()
		w.works(w.freshGateway)
		if !w.whole() || len(w.jobs(w.gateway.store)) == 0 {
			return
		}
		time.Sleep(longest)
	}
	w.breaks("stuck: the gateway still has something to do after two weeks: %v", w.jobs(w.gateway.store))
}

// works lets a new server do what is due.
func (w *world) works(fresh func() runner) {
	w.work(fresh, 1, 5*time.Second, nil)
	w.afterStep()
	w.afterStep() // a mistake may be a step late
}

// checkTold holds once the gateway has nothing left to do: it has told all ends, so
// that nobody has to ask.
func (w *world) checkTold() {
	for _, id := range w.ids() {
		p := w.pair(id)
		if p.there.State.Final() && p.here.State != p.there.State {
			w.breaks("order %s is %s, and its acquirer was never told: there it is %s", id, p.there.State, p.here.State)
		}
		for _, r := range p.there.Refunds {
			if here := refundIn(p.here, r.ID); here.State != r.State {
				w.breaks("refund %s is %s, and its acquirer was never told: there it is %q", r.ID, r.State, here.State)
			}
		}
	}
}

// refundIn is a refund of the order, one without a state if it has none such.
func refundIn(s order.Status, id order.ID) order.Refund {
	if i := slices.IndexFunc(s.Refunds, func(r order.Refund) bool { return r.ID == id }); i >= 0 {
		return s.Refunds[i]
	}
	return order.Refund{}
}

// jobs are what is left to do in a store.
func (w *world) jobs(s *store.Store) []string {
	return w.lines(s, `SELECT queue || ' ' || key FROM outbox_jobs ORDER BY queue, key`)
}

// lines reads rows of one text each.
func (w *world) lines(s *store.Store, query string, args ...any) (all []string) {
	w.must(s.View(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return err
			}
			all = append(all, line)
		}
		return rows.Err()
	}))
	return all
}

// ids are all orders that the acquirer made.
func (w *world) ids() (all []order.ID) {
	for _, id := range w.lines(w.acquirer.store, `SELECT order_id FROM acquirer_orders ORDER BY order_id`) {
		all = append(all, order.ID(id))
	}
	return all
}

// pair is an order as both servers have it.
type pair struct{ here, there order.Status } // there has no state where the gateway does not have it

func (w *world) pair(id order.ID) (p pair) {
	a, _ := w.servers()
	d, err := w.desk()
	w.must(err)
	p.here, err = a.Order(context.Background(), id)
	w.must(err)
	p.there, err = d.Query(context.Background(), id)
	if order.CodeOf(err) != order.CodeNotFound {
		w.must(err)
	}
	return p
}

// checkAlways holds at every moment.
func (w *world) checkAlways() {
	for _, id := range w.ids() {
		p := w.pair(id)
		w.stays("at the acquirer", p.here)
		w.stays("at the gateway", p.there)
		if p.here.Version > p.there.Version {
			w.breaks("order %s: the acquirer has version %d, the gateway %d", id, p.here.Version, p.there.Version)
		}
		if p.there.State == order.StatePaid && !slices.ContainsFunc(w.provider.ledger(""), func(m payment) bool {
			return m.ID == p.there.Payment.Attempt && m.charged > 0
		}) {
			w.breaks("order %s is paid by attempt %s, whose provider has no money", id, p.there.Payment.Attempt)
		}
	}
	for _, m := range w.provider.ledger("") {
		if m.refunded() > m.charged {
			w.breaks("payment %s: %d were refunded of %d", m.number, m.refunded(), m.charged)
		}
	}
}

// stays checks that what was final is as it was.
func (w *world) stays(where string, s order.Status) {
	if !s.State.Final() {
		return
	}
	at := where + " " + string(s.Order.ID)
	was, known := w.seen[at]
	w.seen[at] = s
	if diff := cmp.Diff(was, s, cmpopts.IgnoreFields(order.Status{}, "Version", "Changed", "Refunds")); known && diff != "" {
		w.breaks("a final state changed %s (-was +is):\n%s", where, diff)
	}
	for _, r := range was.Refunds {
		if is := refundIn(s, r.ID); is.State == "" || r.State.Final() && !cmp.Equal(r, is) {
			w.breaks("a refund changed %s from %+v to %+v", where, r, is)
		}
	}
	if len(s.Refunds) == len(was.Refunds) && s.Version < was.Version || order.Left(s.Order.Total, s.Refunds) < 0 {
		w.breaks("%s order %s went back from version %d to %d, or has too much in refunds: %+v", where, s.Order.ID, was.Version, s.Version, s.Refunds)
	}
}

// checkEnd holds once nothing is left to do.
func (w *world) checkEnd() {
	if !w.whole() {
		return
	}
	for _, id := range w.ids() {
		w.checkOrder(id, w.pair(id))
	}
	for what, c := range map[string]struct {
		*store.Store
		audit.Log
	}{"acquirer": {w.acquirer.store, acquirer.AuditLog()}, "gateway": {w.gateway.store, clearing.AuditLog()}} {
		r, err := audit.Verify(context.Background(), c.Store, c.Log, audit.Trust{})
		if err != nil || len(r.Findings) > 0 {
			w.breaks("the %s's audit: %v, %v", what, r.Findings, err)
		}
	}
}

// apartMost is how much later a request may arrive, by the gateway's clock, than it was
// sent by the acquirer's: what two wrong clocks make, and some way.
const apartMost = 4*time.Minute + patience

func (w *world) checkOrder(id order.ID, p pair) {
	if !p.here.State.Final() {
		w.breaks("order %s is stuck: %s at the acquirer, %q at the gateway", id, p.here.State, p.there.State)
		return
	}
	w.checkBooks(id, p.here)
	if p.there.State == "" {
		w.count("order never placed", 1)
		late := p.here.State == order.StateRefused && p.here.Changed.After(p.here.Order.Expires.Add(-apartMost))
		if p.here.State != order.StateExpired && !late {
			w.breaks("order %s is %s since %v, but the gateway does not have it", id, p.here.State, p.here.Changed)
		}
		return
	}
	if diff := cmp.Diff(p.there, w.asTold(p.here), cmpopts.IgnoreFields(order.Refund{}, "Created"), cmpopts.EquateEmpty()); diff != "" {
		w.breaks("acquirer and gateway do not agree (-gateway +acquirer):\n%s", diff)
	}
	switch {
	case p.there.State == order.StateExpired && p.there.Changed.Before(p.there.Order.Expires):
		w.breaks("order %s expired at %v, before its time, %v", id, p.there.Changed, p.there.Order.Expires)
	case p.there.State == order.StateCanceled && !w.canceled[id]:
		w.breaks("order %s is canceled, and nobody asked for that", id)
	}
	w.checkMoney(id, p.there)
}

// asTold is an order of the acquirer's without the refunds that the gateway does not
// have, in the order in which the gateway took them.
func (w *world) asTold(s order.Status) order.Status {
	s.Refunds = slices.Clone(s.Refunds)
	s.Refunds = slices.DeleteFunc(s.Refunds, func(r order.Refund) bool {
		if r.State == order.RefundPlacing {
			w.breaks("refund %s is stuck: %s", r.ID, r.State)
		}
		return r.State == order.RefundRefused
	})
	slices.SortFunc(s.Refunds, func(a, b order.Refund) int { return strings.Compare(a.Number, b.Number) })
	return s
}

// checkBooks compares what the acquirer's own books were told: every step once, and
// the last one is where the order stands.
func (w *world) checkBooks(id order.ID, s order.Status) {
	w.checkRefundBooks(id, s)
	steps := w.lines(w.acquirer.store, `SELECT was || '>' || state || ' ' || version FROM joint_books WHERE order_id = $1 AND refund = '' ORDER BY number`, string(id))
	ended := s.Version
	if n := len(steps); len(s.Refunds) > 0 && n > 0 { // which have moved the version on
		_, _ = fmt.Sscan(steps[n-1][strings.LastIndex(steps[n-1], " "):], &ended)
	}
	want := []string{">placing 0"}
	if s.Version > 1 || s.State == order.StateExpired || s.State == order.StateRefused {
		from := order.StatePlacing
		if slices.Contains(steps, "placing>open 0") || slices.Contains(steps, "placing>open 1") {
			from = order.StateOpen
			want = append(want, steps[1])
		}
		want = append(want, fmt.Sprintf("%s>%s %d", from, s.State, ended))
	}
	if diff := cmp.Diff(want, steps); diff != "" {
		w.breaks("order %s: what the books were told differs (-want +got):\n%s", id, diff)
	}
}

// checkRefundBooks compares the steps of refunds: each leads on from the one before,
// and the last one is where the refund stands.
func (w *world) checkRefundBooks(id order.ID, s order.Status) {
	at := map[string]string{}
	for _, line := range w.lines(w.acquirer.store, `SELECT refund || ' ' || was || '>' || state FROM joint_books WHERE order_id = $1 AND refund <> '' ORDER BY number`, string(id)) {
		refund, step, _ := strings.Cut(line, " ")
		from, to, _ := strings.Cut(step, ">")
		if from != at[refund] || from == to {
			w.breaks("refund %s: the books were told %s after %q", refund, step, at[refund])
		}
		at[refund] = to
	}
	for _, r := range s.Refunds {
		w.count("refund asked for "+string(r.State), 1)
		if at[string(r.ID)] != string(r.State) {
			w.breaks("refund %s is %s, and the books were told %q", r.ID, r.State, at[string(r.ID)])
		}
		delete(at, string(r.ID))
	}
	if len(at) > 0 {
		w.breaks("the books were told of refunds that are not there: %v", at)
	}
}

// checkMoney compares an order with the provider's ledger: it is paid if a payment
// succeeded that the provider never called failed, and only if one succeeded; then
// its price stays there, less what its acquirer has given back, else nothing does. A
// refund of money in excess that the provider refuses is a person's to review.
func (w *world) checkMoney(id order.ID, s order.Status) {
	var net, refused int64
	var paid, must bool
	reviews := w.lines(w.gateway.store, `SELECT what FROM clearing_reviews WHERE kind = 'refund' ORDER BY what`)
	for _, m := range w.provider.ledger(w.keyOf(id)) {
		net += m.charged - m.refunded()
		paid = paid || m.charged > 0
		must = must || m.charged > 0 && !m.denied
		w.count("payment "+string(m.outcome), 1)
		for number, r := range m.refunds {
			w.count("refund "+string(r.outcome), 1)
			if id, _, _ := strings.Cut(number, "."); numbered(s, id) {
				continue
			}
			if r.outcome == component.OutcomeFailed {
				refused += r.amount
				if id, _, _ := strings.Cut(number, "."); !slices.Contains(reviews, id) {
					w.breaks("nobody is asked about refund %s, which the provider refuses", number)
				}
			}
		}
	}
	w.count("order "+string(s.State), 1)
	want := refused
	if s.State == order.StatePaid {
		want += s.Order.Total.Amount
	}
	for _, r := range s.Refunds {
		if r.State == order.RefundSucceeded {
			want -= r.Amount.Amount
		}
	}
	switch {
	case net != want:
		w.breaks("order %s is %s, and the provider keeps %d, want %d", id, s.State, net, want)
	case s.State == order.StatePaid && !paid, s.State != order.StatePaid && must:
		w.breaks("order %s is %s: something was charged: %t, and never denied: %t", id, s.State, paid, must)
	}
}

// numbered reports whether the order's acquirer asked for the refund.
func numbered(s order.Status, number string) bool {
	return slices.ContainsFunc(s.Refunds, func(r order.Refund) bool { return r.Number == number })
}

// count notes what a script came to.
func (w *world) count(what string, n int) { w.tally[what] += n }

// keyOf is the gateway's key of an order of the acquirer.
func (w *world) keyOf(id order.ID) string {
	keys := w.lines(w.gateway.store, `SELECT order_key FROM clearing_orders WHERE message LIKE '%' || CAST($1 AS TEXT) || '%'`, string(id))
	if len(keys) != 1 {
		w.breaks("the gateway has order %s under %q", id, keys)
		return "none"
	}
	return keys[0]
}

package joint

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
)

// planted is a mistake beside the servers: between them and their databases,
// components and callers. The zero value is none.
type planted struct {
	numbers func() numbering                              // of payments at the provider
	refunds func() numbering                              // of refunds there
	asks    func(order.RefundRequest) order.RefundRequest // what the acquirer asks for
	receive func(w *world, in func() error) error         // takes a provider's notification in
	notify  func(w *world, in func() error) error         // takes the gateway's notification in
	furnish string                                        // SQL for both databases
	after   func(w *world)                                // after each step
	died    func(w *world)                                // a server was killed
}

// A mistake is planted, and found by one of these rules.
type mistake struct {
	planted
	rules []string
}

const (
	money   = "the provider keeps"
	strange = "the gateway refuses what the provider says"
	idle    = "stuck"
	untold  = "was never told"
	apart   = "do not agree"
	tooMuch = "has too much in refunds"
)

func mistakes() map[string]mistake {
	return map[string]mistake{
		"gateway acknowledges before commit":  {planted{receive: acknowledgesFirst(gatewaysLife)}, []string{money}},
		"acquirer acknowledges before commit": {planted{notify: acknowledgesFirst(acquirersLife)}, []string{untold}},
		"new charge key on retry":             {planted{numbers: numberAnew}, []string{money, strange}},
		"new refund key on retry":             {planted{refunds: numberAnew}, []string{"were refunded of", money}},
		"new refund on retry":                 {planted{asks: asksAnew}, []string{apart, tooMuch}},
		"outbox outside the transaction":      {putsAfterwards(), []string{money, untold, idle}},
		"late expiry over paid":               {expiresLate(), []string{"a final state changed", untold, idle}},
		"second success kept":                 {planted{furnish: keepsExcess}, []string{money}},
	}
}

// numberAnew gives each try to begin something a number of its own.
func numberAnew() numbering {
	var mu sync.Mutex
	begun := map[string]int{}
	return func(id string, begins bool) string {
		mu.Lock()
		defer mu.Unlock()
		if begins {
			begun[id]++
		}
		return fmt.Sprintf("%s.%d", id, begun[id])
	}
}

// asksAnew gives each try to ask for a refund an ID of its own.
func asksAnew(r order.RefundRequest) order.RefundRequest {
	r.ID = order.NewID(time.Now())
	return r
}

// acknowledgesFirst says at once that a notification was taken, and takes it a
// minute later, unless the server has died by then.
func acknowledgesFirst(lives func(w *world) int) func(w *world, in func() error) error {
	return func(w *world, in func() error) error {
		life := lives(w)
		w.network.meanwhile(time.Minute, func() {
			if lives(w) == life {
				_ = in()
			}
		})
		return nil
	}
}

// putsAfterwards puts jobs a step after their transaction has committed, in one of
// their own; if the server dies in between, it does not.
func putsAfterwards() planted {
	return planted{
		furnish: `CREATE TABLE joint_memory AS SELECT *, 0 AS age FROM outbox_jobs WHERE FALSE;
			CREATE TABLE joint_gate (open BIGINT);
			CREATE TRIGGER joint_afterwards BEFORE INSERT ON outbox_jobs WHEN NOT EXISTS (SELECT * FROM joint_gate) BEGIN
				INSERT INTO joint_memory (queue, key, owner, due, age) VALUES (NEW.queue, NEW.key, NEW.owner, NEW.due, 0);
				SELECT RAISE(IGNORE);
			END`,
		after: func(w *world) {
			const some = `SELECT key FROM joint_memory`
			if len(w.lines(w.acquirer.store, some))+len(w.lines(w.gateway.store, some)) == 0 {
				return
			}
			w.onBoth(`INSERT INTO joint_gate VALUES (1);
				INSERT INTO outbox_jobs (queue, key, owner, generation, due, tries, lease, lease_until)
					SELECT queue, key, owner, 1, due, 0, '', 0 FROM joint_memory WHERE age = 1 ORDER BY rowid
					ON CONFLICT (queue, key) DO UPDATE SET owner = excluded.owner, generation = outbox_jobs.generation + 1, due = excluded.due, tries = 0;
				DELETE FROM joint_memory WHERE age = 1; UPDATE joint_memory SET age = 1; DELETE FROM joint_gate`)
		},
		died: func(w *world) { w.onBoth(`DELETE FROM joint_memory`) },
	}
}

// expiresLate ends orders that are paid by now, because they were open a step ago.
func expiresLate() planted {
	var open []string
	return planted{after: func(w *world) {
		for _, key := range open {
			w.onGateway(`UPDATE clearing_orders SET state = 'expired', version = version + 1 WHERE state = 'paid' AND order_key = '` + key + `'`)
		}
		open = nil
		for _, id := range w.ids() {
			if s := w.pair(id).there; s.State == order.StateOpen && !time.Now().Before(s.Order.Expires) {
				open = append(open, w.keyOf(id))
			}
		}
	}}
}

// keepsExcess forgets that money in excess has to go back.
const keepsExcess = `CREATE TRIGGER joint_keeps BEFORE INSERT ON outbox_jobs WHEN NEW.queue = 'clearing.refund' BEGIN
	SELECT RAISE(IGNORE); END`

func acquirersLife(w *world) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.acquirer.lives
}

func gatewaysLife(w *world) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.gateway.lives
}

func (w *world) onBoth(statements string) {
	w.onGateway(statements)
	w.must(w.acquirer.store.Do(context.Background(), executing(statements)))
}

func (w *world) onGateway(statements string) {
	w.must(w.gateway.store.Do(context.Background(), executing(statements)))
}

func executing(statements string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statements)
		return err
	}
}

// Each mistake is found by the check that the servers pass.
func TestPlantedMistakesAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes up to a hundred scripts to find one: without -short")
	}
	in, scripts := files(t), long()
	for name, m := range mistakes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const most = 400
			for seed := range most {
				err := played(t, scripts.Example(seed), in, m.planted, map[string]int{})
				if err == nil {
					continue
				}
				if !slices.ContainsFunc(m.rules, func(rule string) bool { return strings.Contains(err.Error(), rule) }) {
					t.Errorf("another rule than %q finds it", m.rules)
				}
				t.Logf("found by script %d: %v", seed+1, err)
				return
			}
			t.Errorf("%d scripts do not find it", most)
		})
	}
}

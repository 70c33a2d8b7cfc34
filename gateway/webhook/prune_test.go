package webhook_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/order"
)

// rows counts those of a table.
func (l *lab) rows(table string) (n int) {
	l.Helper()
	err := l.store.View(l.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n)
	})
	if err != nil {
		l.Fatal(err)
	}
	return n
}

// agingLab has an endpoint with 10 deliveries that was deleted, and a clock.
func agingLab(t *testing.T, now *time.Time) (l *lab, id order.ID) {
	t.Helper()
	clock := func() time.Time { return *now }
	s, k, o := openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Transport: &merchant{}, Now: clock}
	l = newIdle(t, s, k, o)
	id = l.endpoint("north", "https://merchant.example/").Endpoint.ID
	for range 10 {
		l.owe("north")
	}
	if err := l.For("north", nil).DeleteEndpoint(t.Context(), order.EndpointDeletion{Endpoint: id, Key: "d"}); err != nil {
		t.Fatal(err)
	}
	if err := gatewaytest.Drain(s, clock, func(ctx context.Context) error { return newIdle(t, s, k, o).Run(ctx) })(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l, id
}

// What is past its time goes when anybody's order becomes final, whether or not
// anybody is told of it, and four rows at once: the deliveries of a deleted
// endpoint after 30 days, the audit after a year.
func TestPruning(t *testing.T) {
	start := time.Now()
	now := start
	l, id := agingLab(t, &now)
	for _, step := range []struct{ days, deliveries, audited int }{
		{29, 10, 2}, {31, 6, 2}, {31, 2, 2}, {31, 0, 2}, {364, 0, 2}, {366, 0, 0},
	} {
		now = start.AddDate(0, 0, step.days)
		l.owe("south")
		if n := l.rows("webhook_deliveries"); n != step.deliveries {
			t.Errorf("after %d days there are %d deliveries, want %d", step.days, n, step.deliveries)
		}
		if n := len(l.audited(id)); n != step.audited {
			t.Errorf("after %d days there are %d audit entries, want %d", step.days, n, step.audited)
		}
	}
}

// A write of an owner prunes, too: for a gateway whose orders have ended.
func TestWritesPrune(t *testing.T) {
	start := time.Now()
	now := start
	l, id := agingLab(t, &now)
	now = start.AddDate(0, 0, 366)
	l.endpoint("south", "https://south.example/")
	if n := l.rows("webhook_deliveries"); n != 6 {
		t.Errorf("there are %d deliveries, want 6", n)
	}
	if all := l.audited(id); len(all) > 0 {
		t.Errorf("the audit has %v", all)
	}
}

// A delivery that is still tried is not removed, however old it is.
func TestPendingDeliveriesStay(t *testing.T) {
	now := time.Now()
	l := newIdle(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Now: func() time.Time { return now }})
	l.endpoint("north", "https://merchant.example/")
	l.owe("north")
	now = now.AddDate(0, 0, 31)
	l.owe("south")
	if n := l.rows("webhook_deliveries"); n != 1 {
		t.Errorf("there are %d deliveries, want 1", n)
	}
}

// However often a replay is asked for while one waits, one is made; and one that
// is asked for while another is being made is made after it.
func TestWaitingReplaysAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &merchant{}
		l := newLab(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Transport: m})
		l.endpoint("north", "https://merchant.example/")
		l.owe("north")
		synctest.Wait()
		id := l.deliveries("north")[0].ID
		m.hold = make(chan struct{})
		for i := range 50 {
			if _, err := l.For("north", nil).Replay(t.Context(), order.DeliveryReplay{Delivery: id, Key: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // the first is being made
		}
		close(m.hold)
		time.Sleep(time.Minute)
		if n := m.count(); n != 3 {
			t.Errorf("%d requests, want the delivery and two replays", n)
		}
		want := []string{"acquirer:north replayed", "acquirer:north replayed"}
		if diff := cmp.Diff(want, l.audited(id)); diff != "" {
			t.Errorf("the audit (-want +got):\n%s", diff)
		}
	})
}

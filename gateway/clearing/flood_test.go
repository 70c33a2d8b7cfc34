package clearing_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// notifierFunc is an acquirer's end.
type notifierFunc func(ctx context.Context, s order.Status) error

func (f notifierFunc) Notify(ctx context.Context, s order.Status) error { return f(ctx, s) }

// An acquirer that does not answer, and has many notifications, has four workers at
// most; the rest of its notifications is not looked at, and another acquirer is
// notified at once.
func TestAnAcquirerThatHangsDelaysNoOther(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { delaysNoOther(t, openStore(t, tempFile(t))) })
	t.Run("PostgreSQL", func(t *testing.T) { delaysNoOther(t, pgtest.Start(t).Store(t)) })
}

func delaysNoOther(t *testing.T, s *store.Store) {
	const many = 40
	hangs, told := make(chan order.ID, many), make(chan order.ID, 1)
	registry, err := component.NewRegistry(gatewaytest.NewWallet("blue"))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now().UTC().Truncate(time.Microsecond)
	acquirer := func(name string, f notifierFunc) gatewaytest.Acquirer {
		return gatewaytest.Acquirer{Name: name, Merchants: []gatewaytest.Merchant{{ID: "tea", Name: "Tea House"}}, Notifier: f}
	}
	server := newServer(t, s, keys(1), gatewaytest.Setup{Components: registry, Now: func() time.Time { return start }, Acquirers: []gatewaytest.Acquirer{
		acquirer("hangs", func(ctx context.Context, s order.Status) error {
			hangs <- s.Order.ID
			<-ctx.Done()
			return ctx.Err()
		}),
		acquirer("north", func(_ context.Context, s order.Status) error {
			told <- s.Order.ID
			return nil
		}),
	}}, clearing.Options{})
	for range many {
		canceled(t, server, "hangs", start)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	for range 4 {
		<-hangs
	}
	if id, want := canceled(t, server, "north", start), <-told; id != want {
		t.Errorf("north was told of order %s, want %s", want, id)
	}
	if leased, due := notifications(t, s, "hangs", start); leased != 4 || due != many {
		t.Errorf("%d notifications are under way and %d due, want 4 and %d: those that cannot be sent are to be left as they are", leased, due, many)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
	if n := len(hangs); n != 0 {
		t.Errorf("%d notifications hung besides the four", n)
	}
}

// canceled places an order and cancels it, so that its acquirer has to be told.
func canceled(t *testing.T, server *clearing.Server, acquirer string, now time.Time) order.ID {
	t.Helper()
	c, err := server.For(acquirer)
	if err != nil {
		t.Fatal(err)
	}
	o := order.Order{ID: order.NewID(now), Merchant: "tea", Total: order.Money{Amount: 500, Currency: "CNY"}, Created: now, Expires: now.Add(time.Hour)}
	if _, err := c.Place(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Cancel(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	return o.ID
}

// notifications counts those of an acquirer that are leased, and those that are due.
func notifications(t *testing.T, s *store.Store, acquirer string, now time.Time) (leased, due int) {
	t.Helper()
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT sum(CASE lease WHEN '' THEN 0 ELSE 1 END), sum(CASE WHEN due <= $1 THEN 1 ELSE 0 END)
			FROM outbox_jobs WHERE queue = 'clearing.notify' AND owner = $2`, now.UnixMicro(), acquirer).Scan(&leased, &due)
	})
	if err != nil {
		t.Fatal(err)
	}
	return leased, due
}

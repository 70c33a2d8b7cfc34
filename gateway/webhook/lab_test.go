package webhook_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// merchant is the end that webhooks come to. It answers as the test says.
type merchant struct {
	mu     sync.Mutex
	got    []*http.Request
	bodies []string
	answer func(n int) (status int, header http.Header) // to the n-th request, from 1
	hold   chan struct{}                                // if set, requests wait until it is closed
}

func (m *merchant) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.got, m.bodies = append(m.got, r), append(m.bodies, string(body))
	n := len(m.got)
	m.mu.Unlock()
	if m.hold != nil {
		select {
		case <-m.hold:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	status, header := 200, http.Header{}
	if m.answer != nil {
		status, header = m.answer(n)
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

func (m *merchant) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.got)
}

// id is the webhook-id of the n-th request, from 1.
func (m *merchant) id(n int) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.got[n-1].Header.Get("Webhook-Id")
}

// always answers every request alike.
func always(status int) func(int) (int, http.Header) {
	return func(int) (int, http.Header) { return status, nil }
}

// lab is a dispatcher on a store of its own.
type lab struct {
	testing.TB
	store *store.Store
	*webhook.Dispatcher
	stop func()
}

func openStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "webhook.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newSecret() (s webhook.Secret) {
	rand.Read(s[:])
	return s
}

// newIdle has a dispatcher that does not run.
func newIdle(t testing.TB, s *store.Store, k webhook.Keys, o webhook.Options) *lab {
	t.Helper()
	if o.Transport != nil {
		o.Transport = apitest.Webhooks(t, "orderEvent", o.Transport)
	}
	d, err := webhook.New(t.Context(), s, k, &o)
	if err != nil {
		t.Fatal(err)
	}
	return &lab{TB: t, store: s, Dispatcher: d}
}

// newLab runs a dispatcher, until the test ends or stop is called.
func newLab(t testing.TB, s *store.Store, k webhook.Keys, o webhook.Options) *lab {
	t.Helper()
	l := newIdle(t, s, k, o)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	l.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(l.stop)
	return l
}

// endpoint makes one for the owner.
func (l *lab) endpoint(owner, address string) order.EndpointKeys {
	l.Helper()
	k, err := l.For(owner, nil).CreateEndpoint(l.Context(), order.EndpointRequest{Address: address, Key: address})
	if err != nil {
		l.Fatal(err)
	}
	return k
}

// status is a paid order of the merchant tea.
func status(now time.Time) order.Status {
	total := order.Money{Amount: 1250, Currency: "CNY"}
	return order.Status{
		Order: order.Order{ID: order.NewID(now), Merchant: "tea", Total: total, Description: "zwei Kännchen 茶",
			Lines:   []order.Line{{Item: "pot", Name: "Pot", Quantity: 1, Price: total}},
			Created: now, Expires: now.Add(time.Hour), ReturnAddress: "https://tea.example/back?secret=1"},
		State: order.StatePaid, Version: 2, Changed: now,
		Payment: &order.Payment{Component: "blue", Attempt: "a1", Reference: "r1", Amount: total, At: now},
	}
}

// paid is the event of such an order.
func paid(now time.Time) order.Event {
	return order.Event{Type: order.EventPaid, Timestamp: now, Data: status(now)}
}

// owe makes the webhooks of a paid order due.
func (l *lab) owe(owner string) {
	l.Helper()
	err := l.store.Do(l.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return l.Owe(ctx, tx, owner, paid(time.Now().UTC()))
	})
	if err != nil {
		l.Fatal(err)
	}
}

// deliveries are those of the owner, newest first, with their tries.
func (l *lab) deliveries(owner string) (all []order.Delivery) {
	l.Helper()
	page, err := l.For(owner, nil).Deliveries(l.Context(), order.DeliveryQuery{})
	if err != nil {
		l.Fatal(err)
	}
	for _, d := range page.Deliveries {
		if d, err = l.For(owner, nil).Delivery(l.Context(), d.ID); err != nil {
			l.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

// audited are the entries about a subject, oldest first.
func (l *lab) audited(subject order.ID) (entries []string) {
	l.Helper()
	err := l.store.View(l.Context(), func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT actor || ' ' || what || ' ' || why FROM webhook_audit WHERE subject = $1 ORDER BY seq`, string(subject))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var entry string
			if err := rows.Scan(&entry); err != nil {
				return err
			}
			entries = append(entries, strings.TrimSpace(entry))
		}
		return rows.Err()
	})
	if err != nil {
		l.Fatal(err)
	}
	return entries
}

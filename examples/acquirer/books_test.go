package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

func testBooks(t *testing.T) *books {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "acquirer.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b, err := openBooks(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// change is one of an order for 25.00 CNY at the café.
func change(id string, to order.State) acquirer.Change {
	total := order.Money{Amount: 2500, Currency: "CNY"}
	c := acquirer.Change{From: order.StateOpen, Status: order.Status{State: to,
		Order: order.Order{ID: order.ID(id), Merchant: "cafe", Total: total}}}
	if to == order.StatePaid {
		c.Payment = &order.Payment{Component: "blue", Reference: "r<1>", Amount: total, At: time.Date(2026, 5, 1, 9, 30, 0, 0, time.UTC)}
	}
	return c
}

// tell hands the changes over in one transaction, which then ends with err.
func (b *books) tell(ctx context.Context, err error, changes ...acquirer.Change) error {
	return b.db.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, c := range changes {
			if err := b.onChange(ctx, tx, c); err != nil {
				return err
			}
		}
		return err
	})
}

// What was paid stands in the books once, and only if the transaction that it
// belongs to was committed.
func TestAPaymentIsBookedWithItsOrder(t *testing.T) {
	b := testBooks(t)
	lost := errors.New("the order was not stored")
	if err := b.tell(t.Context(), lost, change("first", order.StatePaid)); !errors.Is(err, lost) {
		t.Fatalf("%v, want %v", err, lost)
	}
	for _, state := range []order.State{order.StatePlacing, order.StateOpen, order.StateCanceled, order.StateExpired, order.StateRefused} {
		if err := b.tell(t.Context(), nil, change("second", state)); err != nil {
			t.Errorf("%s: %v", state, err)
		}
	}
	if err := b.tell(t.Context(), nil, change("third", order.StatePaid)); err != nil {
		t.Fatal(err)
	}
	refunded := change("third", order.StatePaid)
	refunded.From, refunded.Refund, refunded.RefundFrom = order.StatePaid, &order.Refund{State: order.RefundSucceeded}, order.RefundPending
	if err := b.tell(t.Context(), nil, refunded); err != nil {
		t.Errorf("a refund is taken for a payment: %v", err)
	}
	if err := b.tell(t.Context(), nil, change("fourth", order.StatePaid), change("third", order.StatePaid)); err == nil {
		t.Error("an order was booked twice")
	}
	got, err := b.latest(t.Context())
	want := []sale{{"third", "cafe", "25.00", "CNY", "blue", "r<1>", time.Date(2026, 5, 1, 9, 30, 0, 0, time.UTC)}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, %s", err, diff)
	}
}

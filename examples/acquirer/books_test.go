package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/pgtest"
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
	if err := b.tell(t.Context(), nil, change("fourth", order.StatePaid), change("third", order.StatePaid)); err == nil {
		t.Error("an order was booked twice")
	}
	got, err := b.latest(t.Context())
	want := []sale{{Order: "third", Merchant: "cafe", Amount: "25.00", Net: "25.00", Currency: "CNY", Wallet: "blue", Reference: "r<1>",
		At: time.Date(2026, 5, 1, 9, 30, 0, 0, time.UTC)}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, %s", err, diff)
	}
}

// refund is the change of a refund of a paid order.
func refund(of, id string, amount int64, to order.RefundState) acquirer.Change {
	c := change(of, order.StatePaid)
	c.From = order.StatePaid
	c.Refund = &order.Refund{ID: order.ID(id), Amount: order.Money{Amount: amount, Currency: "CNY"}, State: to, Changed: c.Payment.At}
	return c
}

// Only what went back is taken off a sale, once and off its own; what may yet go
// back is shown beside it, and what never will is not. It is booked with the order,
// or not at all.
func TestMoneyThatWentBackIsTakenOffItsSale(t *testing.T) {
	testMoneyThatWentBack(t, testBooks(t))
}

func TestMoneyThatWentBackOnPostgres(t *testing.T) {
	b, err := openBooks(t.Context(), pgtest.Start(t).Store(t))
	if err != nil {
		t.Fatal(err)
	}
	testMoneyThatWentBack(t, b)
}

func testMoneyThatWentBack(t *testing.T, b *books) {
	if err := b.tell(t.Context(), nil, change("first", order.StatePaid), change("second", order.StatePaid)); err != nil {
		t.Fatal(err)
	}
	lost := errors.New("the refund was not stored")
	if err := b.tell(t.Context(), lost, refund("first", "x", 100, order.RefundSucceeded)); !errors.Is(err, lost) {
		t.Fatalf("%v, want %v", err, lost)
	}
	for i, step := range []struct {
		id                     string
		amount                 int64
		to                     order.RefundState
		refunded, pending, net string
	}{
		{"a", 500, order.RefundPlacing, "", "5.00", "25.00"},
		{"a", 500, order.RefundPending, "", "5.00", "25.00"},
		{"b", 800, order.RefundPending, "", "13.00", "25.00"},
		{"a", 500, order.RefundSucceeded, "5.00", "8.00", "20.00"},
		{"b", 800, order.RefundFailed, "5.00", "", "20.00"},
		{"c", 800, order.RefundPlacing, "5.00", "8.00", "20.00"},
		{"c", 800, order.RefundRefused, "5.00", "", "20.00"},
		{"d", 2000, order.RefundSucceeded, "25.00", "", "0.00"},
	} {
		if err := b.tell(t.Context(), nil, refund("first", step.id, step.amount, step.to)); err != nil {
			t.Fatal(err)
		}
		got, err := b.latest(t.Context())
		first := sale{Order: "first", Merchant: "cafe", Amount: "25.00", Refunded: step.refunded, Pending: step.pending, Net: step.net,
			Currency: "CNY", Wallet: "blue", Reference: "r<1>", At: time.Date(2026, 5, 1, 9, 30, 0, 0, time.UTC)}
		second := first
		second.Order, second.Refunded, second.Pending, second.Net = "second", "", "", "25.00"
		if diff := cmp.Diff([]sale{second, first}, got); err != nil || diff != "" {
			t.Errorf("step %d: %v, %s", i, err, diff)
		}
	}
}

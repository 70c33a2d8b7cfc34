package main

import (
	"context"
	"crypto/ed25519"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/anyscan/anyscan/order/wire"
)

// placing is a clearing institution that takes orders, and is not reached otherwise.
type placing struct{ order.Clearing }

func (placing) Place(_ context.Context, o order.Order) (order.Placement, error) {
	return order.Placement{Address: "http://gateway.localhost/o/" + string(o.ID), Expires: o.Expires}, nil
}

// testSale is a paid order of the café's, 25.00 CNY, in the files of the current
// folder, and its books.
func testSale(t *testing.T) (*books, order.ID) {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := wire.FormatKeySet(wire.Key{Public: public})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gateway.jwks", "codes.jwks"} {
		if err := os.WriteFile(name, keys, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sqlite.Open(t.Context(), "acquirer.db", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b, err := openBooks(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	server, err := acquirer.New(t.Context(), db, placing{}, shops(), "http://acquirer.localhost:8080", &acquirer.Options{OnChange: b.onChange})
	if err != nil {
		t.Fatal(err)
	}
	return b, sell(t, server)
}

// sell takes a payment.
func sell(t *testing.T, server *acquirer.Server) order.ID {
	t.Helper()
	page, err := server.Page(t.Context(), server.CodeAddress("cafe"))
	if err != nil {
		t.Fatal(err)
	}
	jump, err := server.Confirm(t.Context(), server.CodeAddress("cafe"),
		order.Confirmation{Merchant: "cafe", Revision: page.Revision, Total: page.Total, Key: "phone"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Order(t.Context(), jump.Order)
	if err != nil {
		t.Fatal(err)
	}
	s.State, s.Version, s.Changed = order.StatePaid, s.Version+2, time.Now()
	s.Payment = &order.Payment{Component: "blue", Attempt: "1", Reference: "r1", Amount: s.Order.Total, At: time.Now()}
	if err := server.Notify(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return jump.Order
}

// While nobody answers at the gateway, a refund is kept and booked as one that may
// yet be made; the program says how to go on with it, and the same ID is the same
// refund. What cannot be refunded is refused in the library's words.
func TestARefundIsKeptAndBookedBeforeItIsAnswered(t *testing.T) {
	t.Chdir(t.TempDir())
	b, id := testSale(t)
	var first string
	for i, step := range []struct {
		args    string // after those that every run has; FIRST is the first refund's ID
		says    string
		again   string // what is said of going on with it
		pending string // in the books then
	}{
		{"-amount 5.00 -reason cake", "acquirer.Refund: unavailable: the refund is kept", "-amount 5.00 -refund-id ", "5.00"},
		{"-refund-id FIRST", "acquirer.Refund: unavailable: the refund is kept", "-amount 5.00 -refund-id FIRST", "5.00"},
		{"-refund-id FIRST -amount 5.00 -reason cake", "acquirer.Refund: unavailable: the refund is kept", "-amount 5.00 -refund-id FIRST", "5.00"},
		{"-refund-id FIRST -amount 6.00", "idempotency_key_reused: the ID stands for another refund, of 5.00 CNY", "", "5.00"},
		{"-amount 20.01", "refused: 20.01 CNY are more than is left of the payment: 20.00 CNY of 25.00 CNY", "", "5.00"},
		{"-amount 5.001", `"5.001" is not an amount of CNY: want digits, at most 2 after the point`, "", "5.00"},
		{"-refund " + string(order.NewID(time.Now())), "acquirer.Order: not_found", "", "5.00"},
		{"", "acquirer.Refund: unavailable: the refund is kept", "-amount 20.00 -refund-id ", "25.00"},
		{"", "nothing is left of the payment, 25.00 CNY", "", "25.00"},
	} {
		args := strings.Fields("-keys bank.json -gateway http://gateway.localhost:1 -refund " + string(id) + " " + strings.ReplaceAll(step.args, "FIRST", first))
		status, out, stderr := acquirerProgram(t, args...)
		if first == "" {
			first = strings.TrimSpace(strings.TrimPrefix(out, "refund  "))
		}
		again := strings.ReplaceAll(step.again, "FIRST", first)
		if status != 1 || !strings.Contains(stderr, step.says) || !strings.Contains(stderr, again) || again == "" && strings.Contains(stderr, "-refund-id") {
			t.Errorf("%d: status %d, %s%s; want %q and %q", i, status, out, stderr, step.says, again)
		}
		sales, err := b.latest(t.Context())
		if err != nil || len(sales) != 1 {
			t.Fatalf("%d sales, %v", len(sales), err)
		}
		if diff := cmp.Diff([]string{"", step.pending, "25.00"}, []string{sales[0].Refunded, sales[0].Pending, sales[0].Net}); diff != "" {
			t.Errorf("%d: the books differ: %s", i, diff)
		}
	}
}

package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// A sale is one payment of the day, what goes back of it, and what goes wrong with
// the records.
type sale struct {
	what  string
	back  int64                                        // minor units that the acquirer gives back
	spoil func(*town, context.Context, order.ID) error // after all that; nil spoils nothing
	deaf  bool                                         // the acquirer does not hear that it is paid
	owed  bool                                         // nobody pays it
}

// sales are a day's. What each break is called stands in expected.
func sales() []sale {
	change := func(statement string) func(*town, context.Context, order.ID) error {
		return func(t *town, ctx context.Context, id order.ID) error {
			return t.spoil(ctx, t.orders, statement, string(id))
		}
	}
	return []sale{
		{what: "all agree"},
		{what: "all agree, also that a part went back", back: 800},
		{what: "the acquirer's record is lost", spoil: change(`DELETE FROM acquirer_orders WHERE order_id = $1`)},
		{what: "the acquirer's record has another amount",
			spoil: change(`UPDATE acquirer_orders SET message = replace(message, '"amount":2500', '"amount":2600') WHERE order_id = $1`)},
		{what: "the acquirer does not hear that it is paid", deaf: true},
		{what: "the acquirer believes in a payment that never was", spoil: (*town).believe, owed: true},
		{what: "the acquirer's record of its refund is lost", back: 2500, spoil: change(`DELETE FROM acquirer_refunds WHERE order_id = $1`)},
		{what: "all agree"},
	}
}

// expected are the breaks that the acquirer should find, in the order of sales; ""
// is none.
func expected() []string {
	return []string{"", "", "missing_here", "amount", "state", "missing_there", "missing_here", ""}
}

// pay takes one payment, from the merchant page until the acquirer knows.
func (t *town) pay(ctx context.Context, s sale) (order.ID, error) {
	address := t.acquirer.CodeAddress("cafe")
	page, err := t.acquirer.Page(ctx, address)
	if err != nil {
		return "", err
	}
	jump, err := t.acquirer.Confirm(ctx, address, order.Confirmation{Merchant: "cafe", Revision: page.Revision, Total: page.Total, Key: rand.Text()})
	if err != nil || s.owed {
		return jump.Order, err
	}
	t.mu.Lock()
	t.unheard[jump.Order] = s.deaf
	t.mu.Unlock()
	a, err := t.gateway.Begin(ctx, jump.Address, gateway.Beginning{Component: blue, Key: "1",
		Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}, Actions: []component.ActionKind{component.ActionRedirect}})
	if err != nil {
		return jump.Order, err
	}
	back, err := t.app.Invoke(ctx, *a.Action)
	if err != nil {
		return jump.Order, err
	}
	if _, err := t.gateway.Resume(ctx, a.ReturnAddress, back); err != nil || s.deaf {
		return jump.Order, err
	}
	_, err = t.until(ctx, jump.Order, func(s order.Status) bool { return s.State == order.StatePaid })
	return jump.Order, err
}

// giveBack gives money of an order back, and waits until the acquirer knows. number
// is the refund's at the gateway, which both sides know it by.
func (t *town) giveBack(ctx context.Context, id order.ID, amount int64) (number string, err error) {
	s, err := t.acquirer.Refund(ctx, order.RefundRequest{ID: order.NewID(t.clock()), Order: id, Amount: order.Money{Amount: amount, Currency: "CNY"}})
	if err == nil {
		s, err = t.until(ctx, id, func(s order.Status) bool { return s.Refunds[0].State.Final() })
	}
	if err != nil {
		return "", err
	}
	return s.Refunds[0].Number, nil
}

// until waits until the acquirer has heard enough of an order.
func (t *town) until(ctx context.Context, id order.ID, enough func(order.Status) bool) (s order.Status, err error) {
	for {
		if s, err = t.acquirer.Order(ctx, id); err != nil || enough(s) {
			return s, err
		}
		select {
		case <-t.heard:
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
}

// spoil changes a record behind its server's back.
func (t *town) spoil(ctx context.Context, db *store.Store, statement string, args ...any) error {
	return db.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
}

// believe tells the acquirer what the gateway never said.
func (t *town) believe(ctx context.Context, id order.ID) error {
	s, err := t.acquirer.Order(ctx, id)
	if err != nil {
		return err
	}
	s.State, s.Version, s.Changed = order.StatePaid, s.Version+2, t.clock()
	s.Payment = &order.Payment{Component: blue, Attempt: "never", Reference: "never", Amount: s.Order.Total, At: t.clock()}
	return t.acquirer.Notify(ctx, s)
}

// outside is a payment that the wallet company takes for the gateway and that the
// gateway knows nothing of.
func (t *town) outside(ctx context.Context) error {
	p, err := t.wallet.Begin(ctx, component.Attempt{ID: "outside", Acquirer: bank, Merchant: "cafe", MerchantName: "Corner Café",
		Amount: order.Money{Amount: 999, Currency: "CNY"}, Expires: t.clock().Add(time.Hour), ReturnAddress: there + "/return",
		NotifyAddress: there + "/notify", Actions: []component.ActionKind{component.ActionRedirect}})
	if err != nil {
		return err
	}
	if p.Action == nil {
		return fmt.Errorf("the wallet company takes no payment: %+v", p)
	}
	_, err = t.app.Invoke(ctx, *p.Action)
	return err
}

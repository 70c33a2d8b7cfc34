package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
)

// giveBack asks for a refund and shows how it stands.
func (f flags) giveBack(ctx context.Context, out, stderr io.Writer) (err error) {
	office, done, err := f.office(ctx, stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	s, err := office.Order(ctx, order.ID(f.refund))
	if err != nil {
		return err
	}
	q, err := f.request(s)
	if err != nil {
		return err
	}
	// Whatever happens from here on, who has the ID can go on with this refund
	// instead of making another.
	if _, err := fmt.Fprintf(out, "refund  %s\n", q.ID); err != nil {
		return err
	}
	if s, err = askForRefund(ctx, office, q); err != nil {
		return err
	}
	return showRefund(out, s, q.ID)
}

// request is what the flags ask for: a new refund, or with the ID of one that the
// order has, that one.
func (f flags) request(s order.Status) (order.RefundRequest, error) {
	q := order.RefundRequest{ID: order.ID(f.refundID), Order: s.Order.ID, Reason: f.reason, Amount: left(s)}
	if q.ID == "" {
		q.ID = order.NewID(time.Now())
	}
	was, known := refundOf(s, q.ID)
	if known {
		q.Amount = was.Amount
	}
	if known && q.Reason == "" {
		q.Reason = was.Reason
	}
	if f.amount == "" {
		if q.Amount.Amount < 1 {
			return q, fmt.Errorf("nothing is left of the payment, %s", s.Order.Total)
		}
		return q, nil
	}
	var err error
	q.Amount, err = order.ParseMoney(f.amount, s.Order.Total.Currency)
	return q, err
}

// askForRefund asks once: the server that serves asks on by itself for what was kept.
func askForRefund(ctx context.Context, office *acquirer.Server, q order.RefundRequest) (order.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s, err := office.Refund(ctx, q)
	if order.CodeOf(err).Retryable() {
		err = fmt.Errorf("%w; to ask again for the same refund, run the same command with -amount %s -refund-id %s", err, q.Amount.Decimal(), q.ID)
	}
	return s, err
}

func showRefund(out io.Writer, s order.Status, id order.ID) error {
	r, _ := refundOf(s, id)
	state := string(r.State)
	if r.Failure != "" {
		state += ", " + console.Printable(r.Failure)
	}
	_, err := fmt.Fprintf(out, "state   %s\nleft    %s of %s\n", state, left(s), s.Order.Total)
	return err
}

// left is what of the order can still be refunded.
func left(s order.Status) order.Money {
	return order.Money{Amount: order.Left(s.Order.Total, s.Refunds), Currency: s.Order.Total.Currency}
}

func refundOf(s order.Status, id order.ID) (order.Refund, bool) {
	i := slices.IndexFunc(s.Refunds, func(r order.Refund) bool { return r.ID == id })
	if i < 0 {
		return order.Refund{}, false
	}
	return s.Refunds[i], true
}

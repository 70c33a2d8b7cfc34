package alipay

import (
	"context"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// grace is how long after its expiry a payment that Alipay has not heard of may
// still come to be: Alipay's clock and ours differ, and a trade that is made in
// the last moment has to be found.
const grace = 5 * time.Minute

// lookup is the biz_content of alipay.trade.query and alipay.trade.close.
type lookup struct {
	Number string `json:"out_trade_no"`
}

// Query implements component.Querier: it asks Alipay. A trade that Alipay does
// not know is pending until five minutes after the attempt expires, since the
// payer may hold a redirect that was not opened yet, and has failed from then on:
// Alipay's page takes no payment after the time that the redirect names.
func (c *Component) Query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	e, err := c.query(ctx, a)
	return e, named("alipay.Query", err)
}

func (c *Component) query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	t, known, err := c.look(ctx, a)
	switch {
	case err != nil:
		return component.Evidence{}, err
	case !known:
		return c.absent(a)
	}
	e, err := t.evidence()
	if err != nil {
		return component.Evidence{}, unreadable(err)
	}
	return e, nil
}

// look asks for the trade of the attempt; known is false when Alipay has none.
func (c *Component) look(ctx context.Context, a component.Attempt) (t trade, known bool, err error) {
	if err := checkNumber(a.ID); err != nil {
		return t, false, order.Errorf(order.CodeInvalid, "", "the attempt %w", err)
	}
	word, err := c.call(ctx, "alipay.trade.query", lookup{a.ID}, &t)
	switch {
	case err != nil || word == notExist:
		return t, false, err
	case word != "":
		return t, false, unknown("Alipay could not say", fmt.Errorf("sub_code %.64q", word))
	case t.Number != a.ID:
		return t, false, unreadable(fmt.Errorf("it is about trade %.40q, not %q", t.Number, a.ID))
	}
	return t, true, nil
}

// absent is what it means that Alipay does not know the trade.
func (c *Component) absent(a component.Attempt) (component.Evidence, error) {
	switch {
	case a.Reference != "":
		return component.Evidence{}, unknown("Alipay has forgotten a trade that it had named", nil)
	case c.options.Now().Before(expiry(a).Add(grace)):
		return component.Evidence{Outcome: component.OutcomePending, Attempt: a.ID}, nil
	}
	return component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: reasonExpired}, nil
}

// Cancel implements component.Canceler: it closes the trade with
// alipay.trade.close, which Alipay does while the payer has not paid. It never
// uses alipay.trade.cancel, which gives money back.
//
// Alipay cannot close what it does not know, and a redirect that was handed out
// makes a trade whenever it is opened. Such an attempt stays pending until nobody
// can pay it any more, as with Query: whoever cancels waits for the expiry, so
// let orders that are paid with Alipay expire soon.
func (c *Component) Cancel(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	const op = "alipay.Cancel"
	if err := checkNumber(a.ID); err != nil {
		return component.Evidence{}, order.Errorf(order.CodeInvalid, op, "the attempt %w", err)
	}
	var closed trade
	_, err := c.call(ctx, "alipay.trade.close", lookup{a.ID}, &closed)
	switch {
	case err != nil:
		return component.Evidence{}, named(op, err)
	case closed.Number == "": // paid, closed before, not known, not now; or closed, and not said what
		e, err := c.query(ctx, a)
		return e, named(op, err)
	case closed.Number != a.ID:
		return component.Evidence{}, named(op, unreadable(fmt.Errorf("it is about trade %.40q, not %q", closed.Number, a.ID)))
	}
	return component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reference: closed.Reference, Reason: reasonCanceled}, nil
}

package wechatpay

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// grace is how long after its expiry a payment may still come to be and be paid:
// WeChat Pay takes requests that were signed up to 5 minutes ago, gives every payment
// a minute at least, and its clock differs from ours.
const grace = 10 * time.Minute

// closing is the body of …/close.
type closing struct {
	MchID string `json:"mchid"`
}

// Query implements component.Querier: it asks WeChat Pay. A payment that nobody paid
// is pending until ten minutes after the attempt expires; from then on Query closes
// it, and it has failed. One that WeChat Pay does not know has failed then too, for
// nothing that was signed in time is taken any more.
func (c *Component) Query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	e, err := c.query(ctx, a)
	return e, named("wechatpay.Query", err)
}

// asked is what WeChat Pay says, as progress.
func (c *Component) asked(ctx context.Context, a component.Attempt) (component.Progress, error) {
	e, err := c.query(ctx, a)
	if err != nil {
		return component.Progress{}, err
	}
	return component.Progress{Evidence: &e, Reference: e.Reference}, nil
}

func (c *Component) query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	e, err := c.state(ctx, a)
	if err != nil || e.Outcome != component.OutcomePending || !c.late(a) {
		return e, err
	}
	return c.close(ctx, a, reasonExpired)
}

// state is what WeChat Pay says of the payment as it is.
func (c *Component) state(ctx context.Context, a component.Attempt) (component.Evidence, error) {
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

// late reports that nobody can pay any more, unless the payment says otherwise.
func (c *Component) late(a component.Attempt) bool {
	return !c.options.Now().Before(expiry(a).Add(grace))
}

func numbered(a component.Attempt) string { return "/v3/pay/transactions/out-trade-no/" + a.ID }

// look asks for the payment of the attempt; known is false when WeChat Pay has none.
func (c *Component) look(ctx context.Context, a component.Attempt) (t transaction, known bool, err error) {
	if err := checkNumber(a.ID); err != nil {
		return t, false, order.Errorf(order.CodeInvalid, "", "the attempt %w", err)
	}
	no, err := c.call(ctx, http.MethodGet, numbered(a)+"?mchid="+c.settings.MchID, nil, &t)
	switch {
	case err != nil:
		return t, false, err
	case no != nil && no.Code == faultNoOrder:
		return t, false, nil
	case no != nil:
		return t, false, no.err()
	case t.Number != a.ID:
		return t, false, unreadable(fmt.Errorf("it is about payment %.40q, not %q", t.Number, a.ID))
	}
	if err := c.ours(t); err != nil {
		return t, false, unreadable(err)
	}
	return t, true, nil
}

// absent is what it means that WeChat Pay does not know the payment.
func (c *Component) absent(a component.Attempt) (component.Evidence, error) {
	switch {
	case a.Reference != "":
		return component.Evidence{}, unknown("WeChat Pay has forgotten a payment that it had named", nil)
	case !c.late(a):
		return component.Evidence{Outcome: component.OutcomePending, Attempt: a.ID}, nil
	}
	return component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: reasonExpired}, nil
}

// Cancel implements component.Canceler: it closes the payment (关闭订单), which WeChat
// Pay does while the payer has not paid. It never gives money back.
//
// WeChat Pay cannot close what it does not know. Such an attempt stays pending until
// nobody can pay it any more, as with Query: for ProductJSAPI that is one whose payer
// has not said yet who they are.
func (c *Component) Cancel(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	const op = "wechatpay.Cancel"
	if err := checkNumber(a.ID); err != nil {
		return component.Evidence{}, order.Errorf(order.CodeInvalid, op, "the attempt %w", err)
	}
	e, err := c.close(ctx, a, reasonCanceled)
	return e, named(op, err)
}

// close closes the payment, or says why it is not closed.
func (c *Component) close(ctx context.Context, a component.Attempt, reason string) (component.Evidence, error) {
	no, err := c.call(ctx, http.MethodPost, numbered(a)+"/close", closing{c.settings.MchID}, nil)
	switch {
	case err != nil:
		return component.Evidence{}, err
	case no == nil:
		return component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: reason}, nil
	case no.Code == faultNoOrder:
		return c.absent(a)
	}
	e, err := c.state(ctx, a) // paid, closed before, or not now
	if err == nil && e.Outcome == component.OutcomePending && c.late(a) {
		err = no.err()
	}
	return e, err
}

package webpayment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// sheet is the data of the payment request (Payment Request API, PaymentMethodData):
// what the payment handler is given, beside the total that the page shows.
type sheet struct {
	Request string `json:"request"` // the token with which the payment was begun
}

// Begin implements component.Component. It tells the operator of the payment, which
// comes to be there however often it is told, and answers with the payment request;
// the same signed token goes to the operator and, through the browser, to the payment
// handler. A payment that is decided already, or past its time, is asked about.
func (c *Component) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	p, err := c.begin(ctx, a)
	return p, named("webpayment.Begin", err)
}

func (c *Component) begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	if err := c.beginnable(a); err != nil {
		return component.Progress{}, err
	}
	if c.options.Now().Unix() >= a.Expires.Unix() {
		return c.progress(c.payment(ctx, doQuery, a))
	}
	token, err := c.token(c.newRequest(doBegin, a))
	if err != nil {
		return component.Progress{}, err
	}
	e, err := c.told(ctx, token, a)
	if err != nil || e.Outcome != component.OutcomePending {
		return c.progress(e, err)
	}
	data, err := json.Marshal(sheet{token})
	if err != nil {
		return component.Progress{}, &order.Error{Code: order.CodeInternal, Err: err}
	}
	return component.Progress{Reference: e.Reference, Action: &component.Action{
		PaymentRequest: &component.PaymentRequest{Method: c.settings.Method, Data: data}}}, nil
}

// Resume implements component.Component. Data is the details of the PaymentResponse
// as JSON, {"token": "…"}, where the token is the operator's statement about the
// payment. What the operator signed is as good as if it had been asked. Without such
// a token, or with one that decides nothing or is not genuine, the operator is asked.
func (c *Component) Resume(ctx context.Context, a component.Attempt, r component.Return) (component.Progress, error) {
	const op = "webpayment.Resume"
	if err := ended(ctx); err != nil {
		return component.Progress{}, named(op, err)
	}
	e, brought := c.brought(a, r.Data)
	if brought == nil && e.Outcome != component.OutcomePending {
		return c.progress(e, nil)
	}
	p, err := c.progress(c.payment(ctx, doQuery, a))
	if err != nil && brought != nil && r.Data != "" {
		err = &order.Error{Code: order.CodeOf(err), Detail: "what the payment handler gave back decides nothing, and the operator could not be asked",
			Err: errors.Join(brought, err)}
	}
	return p, named(op, err)
}

// brought is what the details of a payment response prove of the attempt.
func (c *Component) brought(a component.Attempt, data string) (component.Evidence, error) {
	token, err := details(data)
	if err != nil {
		return component.Evidence{}, err
	}
	s, err := c.read(token, kindPayment)
	if err != nil {
		return component.Evidence{}, err
	}
	if s.Payment != a.ID {
		return component.Evidence{}, fmt.Errorf("the token is about payment %.40q, not %q", s.Payment, a.ID)
	}
	return s.evidence()
}

// details is the token in the details of a payment response.
func details(data string) (token string, err error) {
	if len(data) > maxToken+1<<10 {
		return "", fmt.Errorf("the details have %d bytes: at most %d", len(data), maxToken+1<<10)
	}
	var d struct {
		Token string `json:"token"`
	}
	switch err := json.Unmarshal([]byte(data), &d); {
	case err != nil:
		return "", errors.New(`the details are not {"token": "…"} as JSON`)
	case d.Token == "":
		return "", errors.New("there is no token in the details")
	}
	return d.Token, nil
}

func (c *Component) progress(e component.Evidence, err error) (component.Progress, error) {
	if err != nil {
		return component.Progress{}, err
	}
	return component.Progress{Evidence: &e, Reference: e.Reference}, nil
}

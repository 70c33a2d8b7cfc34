package webpayment

import (
	"context"
	"net/http"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Receive implements component.Receiver. The body is the operator's statement about
// a payment, a token; the acknowledgement is an empty answer with status 200.
//
// Errors are *order.Error: CodeUnauthenticated for a forged, changed or foreign one,
// CodeTooLarge, and CodeInvalid for one that is signed but makes no sense here. Each
// says what was wrong, and none is retryable: the gateway asks by itself.
func (c *Component) Receive(_ context.Context, n component.Notification) (component.Received, error) {
	const op = "webpayment.Receive"
	if len(n.Body) > maxToken {
		return component.Received{}, order.Errorf(order.CodeTooLarge, op, "the notification has more than %d bytes", maxToken)
	}
	s, err := c.read(string(n.Body), kindPayment)
	if err != nil {
		return component.Received{}, &order.Error{Code: order.CodeUnauthenticated, Op: op, Detail: err.Error()}
	}
	e, err := s.evidence()
	if err != nil {
		return component.Received{}, order.Errorf(order.CodeInvalid, op, "the notification makes no sense here: %w", err)
	}
	return component.Received{Evidence: &e, Acknowledge: component.Acknowledgement{Status: http.StatusOK}}, nil
}

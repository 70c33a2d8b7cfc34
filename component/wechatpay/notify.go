package wechatpay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const maxNotice = 64 << 10 // bytes

// notice is the body of a notification.
type notice struct {
	ID       string   `json:"id"`
	Event    string   `json:"event_type"`
	Resource resource `json:"resource"`
}

// Receive implements component.Receiver. It takes only a notification that WeChat
// Pay signed, in the last five minutes, and, of a payment, encrypted for this merchant
// and made for its app. One about something else, such as a refund, is acknowledged and
// proves nothing about a payment. The acknowledgement is status 204.
//
// Errors are *order.Error: CodeUnauthenticated for a forged, changed, stale or foreign
// one, CodeTooLarge, and CodeInvalid for one that is signed but makes no sense here.
// Each says what was wrong, and none is retryable: WeChat Pay sends it again by itself,
// signed anew, and the gateway asks.
func (c *Component) Receive(_ context.Context, n component.Notification) (component.Received, error) {
	e, err := c.receive(n)
	if err != nil {
		return component.Received{}, named("wechatpay.Receive", err)
	}
	return component.Received{Evidence: e, Acknowledge: component.Acknowledgement{Status: http.StatusNoContent}}, nil
}

func (c *Component) receive(n component.Notification) (*component.Evidence, error) {
	switch {
	case len(n.Body) > maxNotice:
		return nil, order.Errorf(order.CodeTooLarge, "", "the notification has more than %d bytes", maxNotice)
	case len(n.Body) == 0:
		return nil, order.Errorf(order.CodeUnauthenticated, "", "the body is empty: was it read before it came here?")
	}
	if err := c.authentic(n.Header, n.Body); err != nil {
		return nil, &order.Error{Code: order.CodeUnauthenticated, Detail: err.Error()}
	}
	var told notice
	if err := json.Unmarshal(n.Body, &told); err != nil {
		return nil, nonsense(fmt.Errorf("it is no JSON object of the form that WeChat Pay sends"))
	}
	if told.Event != "TRANSACTION.SUCCESS" {
		return nil, nil
	}
	return c.told(told.Resource)
}

// told is what a notification about a payment proves.
func (c *Component) told(r resource) (*component.Evidence, error) {
	plain, err := c.open(r)
	if err != nil {
		return nil, nonsense(err)
	}
	var t transaction
	if err := json.Unmarshal(plain, &t); err != nil {
		return nil, nonsense(fmt.Errorf("its resource is not a payment"))
	}
	if err := c.ours(t); err != nil {
		return nil, &order.Error{Code: order.CodeUnauthenticated, Detail: err.Error()}
	}
	e, err := t.evidence()
	if err != nil {
		return nil, nonsense(err)
	}
	return &e, nil
}

func nonsense(err error) error {
	return order.Errorf(order.CodeInvalid, "", "the notification makes no sense here: %w", err)
}

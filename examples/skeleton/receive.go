package skeleton

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// The headers of a notification: whom it is for, and HMAC-SHA256 over its body with
// that merchant's key, in hexadecimal.
const (
	headerMerchant  = "Piggy-Merchant"
	headerSignature = "Piggy-Signature"
)

// Receive implements component.Receiver. What it proves does not depend on when it
// came, so that an old one does no harm.
func (c *Component) Receive(_ context.Context, n component.Notification) (component.Received, error) {
	const op = "skeleton.Receive"
	if len(n.Body) > maxBody {
		return component.Received{}, order.Errorf(order.CodeTooLarge, op, "the notification has %d bytes: want at most %d", len(n.Body), maxBody)
	}
	if err := c.verify(op, n); err != nil {
		return component.Received{}, err
	}
	var p payment
	if err := json.Unmarshal(n.Body, &p); err != nil {
		return component.Received{}, order.Errorf(order.CodeInvalid, op, "the notification is signed, and no JSON of a payment")
	}
	e, err := p.evidence(op)
	if err != nil {
		return component.Received{}, order.Errorf(order.CodeInvalid, op, "the notification is signed, and makes no sense: %v", err)
	}
	return component.Received{Evidence: &e}, nil
}

func (c *Component) verify(op string, n component.Notification) error {
	signature, err := hex.DecodeString(n.Header.Get(headerSignature))
	mac := hmac.New(sha256.New, c.settings.Key.Reveal())
	mac.Write(n.Body)
	switch {
	case len(n.Header.Values(headerMerchant)) != 1 || len(n.Header.Values(headerSignature)) != 1:
		return order.Errorf(order.CodeUnauthenticated, op, "want one header %s and one %s", headerMerchant, headerSignature)
	case n.Header.Get(headerMerchant) != c.settings.Merchant:
		return order.Errorf(order.CodeUnauthenticated, op, "it is for the merchant %.40q, not %q", n.Header.Get(headerMerchant), c.settings.Merchant)
	case err != nil || len(signature) != sha256.Size:
		return order.Errorf(order.CodeUnauthenticated, op, "the header %s is not %d digits of hexadecimal", headerSignature, 2*sha256.Size)
	case !hmac.Equal(signature, mac.Sum(nil)):
		return order.Errorf(order.CodeUnauthenticated, op, "the signature is wrong: another key, or not the body as it was sent")
	}
	return nil
}

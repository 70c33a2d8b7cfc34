package alipay

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const (
	maxNotice = 64 << 10         // bytes
	future    = 15 * time.Minute // that Alipay's clock may be ahead
	past      = 48 * time.Hour   // Alipay tries for 25 hours
)

// Receive implements component.Receiver. It takes only a notification that Alipay
// signed, with sign_type RSA2, for this app and, where the settings name one, this
// seller. A notification about something else than a trade is acknowledged and
// proves nothing. The acknowledgement is what Alipay waits for, "success".
//
// Errors are *order.Error: CodeUnauthenticated for a forged, changed, stale or
// foreign one, CodeTooLarge, and CodeInvalid for one that is signed but makes no
// sense here. Each says what was wrong, and none is retryable: Alipay sends it
// again by itself, and the gateway asks.
func (c *Component) Receive(_ context.Context, n component.Notification) (component.Received, error) {
	e, err := c.receive(n)
	if err != nil {
		return component.Received{}, named("alipay.Receive", err)
	}
	return component.Received{Evidence: e, Acknowledge: component.Acknowledgement{
		Status: http.StatusOK, ContentType: "text/plain; charset=utf-8", Body: []byte("success")}}, nil
}

func (c *Component) receive(n component.Notification) (*component.Evidence, error) {
	if len(n.Body) > maxNotice {
		return nil, order.Errorf(order.CodeTooLarge, "", "the notification has more than %d bytes", maxNotice)
	}
	f, err := parseForm(n.Body)
	if err == nil {
		err = c.genuine(f)
	}
	if err != nil {
		return nil, &order.Error{Code: order.CodeUnauthenticated, Detail: err.Error()}
	}
	p := f.parameters()
	if p["notify_type"] != "trade_status_sync" {
		return nil, nil
	}
	e, err := told(p).evidence()
	if err != nil {
		return nil, order.Errorf(order.CodeInvalid, "", "the notification makes no sense here: %w", err)
	}
	return &e, nil
}

// told is the trade that a notification is about.
func told(p parameters) trade {
	return trade{Number: p["out_trade_no"], Reference: p["trade_no"], Status: p["trade_status"], Total: p["total_amount"],
		Currency: p["trans_currency"], PaidAt: p["gmt_payment"], Received: p["receipt_amount"], Refunded: p["refund_fee"], RefundAt: p["gmt_refund"]}
}

// genuine checks who signed what for whom, and when.
func (c *Component) genuine(f form) error {
	p := f.parameters()
	if charset := p["charset"]; !strings.EqualFold(charset, "utf-8") {
		return fmt.Errorf("the charset is %.20q: want utf-8, which the payment asked for", charset)
	}
	if kind := p["sign_type"]; kind != "RSA2" {
		return fmt.Errorf("the sign_type is %.20q: want RSA2, which the app has to be set to at Alipay", kind)
	}
	if err := c.keys.verify(p.text("sign", "sign_type"), p["sign"], f.mistakes); err != nil {
		return fmt.Errorf("%w (%s)", err, f.names())
	}
	if p["app_id"] != c.settings.AppID {
		return fmt.Errorf("the notification is for the app %.40q, not %q", p["app_id"], c.settings.AppID)
	}
	if c.settings.Seller != "" && p["seller_id"] != c.settings.Seller {
		return fmt.Errorf("the notification is for the seller %.40q, not %q", p["seller_id"], c.settings.Seller)
	}
	return c.timely(p["notify_time"])
}

// timely refuses what is old enough to be a replay, or comes before its time.
func (c *Component) timely(sent string) error {
	at, err := parseStamp(sent)
	if err != nil || sent == "" {
		return fmt.Errorf("the notify_time %.40q is not like %q", sent, clock)
	}
	switch ahead := at.Sub(c.options.Now()).Truncate(time.Second); {
	case ahead > future:
		return fmt.Errorf("the notify_time %s is %s ahead of this machine's clock: is the clock wrong?", sent, ahead)
	case ahead < -past:
		return fmt.Errorf("the notification is %s old by its notify_time %s: a replay, or the clock is wrong", -ahead, sent)
	}
	return nil
}

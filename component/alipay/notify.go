package alipay

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const (
	maxNotice = 64 << 10 // bytes
	maxFields = 200
	maxName   = 64 // bytes

	future = 15 * time.Minute // that Alipay's clock may be ahead
	past   = 48 * time.Hour   // Alipay tries for 25 hours
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

// form is the parameters of a notification in the order in which they came.
type form []field

type field struct {
	name, value string
	raw         string // the value as it came
}

// parseForm reads application/x-www-form-urlencoded more strictly than a browser
// writes it: what stands twice is signed once, and what could be read as two
// parameters is not clearly signed at all.
func parseForm(body []byte) (form, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, fmt.Errorf("the body is empty: was it read before it came here?")
	}
	var f form
	for pair := range strings.SplitSeq(string(body), "&") {
		one, err := parseField(pair)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(f, func(other field) bool { return other.name == one.name }) {
			return nil, fmt.Errorf("the parameter %s stands in it twice", one.name)
		}
		if f = append(f, one); len(f) > maxFields {
			return nil, fmt.Errorf("the notification has more than %d parameters", maxFields)
		}
	}
	return f, nil
}

func parseField(pair string) (f field, err error) {
	name, raw, _ := strings.Cut(pair, "=")
	if !plain(name) {
		return f, fmt.Errorf("the body is not the form that Alipay sends: %.40q is no name of a parameter", name)
	}
	value, err := url.QueryUnescape(raw)
	if err != nil {
		return f, fmt.Errorf("the parameter %s is not encoded as a form: was the body decoded before it came here?", name)
	}
	if _, after, found := strings.Cut(value, "&"); found && strings.Contains(after, "=") {
		return f, fmt.Errorf("the parameter %s holds & and =: Alipay's signature does not tell it from two parameters", name)
	}
	return field{name, value, raw}, nil
}

func plain(name string) bool {
	return name != "" && len(name) <= maxName && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == ""
}

func (f form) parameters() parameters {
	p := parameters{}
	for _, one := range f {
		p[one.name] = one.value
	}
	return p
}

// names are what came, for those who look for what was dropped on the way.
func (f form) names() string {
	var names []string
	for _, one := range f {
		names = append(names, one.name)
	}
	slices.Sort(names)
	all := strings.Join(names, " ")
	return "it came with: " + all[:min(len(all), 1000)]
}

// mistakes are the other texts that a notification could have been signed as.
func (f form) mistakes() []mistake {
	p, encoded, full := f.parameters(), parameters{}, parameters{}
	var unsorted []string
	for _, one := range f {
		encoded[one.name] = one.raw
		if one.value != "" {
			full[one.name] = one.value
		}
		if one.name != "sign" && one.name != "sign_type" {
			unsorted = append(unsorted, one.name+"="+one.value)
		}
	}
	return []mistake{
		{strings.Join(unsorted, "&"), "the sign is over the parameters in the order of the body: want them sorted by name"},
		{p.text("sign"), "the sign is over sign_type too: want it left out"},
		{encoded.text("sign", "sign_type"), "the sign is over the values as the body encodes them: want them decoded"},
		{full.text("sign", "sign_type"), "the sign leaves parameters without a value out: want all of them"},
	}
}

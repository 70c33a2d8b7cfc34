package stripe_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/textproto"
	"strconv"
	"time"

	"github.com/anyscan/anyscan/component"
)

// tell makes the event that Stripe sends about a session.
func (f *fake) tell(kind string, s *fakeSession) {
	f.events = append(f.events, f.event(kind, f.render(s, false)))
}

func (f *fake) event(kind string, object map[string]any) map[string]any {
	return map[string]any{"id": f.id("evt"), "object": "event", "type": kind, "api_version": "2026-10-28.endive", "created": f.now().Unix(), "livemode": false,
		"pending_webhooks": 1, "request": map[string]any{"id": nil, "idempotency_key": nil}, "data": map[string]any{"object": object}}
}

// letter is an event as it arrives, signed now.
func (f *fake) letter(event map[string]any) component.Notification {
	return signed(encode(event), f.now(), testSecret)
}

// letters are all events that were sent, each signed now, as Stripe does whenever it
// sends one again.
func (f *fake) letters() (all []component.Notification) {
	for _, event := range f.events {
		all = append(all, f.letter(event))
	}
	return all
}

// about is the newest event, with changes to its session; nil takes a field away.
func (f *fake) about(kind string, s *fakeSession, changes map[string]any) map[string]any {
	object := f.render(s, false)
	maps.Copy(object, changes)
	for name, value := range changes {
		if value == nil {
			delete(object, name)
		}
	}
	return f.event(kind, object)
}

// signed is a notification with the signature of docs.stripe.com/webhooks: HMAC with
// SHA-256 over the time, a point and the body.
func signed(body []byte, at time.Time, secret string) component.Notification {
	t := strconv.FormatInt(at.Unix(), 10)
	return notification(body, fmt.Sprintf("t=%s,v1=%s,v0=%s", t, mac(secret, t+"."+string(body)), mac("v0", string(body))))
}

func notification(body []byte, header ...string) component.Notification {
	return component.Notification{Body: body, Header: textproto.MIMEHeader{"Stripe-Signature": header, "Content-Type": {"application/json; charset=utf-8"}}}
}

func mac(secret, text string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

package webhook

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/anyscan/anyscan/order"
)

// sign makes the three headers of a webhook. v1 stands first for those receivers
// that look at nothing else; the newest key comes first. ok is false when none
// of the keys is held any more.
func (k Keys) sign(endpoint, id order.ID, at time.Time, body []byte, refs []secretRef) (h http.Header, ok bool) {
	var symmetric, asymmetric []string
	for _, r := range refs {
		shared, held := k.shared(endpoint, r)
		private, _ := k.private(endpoint, r)
		if !held {
			continue
		}
		signature, err := v1(shared, id, at, body)
		if err != nil {
			continue
		}
		symmetric = append(symmetric, signature)
		asymmetric = append(asymmetric, v1a(private, id, at, body))
	}
	h = http.Header{}
	h.Set(standard.HeaderWebhookID, string(id))
	h.Set(standard.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(standard.HeaderWebhookSignature, strings.Join(append(symmetric, asymmetric...), " "))
	return h, len(symmetric) > 0
}

// v1 is the HMAC-SHA256 signature, by the standard library.
func v1(shared []byte, id order.ID, at time.Time, body []byte) (string, error) {
	webhook, err := standard.NewWebhookRaw(shared)
	if err != nil {
		return "", err
	}
	return webhook.Sign(string(id), at, body)
}

// v1a is the ed25519 signature, which the standard library does not make
// (standard-webhooks#124): over id, timestamp and body, as v1 is.
func v1a(private ed25519.PrivateKey, id order.ID, at time.Time, body []byte) string {
	signed := fmt.Appendf(nil, "%s.%d.%s", id, at.Unix(), body)
	return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(private, signed))
}

package stripe

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"
)

const (
	signatureHeader = "Stripe-Signature"
	maxHeader       = 4 << 10 // bytes
	maxSignatures   = 16
)

// signature is what the header Stripe-Signature says: t=1492774577,v1=5257a8…,v0=6ffbb5…
type signature struct {
	header string
	at     time.Time
	v1     []string // one for each secret while the endpoint's is rolled
}

// readSignature reads the header more strictly than the SDK, which says little of
// what is wrong with it.
func readSignature(h textproto.MIMEHeader) (s signature, err error) {
	values := h[signatureHeader]
	switch {
	case len(values) == 0 || len(values) == 1 && values[0] == "":
		return s, errors.New("there is no header Stripe-Signature: was it dropped on the way, or is this not Stripe?")
	case len(values) > 1:
		return s, fmt.Errorf("the header Stripe-Signature stands in it %d times", len(values))
	case len(values[0]) > maxHeader:
		return s, fmt.Errorf("the header Stripe-Signature has more than %d bytes", maxHeader)
	}
	s.header = values[0]
	var times, others []string
	for pair := range strings.SplitSeq(s.header, ",") {
		switch name, value, ok := strings.Cut(pair, "="); {
		case !ok || name != strings.TrimSpace(name) || strings.Contains(value, "="):
			return s, fmt.Errorf("the header Stripe-Signature is not like t=…,v1=…: %.40q is no part of it", pair)
		case name == "t":
			times = append(times, value)
		case name == "v1":
			s.v1 = append(s.v1, value)
		default:
			others = append(others, name)
		}
	}
	return s, s.read(times, others)
}

// read checks the parts of the header.
func (s *signature) read(times, others []string) error {
	if len(times) != 1 {
		return fmt.Errorf("the header Stripe-Signature has %d times t: want one", len(times))
	}
	seconds, err := strconv.ParseInt(times[0], 10, 64)
	if err != nil || seconds <= 0 || seconds > 1<<40 || strconv.FormatInt(seconds, 10) != times[0] {
		return fmt.Errorf("the time t=%.40q of the header Stripe-Signature is not seconds since 1970", times[0])
	}
	s.at = time.Unix(seconds, 0)
	switch {
	case len(s.v1) == 0 && len(others) > 0:
		return fmt.Errorf("the header Stripe-Signature has no signature v1, but %.40q: only v1 counts", others)
	case len(s.v1) == 0:
		return errors.New("the header Stripe-Signature has no signature v1")
	case len(s.v1) > maxSignatures:
		return fmt.Errorf("the header Stripe-Signature has %d signatures v1: want at most %d", len(s.v1), maxSignatures)
	}
	for _, v1 := range s.v1 {
		if raw, err := hex.DecodeString(v1); err != nil || len(raw) != 32 {
			return fmt.Errorf("the signature v1=%.70q is not 64 hexadecimal digits", v1)
		}
	}
	return nil
}

// signedWith is the secret that the body was signed with.
func (c *Component) signedWith(body []byte, s signature) (string, error) {
	if len(body) == 0 {
		return "", errors.New("the body is empty: was it read before it came here?")
	}
	var secrets []string
	for _, secret := range c.settings.WebhookSecrets {
		text := string(secret.Reveal())
		if webhook.ValidatePayloadIgnoringTolerance(body, s.header, text) == nil {
			return text, nil
		}
		secrets = append(secrets, text)
	}
	return "", explain(body, s, secrets)
}

package stripe

import (
	"encoding/json"
	"fmt"
	"net/textproto"
	"strings"
	"testing"
	"time"

	sdk "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// FuzzSignature holds the reader of the header to reading what Stripe's own reader
// reads: a header that it takes with a signature that is good, the SDK takes too, at
// the same time and with that signature.
func FuzzSignature(f *testing.F) {
	const secret = "whsec_FAKE"
	body := []byte("{}")
	good := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: secret, Timestamp: time.Unix(1795424400, 0)}).Header
	for _, header := range []string{"", good, good + ",v0=6ffbb5", "v1=00," + good, "t=1," + good, strings.ToUpper(good), strings.ReplaceAll(good, ",", ", "), "t=+1795424400" + good[12:],
		"t=01795424400" + good[12:], "t=", "t=1,v1=", ",", "=", "t=1,v1=" + strings.Repeat("0", 64), good + ",", good + ",x"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		s, err := readSignature(textproto.MIMEHeader{signatureHeader: {header}})
		verified := webhook.ValidatePayloadIgnoringTolerance(body, header, secret) == nil
		if err != nil {
			if len(err.Error()) > 5000 {
				t.Errorf("%q: %v", header, err)
			}
			return
		}
		key := webhook.ComputeSignature(s.at, body, secret)
		text := fmt.Appendf(nil, "%d.%s", s.at.Unix(), body)
		if fits := s.fits(mistake{secret: []byte(secret), text: text}); fits != verified {
			t.Errorf("%q: we %v, the SDK %v (%x)", header, fits, verified, key)
		}
	})
}

// FuzzTold holds the reader of events, without the signature that a fuzzer cannot
// make, to evidence that says no more than the event: succeeded only of a session that
// is paid, failed never of one that is.
func FuzzTold(f *testing.F) {
	for _, object := range []string{`{"id":"cs_1","mode":"payment","status":"complete","payment_status":"paid","amount_total":1230,"currency":"eur","client_reference_id":"a1","metadata":{"attempt":"a1"}}`,
		`{"id":"cs_1","mode":"payment","status":"expired","payment_status":"unpaid","client_reference_id":"a1","metadata":{"attempt":"a1"}}`,
		`{"id":"cs_1","mode":"payment","status":"expired","payment_status":"unpaid","payment_intent":"pi_1","client_reference_id":"a1","metadata":{"attempt":"a1"}}`,
		`"cs_1"`, `null`, `[]`, `{}`, `{"metadata":{"attempt":1}}`, `{"payment_intent":{"latest_charge":{}}}`} {
		for _, kind := range []string{"completed", "async_payment_succeeded", "async_payment_failed", "expired", "x"} {
			f.Add(kind, []byte(object))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, object []byte) {
		event := sdk.Event{Type: sdk.EventType("checkout.session." + kind), Data: &sdk.EventData{Raw: object}}
		e, err := told(event)
		if err != nil || e == nil {
			return
		}
		var s struct {
			ID     string
			Status string `json:"payment_status"`
		}
		if json.Unmarshal(object, &s) != nil {
			return // an object that the SDK reads more leniently
		}
		switch {
		case checkNumber(e.Attempt) != nil || order.CheckText(e.Reference, 128) != nil:
			t.Errorf("%s %q became %+v", kind, object, e)
		case e.Outcome == component.OutcomeSucceeded && (s.Status != "paid" || e.Amount.Validate() != nil):
			t.Errorf("%s %q became %+v", kind, object, e)
		case e.Outcome == component.OutcomeFailed && (s.Status != "unpaid" || e.Reason == ""):
			t.Errorf("%s %q became %+v", kind, object, e)
		}
	})
}

// FuzzAmounts holds the two ways between ISO 4217's minor units and Stripe's to each
// other.
func FuzzAmounts(f *testing.F) {
	for _, code := range []string{"EUR", "JPY", "ISK", "UGX", "MGA", "KWD", "XXX", ""} {
		f.Add(int64(1230), code)
		f.Add(int64(order.MaxAmount), code)
		f.Add(int64(-1), code)
	}
	f.Fuzz(func(t *testing.T, n int64, code string) {
		m, err := fromStripe(n, code)
		if err != nil {
			return
		}
		if back, err := toStripe(m); m.Validate() != nil || err == nil && back != n {
			t.Errorf("%d of %q is %s, and back %d", n, code, m, back)
		}
	})
}

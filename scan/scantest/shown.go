package scantest

import (
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// sessionTexts spoils each text of a session that a payer is shown, with what a
// terminal window would obey and with what turns the direction of reading.
func sessionTexts(t *testing.T, b *bench, terminal func() scan.Terminal) {
	for what, spoil := range spoilt() {
		for _, text := range []string{"Tea\x1b]0;paid\a", "Tea \u202e00.5 YNC", "Tea\u2066"} {
			*b = *newBench(t)
			b.second.alter = func(s *gateway.Session) { spoil(s, text) }
			_, err := b.pay(t, terminal())
			b.wantStop(t, err, scan.StepSession, "host choose", "host result open", "host result paid", "begin blue")
			if t.Failed() {
				t.Fatalf("the %s was %q", what, text)
			}
		}
	}
}

// spoilt puts a text into each place of a session that is shown.
func spoilt() map[string]func(s *gateway.Session, text string) {
	attempt := func(s *gateway.Session) *gateway.Attempt {
		s.Attempt = &gateway.Attempt{ID: "attempt-blue", Component: "blue", State: gateway.AttemptFailed, Reason: "declined"}
		return s.Attempt
	}
	payment := func(s *gateway.Session) *order.Payment {
		s.State, s.Payment = order.StatePaid, &order.Payment{Component: "blue", Reference: "r", Amount: s.Order.Total}
		return s.Payment
	}
	offer := func(s *gateway.Session) *component.Offer {
		s.Offers = append(s.Offers, component.Offer{Name: "red", Kind: "red", Title: "Red"})
		return &s.Offers[len(s.Offers)-1]
	}
	return map[string]func(s *gateway.Session, text string){
		"merchant's name":     func(s *gateway.Session, text string) { s.MerchantName = text },
		"order's description": func(s *gateway.Session, text string) { s.Order.Description = text },
		"name of goods":       func(s *gateway.Session, text string) { s.Order.Lines = []order.Line{{Item: "tea", Name: text}} },
		"offer's title":       func(s *gateway.Session, text string) { offer(s).Title = text },
		"offer's name":        func(s *gateway.Session, text string) { offer(s).Name = text },
		"attempt's component": func(s *gateway.Session, text string) { attempt(s).Component = text },
		"attempt's reason":    func(s *gateway.Session, text string) { attempt(s).Reason = text },
		"payment's component": func(s *gateway.Session, text string) { payment(s).Component = text },
		"payment's reference": func(s *gateway.Session, text string) { payment(s).Reference = text },
	}
}

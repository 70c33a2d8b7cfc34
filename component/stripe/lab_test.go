package stripe_test

import (
	"errors"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/stripe"
	"github.com/anyscan/anyscan/order"
)

// lab is a component and the fake that it reaches, with a clock for both.
type lab struct {
	testing.TB
	*stripe.Component
	fake *fake
	now  time.Time
}

func newLab(t testing.TB) *lab {
	l := &lab{TB: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	l.fake = newFake(l.clock)
	l.Component = l.make(settings(), nil)
	return l
}

func (l *lab) clock() time.Time { return l.now }

func (l *lab) make(s stripe.Settings, o *stripe.Options) *stripe.Component {
	l.Helper()
	if o == nil {
		o = &stripe.Options{}
	}
	if o.Transport == nil {
		o.Transport = l.fake
	}
	o.Now = l.clock
	c, err := stripe.New("stripe", s, o)
	if err != nil {
		l.Fatal(err)
	}
	return c
}

func settings() stripe.Settings {
	return stripe.Settings{Title: "Card or wallet", SecretKey: component.NewSecret([]byte(testKey)),
		WebhookSecrets: []component.Secret{component.NewSecret([]byte(otherSecret)), component.NewSecret([]byte(testSecret))}}
}

// attempt is one that expires in 15 minutes, which is sooner than Stripe lets a
// session expire.
func (l *lab) attempt() component.Attempt {
	return component.Attempt{
		ID: string(order.NewID(l.now)), Merchant: "m-1", MerchantName: "Corner shop", Description: "Two teas & a bun",
		Amount: order.Money{Amount: 1230, Currency: "EUR"}, Expires: l.now.Add(15*time.Minute + 300*time.Millisecond),
		ReturnAddress: "https://gateway.test/return/a?t=1", NotifyAddress: "https://gateway.test/notify/stripe",
		Actions: []component.ActionKind{component.ActionForm, component.ActionRedirect},
	}
}

// begin begins an attempt; address is where the payer is sent.
func (l *lab) begin(a component.Attempt) (known component.Attempt, address string) {
	l.Helper()
	p, err := l.Begin(l.Context(), a)
	if err != nil || p.Action == nil {
		l.Fatalf("Begin: %+v, %v", p, err)
	}
	a.Reference = p.Reference
	return a, p.Action.Address()
}

// paid is an attempt that the payer has paid.
func (l *lab) paid() component.Attempt {
	l.Helper()
	a, address := l.begin(l.attempt())
	if err := l.fake.pay(address); err != nil {
		l.Fatal(err)
	}
	return a
}

func (l *lab) query(a component.Attempt) component.Evidence {
	l.Helper()
	e, err := l.Query(l.Context(), a)
	if err != nil {
		l.Fatal(err)
	}
	return e
}

func (l *lab) giveBack(a component.Attempt, id string, amount int64) (component.RefundEvidence, error) {
	return l.Refund(l.Context(), a, component.Refund{ID: id, Amount: order.Money{Amount: amount, Currency: a.Amount.Currency}, Reason: "returned"})
}

// isUnknown reports whether the error says that nothing is known, so that the
// gateway asks again.
func isUnknown(err error) bool {
	e, ok := errors.AsType[*order.Error](err)
	return ok && e.Code.Retryable()
}

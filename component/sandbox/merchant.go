package sandbox

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/textproto"
	"strconv"
	"time"

	"github.com/anyscan/anyscan/component/sandbox/internal/web"
	"github.com/anyscan/anyscan/order"
)

// call is a request whose signature was verified.
type call struct {
	merchant  string
	number    string // from the path
	body      []byte
	signature string // which the answer names
}

// forMerchant lets only merchants in, and signs what they are told. A request
// whose sender is not known gets an answer without a signature.
func (p *Provider) forMerchant(handle func(call) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := p.authenticate(r)
		if err != nil {
			code, _, body := web.Problem(err)
			writeJSON(w, code, body)
			return
		}
		code, body := p.outcome(handle(c))
		answer := statement{c.merchant, strconv.Itoa(code), c.signature, body}
		answer.sign(p.keys[c.merchant], p.options.Now(), textproto.MIMEHeader(w.Header()))
		writeJSON(w, code, body)
	}
}

func (p *Provider) outcome(v any, err error) (code int, body []byte) {
	if err == nil {
		body, err = json.Marshal(v)
	}
	if err != nil {
		p.options.Log.Info("sandbox: refused", "error", err)
		code, _, body = web.Problem(err)
		return code, body
	}
	return http.StatusOK, body
}

func writeJSON(w http.ResponseWriter, code int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	w.Write(body)
}

func (p *Provider) authenticate(r *http.Request) (call, error) {
	body, err := web.Read(r.Body)
	if err != nil {
		return call{}, err
	}
	merchant := r.Header.Get(headerMerchant)
	key, ok := p.keys[merchant]
	if !ok {
		return call{}, unauthenticated("the header %s names no merchant of this company", headerMerchant)
	}
	said := statement{merchant, r.Method, r.URL.RequestURI(), body}
	if err := said.verify(key, p.options.Now(), textproto.MIMEHeader(r.Header)); err != nil {
		return call{}, err
	}
	return call{merchant, r.PathValue("number"), body, r.Header.Get(headerSignature)}, nil
}

// create answers POST /payments.
func (p *Provider) create(c call) (v any, err error) {
	var t terms
	if err := web.Decode(c.body, &t); err != nil {
		return nil, err
	}
	if err := t.validate(); err != nil {
		return nil, err
	}
	t.Expires = t.Expires.UTC()
	err = p.do(func(now time.Time) error {
		y, err := p.ledger.place(c.merchant, t, now)
		if err != nil {
			return err
		}
		v = created{y.reference, p.base + "/pay/" + y.token}
		return p.play(y, now)
	})
	return v, err
}

// query answers GET /payments/{number}.
func (p *Provider) query(c call) (v any, err error) {
	err = p.do(func(now time.Time) error {
		y, err := p.ledger.find(c.merchant, c.number)
		if err == nil {
			v, err = y.status(now)
		}
		return err
	})
	return v, err
}

// void answers POST /payments/{number}/void.
func (p *Provider) void(c call) (v any, err error) { return p.close(c, p.ledger.burn) }

// cancel answers POST /payments/{number}/cancel.
func (p *Provider) cancel(c call) (v any, err error) { return p.close(c, p.ledger.cancel) }

// close lets how see to it that the number takes no money, where it still can.
func (p *Provider) close(c call, how func(merchant, number string, now time.Time) (*payment, error)) (v any, err error) {
	if err := checkNumber(c.number); err != nil {
		return nil, order.Errorf(order.CodeInvalid, "", "the number %w", err)
	}
	err = p.do(func(now time.Time) error {
		y, err := how(c.merchant, c.number, now)
		if err == nil {
			v, err = y.status(now)
		}
		return err
	})
	return v, err
}

// find is the merchant's payment of that number.
func (l *ledger) find(merchant, number string) (*payment, error) {
	y := l.payments[number]
	switch {
	case y == nil:
		return nil, order.Errorf(order.CodeNotFound, "", "nobody asked for a payment %.40q", number)
	case y.merchant != merchant:
		return nil, order.Errorf(order.CodeForbidden, "", "the number %s belongs to another merchant", number)
	}
	return y, nil
}

// place finds the payment with these terms, or makes it.
func (l *ledger) place(merchant string, t terms, now time.Time) (*payment, error) {
	y, err := l.find(merchant, t.Number)
	switch {
	case order.CodeOf(err) == order.CodeForbidden:
		return nil, err
	case y != nil && y.closed():
		return nil, order.Errorf(order.CodeExpired, "", "the number %s was burned or canceled: it takes no payment any more", t.Number)
	case y != nil && y.terms != t:
		return nil, order.Errorf(order.CodeConflict, "", "the number %s stands for a payment on other terms", t.Number)
	case y != nil:
		return y, nil
	case !t.Expires.After(now):
		return nil, order.Errorf(order.CodeExpired, "", "the payment would have expired at %s", t.Expires.Format(time.RFC3339))
	}
	err = l.record(entry{
		Kind: entryCreated, At: now, Merchant: merchant, Number: t.Number, Terms: &t,
		Reference: string(order.NewID(now)), Token: rand.Text(),
	})
	return l.payments[t.Number], err
}

// burn makes sure that a number which nobody asked for never gets a payment. A
// payment that is there stays as it is.
func (l *ledger) burn(merchant, number string, now time.Time) (*payment, error) {
	y, err := l.find(merchant, number)
	if order.CodeOf(err) != order.CodeNotFound {
		return y, err
	}
	err = l.record(entry{Kind: entryBurned, At: now, Merchant: merchant, Number: number})
	return l.payments[number], err
}

// cancel closes the payment of that number, or burns the number. What the payer
// decided stays, and so does what has expired.
func (l *ledger) cancel(merchant, number string, now time.Time) (*payment, error) {
	y, err := l.burn(merchant, number, now)
	if err != nil || y.closed() || y.decision != "" || !now.Before(y.Expires) {
		return y, err
	}
	err = l.record(entry{Kind: entryCanceled, At: now, Merchant: merchant, Number: number})
	return y, err
}

package webpayment_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/anyscan/anyscan/component"
)

const (
	testMethod = "https://pay.test/method"
	testServer = "https://pay.test/requests"
	testClient = "gateway-1"
)

// seeded is a key for these tests alone.
func seeded(n byte) ed25519.PrivateKey {
	seed := [ed25519.SeedSize]byte{n}
	return ed25519.NewKeyFromSeed(seed[:])
}

// fake is a FAKE of the server of a payment handler's operator, for tests: its
// ledger, its answers and its notifications. It signs and verifies with code of its
// own; testdata/operator.mjs holds both to a library of others.
type fake struct {
	mu       sync.Mutex
	now      func() time.Time
	method   string
	gateway  ed25519.PublicKey
	key      ed25519.PrivateKey
	name     string // kid
	payments map[string]*fakePayment
	count    int
	shown    chan string                                                // origins that payment windows were told
	asked    []string                                                   // what requests asked for
	fault    func(answer func() *http.Response) (*http.Response, error) // stands between, where it is set
}

type fakePayment struct {
	id, currency, status, reason, reference string
	amount, payBefore, at                   int64
	charges                                 int
	refunds                                 map[string]fakeRefund
	refunded                                int64
}

type fakeRefund struct {
	amount int64
	at     int64
}

func newFake(now func() time.Time) *fake {
	return &fake{now: now, method: testMethod, gateway: seeded(1).Public().(ed25519.PublicKey), key: seeded(2), shown: make(chan string, 1), payments: map[string]*fakePayment{}}
}

// RoundTrip lets a component reach the fake without a network.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	answer := func() *http.Response {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		return w.Result()
	}
	if f.fault != nil {
		return f.fault(answer)
	}
	return answer(), nil
}

// ServeHTTP answers signed requests.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/jwt" {
		http.Error(w, "want a token", http.StatusBadRequest)
		return
	}
	claims, err := f.open(string(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	do, _ := claims["do"].(string)
	f.asked = append(f.asked, do)
	answer, status := f.answer(do, claims)
	if status != http.StatusOK {
		http.Error(w, "no", status)
		return
	}
	w.Header().Set("Content-Type", "application/jwt")
	fmt.Fprint(w, answer)
}

func (f *fake) answer(do string, claims map[string]any) (token string, status int) {
	p := f.payments[str(claims, "payment")]
	if p == nil && (do == "begin" || do == "cancel") {
		f.count++
		p = &fakePayment{id: str(claims, "payment"), currency: str(claims, "currency"), amount: num(claims, "amount"), payBefore: num(claims, "pay_before"),
			status: "pending", reference: fmt.Sprintf("P%06d", f.count), refunds: map[string]fakeRefund{}}
		f.payments[p.id] = p
	}
	switch {
	case p == nil && do == "query": // never heard of, and not refused yet
		p = &fakePayment{id: str(claims, "payment"), status: "pending"}
		if f.now().Unix() >= num(claims, "pay_before") {
			p.status, p.reason = "failed", "expired"
		}
	case p == nil:
		return "", http.StatusNotFound
	case do == "begin" && (p.amount != num(claims, "amount") || p.currency != str(claims, "currency")):
		return "", http.StatusConflict
	case do == "refund":
		return f.refund(p, claims["refund"].(map[string]any))
	}
	f.lapse(p)
	if do == "cancel" && p.status == "pending" {
		p.status, p.reason = "failed", "canceled"
	}
	return f.statement(p), http.StatusOK
}

func (f *fake) lapse(p *fakePayment) {
	if p.status == "pending" && p.payBefore != 0 && f.now().Unix() >= p.payBefore {
		p.status, p.reason = "failed", "expired"
	}
}

func (f *fake) refund(p *fakePayment, asked map[string]any) (token string, status int) {
	claims := f.claims(map[string]any{"payment": p.id, "refund": str(asked, "id")})
	done, known := p.refunds[str(asked, "id")]
	switch {
	case known:
	case p.status != "succeeded":
		claims["status"], claims["reason"] = "failed", "not_paid"
		return f.sign("webpayment-refund+jwt", claims), http.StatusOK
	case p.refunded+num(asked, "amount") > p.amount:
		claims["status"], claims["reason"] = "failed", "exceeds_payment"
		return f.sign("webpayment-refund+jwt", claims), http.StatusOK
	default:
		done = fakeRefund{num(asked, "amount"), f.now().Unix()}
		p.refunds[str(asked, "id")] = done
		p.refunded += done.amount
	}
	claims["status"], claims["amount"], claims["currency"], claims["at"] = "succeeded", done.amount, p.currency, done.at
	claims["reference"] = p.reference + "." + str(asked, "id")
	return f.sign("webpayment-refund+jwt", claims), http.StatusOK
}

// about are the claims of a statement about a payment.
func (f *fake) about(p *fakePayment) map[string]any {
	claims := f.claims(map[string]any{"payment": p.id, "status": p.status, "reference": p.reference})
	switch p.status {
	case "succeeded":
		claims["amount"], claims["currency"], claims["at"] = p.amount, p.currency, p.at
	case "failed":
		claims["reason"] = p.reason
	}
	return claims
}

func (f *fake) claims(c map[string]any) map[string]any {
	c["iss"], c["aud"], c["iat"] = f.method, testClient, f.now().Unix()
	return c
}

func (f *fake) statement(p *fakePayment) string { return f.sign("webpayment-payment+jwt", f.about(p)) }

func (f *fake) sign(kind string, claims map[string]any) string {
	head := map[string]any{"alg": "EdDSA", "typ": kind}
	if f.name != "" {
		head["kid"] = f.name
	}
	return seal(f.key, head, claims)
}

func seal(key ed25519.PrivateKey, head, claims map[string]any) string {
	content := b64(text(head)) + "." + b64(text(claims))
	return content + "." + b64(ed25519.Sign(key, []byte(content)))
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func text(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// open is the claims of a request that the gateway signed and that is in time.
func (f *fake) open(token string) (claims map[string]any, err error) {
	pieces := strings.Split(token, ".")
	if len(pieces) != 3 {
		return nil, errors.New("no token")
	}
	sign, _ := base64.RawURLEncoding.DecodeString(pieces[2])
	head, _ := base64.RawURLEncoding.DecodeString(pieces[0])
	body, _ := base64.RawURLEncoding.DecodeString(pieces[1])
	var h struct{ Alg, Typ, Kid string }
	switch {
	case !ed25519.Verify(f.gateway, []byte(pieces[0]+"."+pieces[1]), sign):
		return nil, errors.New("not the gateway's signature")
	case json.Unmarshal(head, &h) != nil || h.Alg != "EdDSA" || h.Typ != "webpayment-request+jwt" || h.Kid == "":
		return nil, errors.New("not a request")
	case json.Unmarshal(body, &claims) != nil || claims["iss"] != testClient || claims["aud"] != f.method:
		return nil, errors.New("not from this gateway for this method")
	case num(claims, "exp") <= f.now().Unix():
		return nil, errors.New("too late")
	}
	return claims, nil
}

func str(claims map[string]any, name string) string { s, _ := claims[name].(string); return s }

func num(claims map[string]any, name string) int64 {
	n, _ := claims[name].(float64)
	return int64(n)
}

// decide lets the payer approve or decline in the payment window, which was given the
// data of the payment request; token is what the page gives back.
func (f *fake) decide(a component.Action, approve bool) (token string, err error) {
	if a.PaymentRequest == nil || a.PaymentRequest.Method != f.method {
		return "", fmt.Errorf("%+v is not a payment request of %s", a, f.method)
	}
	var data struct{ Request string }
	if err := json.Unmarshal(a.PaymentRequest.Data, &data); err != nil {
		return "", err
	}
	return f.approve(data.Request, approve)
}

func (f *fake) approve(request string, approve bool) (token string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	claims, err := f.open(request)
	if err != nil || claims["do"] != "begin" {
		return "", fmt.Errorf("the window was given no request to pay: %w", err)
	}
	p := f.payments[str(claims, "payment")]
	f.lapse(p)
	switch {
	case p.status != "pending":
		return "", errors.New("it is over")
	case approve:
		p.status, p.at = "succeeded", f.now().Unix()
		p.charges++
	default:
		p.status, p.reason = "failed", "declined"
	}
	return f.statement(p), nil
}

// notice is the notification about a payment.
func (f *fake) notice(id string) component.Notification {
	f.mu.Lock()
	defer f.mu.Unlock()
	return letter(f.statement(f.payments[id]))
}

func letter(token string) component.Notification {
	return component.Notification{Header: map[string][]string{"Content-Type": {"application/jwt"}}, Body: []byte(token)}
}

func (f *fake) charges(id string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p := f.payments[id]; p != nil {
		return p.charges
	}
	return 0
}

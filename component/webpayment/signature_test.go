package webpayment_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// with is claims or a header with one member of another value; nil takes it away.
func with(m map[string]any, name string, value any) map[string]any {
	m = maps.Clone(m)
	m[name] = value
	if value == nil {
		delete(m, name)
	}
	return m
}

// put is a token with another part, 0 for the header.
func put(token string, i int, part string) string {
	pieces := strings.Split(token, ".")
	pieces[i] = part
	return strings.Join(pieces, ".")
}

// signed is a token with a signature over a text that is not what JWS signs.
func (f *fake) signed(token, content string) string {
	return put(token, 2, b64(ed25519.Sign(f.key, []byte(content))))
}

// mistakes are ways to get a statement wrong, with the cause that the error names.
func mistakes(t *testing.T, l *lab, a component.Attempt) map[string][2]string {
	f := l.fake
	head := map[string]any{"alg": "EdDSA", "typ": "webpayment-payment+jwt"}
	claims := f.about(f.payments[a.ID])
	seal := func(head, claims map[string]any) string { return seal(f.key, head, claims) }
	good := f.sign("webpayment-payment+jwt", claims)
	pieces := strings.Split(good, ".")
	sum := sha512.Sum512([]byte(pieces[0] + "." + pieces[1]))
	hashed, err := f.key.Sign(nil, sum[:], &ed25519.Options{Hash: crypto.SHA512})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(pieces[2])
	if err != nil {
		t.Fatal(err)
	}
	another := newFake(l.clock)
	another.key = seeded(9)
	renamed := newFake(l.clock)
	renamed.key, renamed.name = seeded(9), thumbprint(t, seeded(2))
	unknown := newFake(l.clock)
	unknown.name = thumbprint(t, seeded(9))
	return map[string][2]string{
		"another key":                   {another.sign("webpayment-payment+jwt", claims), "not one of the 2 keys of the operator that are known here over this token"},
		"another key under a known kid": {renamed.sign("webpayment-payment+jwt", claims), "is not one of the key \"" + renamed.name},
		"a kid that is not known":       {unknown.sign("webpayment-payment+jwt", claims), "which is none of the 2 of the operator"},
		"changed amount":                {put(good, 1, b64(text(with(claims, "amount", 1)))), "it was changed, or made with another key"},
		"alg none":                      {put(put(good, 0, b64(text(with(head, "alg", "none")))), 2, ""), `its alg is "none"`},
		"alg HS256, with a public key":  {seal(with(head, "alg", "HS256"), claims), "for which a public key would be a secret"},
		"alg ES256":                     {seal(with(head, "alg", "ES256"), claims), `alg is "ES256": want EdDSA`},
		"an extension":                  {seal(with(with(head, "crit", []string{"b64"}), "b64", false), claims), "has a crit header"},
		"its own key":                   {seal(with(head, "jwk", map[string]string{"kty": "OKP"}), claims), "brings a key of its own"},
		"a refund's statement":          {seal(with(head, "typ", "webpayment-refund+jwt"), claims), `typ is "webpayment-refund+jwt": want "webpayment-payment+jwt"`},
		"the gateway's own request":     {l.request(a), `typ is "webpayment-request+jwt"`},
		"no typ":                        {seal(with(head, "typ", nil), claims), `typ is "": want`},
		"signed the payload alone":      {f.signed(good, string(text(claims))), "over the payload alone"},
		"signed without the header":     {f.signed(good, pieces[1]), "leaves the header out"},
		"signed before encoding":        {f.signed(good, pieces[0]+"."+string(text(claims))), "over the payload before it was encoded"},
		"signed a hash":                 {f.signed(good, string(sum[:])), "over a hash of the token"},
		"Ed25519ph":                     {put(good, 2, b64(hashed)), "with Ed25519 and not Ed25519ph"},
		"signature in hexadecimal":      {put(good, 2, b64([]byte(hex.EncodeToString(raw)))), "has 128 bytes: one of Ed25519 has 64, and this is hexadecimal"},
		"signature in ASN.1":            {put(good, 2, b64(append([]byte{0x30, 64}, raw...))), "this is ASN.1"},
		"signature cut short":           {put(good, 2, b64(raw[:63])), "has 63 bytes"},
		"padded":                        {good + "==", "signature is padded with ="},
		"standard base64":               {put(good, 2, strings.Repeat("+/", 43)), "in the standard base64"},
		"another spelling":              {good[:len(good)-1] + next(good[len(good)-1]), "signature is not base64url"},
		"JSON serialization":            {`{"payload":"` + pieces[1] + `"}`, "in the JSON serialization"},
		"encrypted":                     {good + ".a.b", "as an encrypted one (JWE)"},
		"two parts":                     {pieces[0] + "." + pieces[1], "the token has 2 parts: want 3"},
		"wrapped":                       {good[:76] + "\n" + good[76:], "spaces or line breaks in the token"},
		"nothing":                       {"", "there is no token"},
		"header no JSON":                {put(good, 0, b64([]byte("alg"))), "header is no JSON object"},
		"claims no JSON":                {f.signed(put(good, 1, b64([]byte("[]"))), pieces[0]+"."+b64([]byte("[]"))), "claims are not those of a statement"},
		"not UTF-8":                     {put(good, 1, b64([]byte{0xff})), "payload is not UTF-8"},
		"another method":                {seal(head, with(claims, "iss", "https://evil.test/method")), `iss is "https://evil.test/method": want the payment method identifier "https://pay.test/method"`},
		"another gateway":               {seal(head, with(claims, "aud", "gateway-2")), `aud is "gateway-2": it is for another gateway`},
		"no time":                       {seal(head, with(claims, "iat", nil)), "iat is 0: want when it was signed"},
		"a clock ahead":                 {seal(head, with(claims, "iat", l.now.Add(time.Hour).Unix())), "is 1h0m0s ahead of this machine's clock"},
		"milliseconds":                  {seal(head, with(claims, "iat", l.now.UnixMilli())), "000: want when it was signed, in seconds"},
	}
}

// next is the letter of base64url that differs in the lowest bit, which the last one of
// 64 bytes does not use.
func next(letter byte) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(letters[strings.IndexByte(letters, letter)^1])
}

// Each way to get a signature wrong has an error of its own that names the cause, and
// proves nothing in a notification, in an answer, or brought by a browser.
func TestSignatureErrorsNameTheCause(t *testing.T) {
	l := newLab(t)
	a, _ := l.paid()
	for name, c := range mistakes(t, l, a) {
		r, err := l.Receive(t.Context(), letter(c[0]))
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeUnauthenticated || e.Op != "webpayment.Receive" || !strings.Contains(e.Detail, c[1]) {
			t.Errorf("%s: %+v, %v; want …%s…", name, r.Evidence, err, c[1])
		}
		l.fake.fault = func(func() *http.Response) (*http.Response, error) { return answer(c[0]), nil }
		if q, err := l.Query(t.Context(), a); !isUnknown(err) || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s, as an answer: %+v, %v", name, q, err)
		}
		l.fake.fault = func(func() *http.Response) (*http.Response, error) { return nil, errors.New("no network") }
		p, err := l.Resume(t.Context(), a, response(c[0]))
		if says := c[1]; name != "nothing" && (!isUnknown(err) || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s, from a browser: %+v, %v", name, p.Evidence, err)
		}
		l.fake.fault = nil
		if p, err := l.Resume(t.Context(), a, response(c[0])); err != nil || p.Evidence.Outcome != component.OutcomeSucceeded {
			t.Errorf("%s, from a browser, and the operator is asked: %+v, %v", name, p.Evidence, err)
		}
	}
	if _, err := l.Receive(t.Context(), letter(strings.Repeat("a", 16<<10+1))); !errors.Is(err, order.CodeTooLarge) {
		t.Errorf("too long: %v", err)
	}
}

// Either key of the operator is good while it changes from one to the other, named by
// its thumbprint or not at all.
func TestKeysRotate(t *testing.T) {
	l := newLab(t)
	a, _ := l.paid()
	for _, n := range []byte{2, 3} {
		for _, name := range []string{"", thumbprint(t, seeded(n))} {
			l.fake.key, l.fake.name = seeded(n), name
			if _, err := l.Receive(t.Context(), l.fake.notice(a.ID)); err != nil {
				t.Errorf("a notification signed with %d as %q: %v", n, name, err)
			}
			if e, err := l.Query(t.Context(), a); err != nil || e.Outcome != component.OutcomeSucceeded {
				t.Errorf("an answer signed with %d as %q: %+v, %v", n, name, e, err)
			}
		}
	}
}

// A statement that is signed and makes no sense proves nothing.
func TestStatementsThatMakeNoSense(t *testing.T) {
	l := newLab(t)
	a, _ := l.paid()
	claims := l.fake.about(l.fake.payments[a.ID])
	for name, c := range map[string]struct {
		claims map[string]any
		says   string
	}{
		"no status":          {with(claims, "status", nil), `status is ""`},
		"another status":     {with(claims, "status", "paid"), `status is "paid": want`},
		"no amount":          {with(claims, "amount", nil), "amount and currency"},
		"a negative amount":  {with(claims, "amount", -1), "amount and currency"},
		"no such currency":   {with(claims, "currency", "EURO"), "amount and currency"},
		"no reference":       {with(claims, "reference", nil), "reference is missing"},
		"a long reference":   {with(claims, "reference", strings.Repeat("P", 129)), "reference has 129 bytes"},
		"no time":            {with(claims, "at", nil), "at is 0"},
		"a refund":           {with(claims, "refund", "r1"), "refund is set"},
		"no payment":         {with(claims, "payment", nil), `payment "" is not 1 to 32`},
		"a reference to see": {with(claims, "reference", "P\u202e1"), "reference holds control or direction"},
	} {
		token := l.fake.sign("webpayment-payment+jwt", c.claims)
		if r, err := l.Receive(t.Context(), letter(token)); !errors.Is(err, order.CodeInvalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v; want …%s…", name, r.Evidence, err, c.says)
		}
	}
	other := l.fake.sign("webpayment-payment+jwt", with(claims, "payment", "another"))
	l.fake.fault = func(func() *http.Response) (*http.Response, error) { return answer(other), nil }
	if e, err := l.Query(t.Context(), a); !errors.Is(err, order.CodeInternal) {
		t.Errorf("an answer about another payment: %+v, %v", e, err)
	}
	if p, err := l.Resume(t.Context(), a, response(other)); err == nil {
		t.Errorf("another payment's token, brought by a browser: %+v", p.Evidence)
	}
}

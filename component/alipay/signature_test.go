package alipay_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// change is parameters with one of another value.
func change(p map[string]string, name, value string) map[string]string {
	p = maps.Clone(p)
	p[name] = value
	return p
}

func without(p map[string]string, name string) map[string]string {
	p = maps.Clone(p)
	delete(p, name)
	return p
}

// sealed is parameters with a signature over a text that is not what Alipay signs.
func (f *fake) sealed(p map[string]string, text string) string {
	return encode(change(p, "sign", sign(f.key, text)))
}

// Each way to get a signature wrong has an error of its own that names the cause.
func TestSignatureErrorsNameTheCause(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	f, p := l.fake, l.about(a)
	genuine := f.seal(p)
	other := newFake(l.clock)
	other.key = readKey("other")
	escaped := map[string]string{}
	for name, value := range p {
		escaped[name] = url.QueryEscape(value)
	}
	names := slices.Sorted(maps.Keys(p))
	slices.Reverse(names)
	var unsorted, body []string
	for _, name := range names {
		body = append(body, name+"="+url.QueryEscape(p[name]))
		if name != "sign_type" {
			unsorted = append(unsorted, name+"="+p[name])
		}
	}
	sum := sha1.Sum([]byte(fakeText(p, "sign", "sign_type")))
	old, err := rsa.SignPKCS1v15(nil, f.key, crypto.SHA1, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	urlSafe := strings.NewReplacer("+", "-", "/", "_").Replace(genuine["sign"])
	for name, c := range map[string]struct{ body, says string }{
		"another key":               {other.notice(p), "the sign was made with another key than the 2 of Alipay"},
		"tampered amount":           {encode(change(genuine, "total_amount", "99.00")), "key 1 of Alipay made the sign, but over something else than what came"},
		"a new field was dropped":   {encode(without(genuine, "a_field_of_tomorrow")), "a part of it dropped, added or decoded otherwise (it came with: app_id auth_app_id"},
		"a field was added":         {encode(change(genuine, "refund_fee", "1.00")), "over something else than what came"},
		"signed in another order":   {strings.Join(body, "&") + "&sign=" + url.QueryEscape(sign(f.key, strings.Join(unsorted, "&"))), "in the order of the body: want them sorted"},
		"sign_type is signed":       {f.sealed(p, fakeText(p, "sign")), "over sign_type too: want it left out"},
		"signed before decoding":    {f.sealed(p, fakeText(escaped, "sign", "sign_type")), "as the body encodes them: want them decoded"},
		"signed without the empty":  {f.sealed(change(p, "body", ""), fakeText(p, "sign", "sign_type")), "leaves parameters without a value out"},
		"sign in URL-safe base64":   {encode(change(genuine, "sign", urlSafe)), "in the base64 of addresses, with - and _"},
		"sign decoded twice":        {encode(change(genuine, "sign", strings.ReplaceAll(genuine["sign"], "+", " "))), "spaces where base64 has +"},
		"sign in hexadecimal":       {encode(change(genuine, "sign", "0x1f:2e")), "the sign is not base64"},
		"no sign":                   {encode(p), "there is no sign"},
		"sign_type RSA":             {f.notice(change(p, "sign_type", "RSA")), `the sign_type is "RSA": want RSA2`},
		"RSA under the name RSA2":   {encode(change(p, "sign", base64.StdEncoding.EncodeToString(old))), "the sign is one of SHA-1"},
		"the body was read already": {"", "the body is empty: was it read before it came here?"},
		"the body was made JSON":    {`{"app_id":"1"}`, "the body is not the form that Alipay sends"},
		"the body was decoded":      {f.notice(p) + "&x=100%", "the parameter x is not encoded as a form"},
		"a parameter twice":         {f.notice(p) + "&total_amount=99.00", "the parameter total_amount stands in it twice"},
		"another charset":           {f.notice(change(p, "charset", "GBK")), `the charset is "GBK": want utf-8`},
		"another app's":             {f.notice(change(p, "app_id", "2021000000000000")), `for the app "2021000000000000", not "2021000122671080"`},
		"another seller's":          {f.notice(change(p, "seller_id", "2088000000000000")), `for the seller "2088000000000000", not "2088102146225135"`},
		"the clock is behind":       {f.notice(change(p, "notify_time", f.stamp(l.now.Add(8*time.Hour)))), "is 8h0m0s ahead of this machine's clock: is the clock wrong?"},
		"a replay":                  {f.notice(change(p, "notify_time", f.stamp(l.now.Add(-49*time.Hour)))), "the notification is 49h0m0s old by its notify_time"},
		"no time":                   {f.notice(without(p, "notify_time")), `the notify_time "" is not like "2006-01-02 15:04:05"`},
	} {
		r, err := l.Receive(t.Context(), letter(c.body))
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeUnauthenticated || e.Op != "alipay.Receive" || !strings.Contains(e.Detail, c.says) {
			t.Errorf("%s: %+v, %v; want …%s…", name, r.Evidence, err, c.says)
		}
	}
	if _, err := l.Receive(t.Context(), letter(strings.Repeat("a", 64<<10+1))); !errors.Is(err, order.CodeTooLarge) {
		t.Errorf("too long: %v", err)
	}
}

// Either key of Alipay is good while Alipay changes from one to the other.
func TestKeysRotate(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	for _, key := range []string{"alipay", "next"} {
		l.fake.key = readKey(key)
		if _, err := l.Receive(t.Context(), letter(l.fake.notice(l.about(a)))); err != nil {
			t.Errorf("a notification signed with %s: %v", key, err)
		}
		if e := l.query(a); e.Outcome != component.OutcomeSucceeded {
			t.Errorf("an answer signed with %s: %+v", key, e)
		}
	}
}

package wechatpay_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/order"
)

const nonce = "c5ac7061fccab6bf3e254dcf98995b8c"

// with is a notification with one header of another value; "" takes it away.
func with(n component.Notification, name string, values ...string) component.Notification {
	n.Header = maps.Clone(n.Header)
	if n.Header[name] = values; len(values) == 0 {
		delete(n.Header, name)
	}
	return n
}

// signedBy is a notification with a signature that is made in another way.
func signedBy(key *rsa.PrivateKey, serial, at, text string, body []byte) component.Notification {
	header := stamped(key, serial, at, nonce, body)
	header["Wechatpay-Signature"] = []string{sign(key, text)}
	return component.Notification{Header: textproto.MIMEHeader(header), Body: body}
}

// body is that of a notification about a payment, with changes to what it says.
func (l *lab) body(a component.Attempt, changes ...any) []byte {
	about := l.fake.about(l.fake.payments[a.ID])
	for i := 0; i < len(changes); i += 2 {
		if about[changes[i].(string)] = changes[i+1]; changes[i+1] == nil {
			delete(about, changes[i].(string))
		}
	}
	return l.fake.notice("TRANSACTION.SUCCESS", "transaction", about)
}

// Each way to get a signature wrong has an error of its own that names the cause.
func TestSignatureErrorsNameTheCause(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	a := l.paid()
	f := l.fake
	body := l.body(a)
	genuine := f.letter(body)
	key, other, next := f.key, readKey("other"), readKey("next")
	at := strconv.FormatInt(l.now.Unix(), 10)
	clock := func(d time.Duration) component.Notification {
		return component.Notification{Header: textproto.MIMEHeader(stamped(key, keySerial, strconv.FormatInt(l.now.Add(d).Unix(), 10), nonce, body)), Body: body}
	}
	rewritten := genuine
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil {
		t.Fatal(err)
	}
	var err error
	if rewritten.Body, err = json.MarshalIndent(object, "", "    "); err != nil {
		t.Fatal(err)
	}
	trailing, empty, changed := genuine, genuine, genuine
	trailing.Body, empty.Body = append([]byte(" "), body...), nil
	changed.Body = []byte(strings.Replace(string(body), "TRANSACTION.SUCCESS", "TRANSACTION.SUCCEEDED", 1))
	sum := sha1.Sum([]byte(at + "\n" + nonce + "\n" + string(body) + "\n"))
	old, err := rsa.SignPKCS1v15(nil, key, crypto.SHA1, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := genuine.Header.Get("Wechatpay-Signature")
	for name, c := range map[string]struct {
		n    component.Notification
		says string
	}{
		"no headers":               {component.Notification{Body: body}, "is missing: was it dropped on the way?"},
		"no signature":             {with(genuine, "Wechatpay-Signature"), "the header Wechatpay-Signature is missing"},
		"no serial":                {with(genuine, "Wechatpay-Serial"), "the header Wechatpay-Serial is missing"},
		"no nonce":                 {with(genuine, "Wechatpay-Nonce", ""), "the header Wechatpay-Nonce is missing"},
		"a header twice":           {with(genuine, "Wechatpay-Timestamp", at, at), "the header Wechatpay-Timestamp stands there twice"},
		"a header of two lines":    {with(genuine, "Wechatpay-Nonce", "a\nb"), "the header Wechatpay-Nonce is not one line"},
		"a serial nobody knows":    {with(genuine, "Wechatpay-Serial", "3775B6A45ACD588826D15E583A95F5DD7A4B0F71"), `"3775B6A45ACD588826D15E583A95F5DD7A4B0F71" is not known: this component has ` + nextSerial + ", " + keySerial},
		"the merchant's serial":    {with(genuine, "Wechatpay-Serial", testSerial), "is not known"},
		"another key":              {component.Notification{Header: textproto.MIMEHeader(stamped(other, keySerial, at, nonce, body)), Body: body}, "made with another key than the one listed as " + keySerial},
		"the serials mixed up":     {component.Notification{Header: textproto.MIMEHeader(stamped(next, keySerial, at, nonce, body)), Body: body}, "the key listed as " + nextSerial + " made the signature, which came with the serial " + keySerial},
		"changed":                  {changed, "made the signature, but over another time, nonce or body than came"},
		"another nonce":            {with(genuine, "Wechatpay-Nonce", "x"), "over another time, nonce or body"},
		"parsed and written anew":  {rewritten, "the body was written anew on the way"},
		"indented on the way":      {component.Notification{Header: genuine.Header, Body: indented(t, body)}, "the body was written anew on the way"},
		"white space was added":    {trailing, "the body has white space around it that was not signed"},
		"the body was read":        {empty, "the body is empty: was it read before it came here?"},
		"no line's end":            {signedBy(key, keySerial, at, at+"\n"+nonce+"\n"+string(body), body), "without the last line's end"},
		"lines of Windows":         {signedBy(key, keySerial, at, at+"\r\n"+nonce+"\r\n"+string(body)+"\r\n", body), `lines that end with \r\n`},
		"nonce first":              {signedBy(key, keySerial, at, nonce+"\n"+at+"\n"+string(body)+"\n", body), "the nonce before the time"},
		"the body alone":           {signedBy(key, keySerial, at, string(body), body), "over the body alone"},
		"SHA-1":                    {with(genuine, "Wechatpay-Signature", base64.StdEncoding.EncodeToString(old)), "made with another key"},
		"SM2":                      {with(genuine, "Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3"), `is "WECHATPAY2-SM2-WITH-SM3": want WECHATPAY2-SHA256-RSA2048`},
		"a probe":                  {with(genuine, "Wechatpay-Signature", "WECHATPAY/SIGNTEST/"+signature), "is a probe (签名探测流量)"},
		"base64 of addresses":      {with(genuine, "Wechatpay-Signature", "-_"+strings.NewReplacer("+", "-", "/", "_").Replace(signature)), "in the base64 of addresses"},
		"decoded as a form":        {with(genuine, "Wechatpay-Signature", " "+strings.ReplaceAll(signature, "+", " ")), "spaces where base64 has +"},
		"hexadecimal":              {with(genuine, "Wechatpay-Signature", "0x1f:2e"), "the signature is not base64"},
		"the clock is behind":      {clock(8 * time.Hour), "is 8h0m0s ahead of this machine's clock: is the clock wrong?"},
		"a replay":                 {clock(-301 * time.Second), "is 5m1s old: a replay, or the clock is wrong"},
		"milliseconds":             {with(genuine, "Wechatpay-Timestamp", at+"000"), "is it in milliseconds?"},
		"no time":                  {with(genuine, "Wechatpay-Timestamp", "today"), "is not a time in seconds"},
		"a time before all others": {with(genuine, "Wechatpay-Timestamp", "-9223372036854775808"), "is not a time in seconds"},
		"another merchant's":       {f.letter(l.body(a, "mchid", "1900000001")), `of the merchant "1900000001", not "1900000109"`},
		"another app's":            {f.letter(l.body(a, "appid", "wx0000000000000000")), `of the app "wx0000000000000000", not "wxd678efh567hg6787"`},
	} {
		r, err := l.Receive(t.Context(), c.n)
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeUnauthenticated || e.Op != "wechatpay.Receive" || !strings.Contains(e.Detail, c.says) {
			t.Errorf("%s: %+v, %v; want …%s…", name, r.Evidence, err, c.says)
		}
	}
	if _, err := l.Receive(t.Context(), f.letter(make([]byte, 64<<10+1))); !errors.Is(err, order.CodeTooLarge) {
		t.Errorf("too long: %v", err)
	}
}

func indented(t *testing.T, body []byte) []byte {
	t.Helper()
	raw, err := json.MarshalIndent(json.RawMessage(body), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A signature is good for five minutes before and after, to the second.
func TestWindow(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	n := l.fake.letter(l.body(l.paid()))
	sent := l.now
	for after, good := range map[time.Duration]bool{
		-5*time.Minute - time.Second: false, -5 * time.Minute: true, 0: true, 5 * time.Minute: true, 5*time.Minute + time.Second: false,
	} {
		l.now = sent.Add(after)
		if _, err := l.Receive(t.Context(), n); (err == nil) != good {
			t.Errorf("after %s: %v", after, err)
		}
	}
}

// Either key of WeChat Pay is good while it changes from one to the other, and a
// certificate as long as it says.
func TestKeysRotate(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	a := l.paid()
	for serial, key := range map[string]string{keySerial: "platform", nextSerial: "next", strings.ToLower(nextSerial): "next"} {
		l.fake.key, l.fake.serial = readKey(key), serial
		if _, err := l.Receive(t.Context(), l.fake.letter(l.body(a))); err != nil {
			t.Errorf("a notification signed with %s: %v", key, err)
		}
		if e := l.query(a); e.Outcome != component.OutcomeSucceeded {
			t.Errorf("an answer signed with %s: %+v", key, e)
		}
	}
	l.now = time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC)
	l.fake.key, l.fake.serial = readKey("next"), nextSerial
	if _, err := l.Receive(t.Context(), l.fake.letter(l.body(a))); !errors.Is(err, order.CodeUnauthenticated) || !strings.Contains(err.Error(), "is good until 2036-") {
		t.Errorf("an old certificate: %v", err)
	}
	only := settings(wechatpay.ProductNative)
	only.PlatformKeys = only.PlatformKeys[1:]
	l.Component, l.now = l.make(only, nil), time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	if e := l.query(a); e.Outcome != component.OutcomeSucceeded {
		t.Errorf("with a certificate alone: %+v", e)
	}
	l.fake.fault = func(_ string, answer func() *http.Response) (*http.Response, error) {
		resp := answer()
		resp.Header.Set("Wechatpay-Serial", keySerial)
		return resp, nil
	}
	if _, err := l.Query(t.Context(), a); !isUnknown(err) || !strings.Contains(err.Error(), "this component has "+nextSerial) {
		t.Errorf("an answer with a serial nobody knows: %v", err)
	}
}

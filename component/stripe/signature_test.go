package stripe_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Each way to get a signature wrong has an error of its own that names the cause.
func TestSignatureErrorsNameTheCause(t *testing.T) {
	l := newLab(t)
	l.paid()
	event := l.fake.events[0]
	body, at := encode(event), fmt.Sprint(l.now.Unix())
	text := at + "." + string(body)
	v1 := mac(testSecret, text)
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		t.Fatal(err)
	}
	with := func(name string, value any) component.Notification {
		changed := maps.Clone(event)
		changed[name] = value
		return l.fake.letter(changed)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(testSecret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	good := "t=" + at + ",v1=" + v1
	seen := map[string]string{}
	for name, c := range map[string]struct {
		n    component.Notification
		says string
	}{
		"no header":                 {component.Notification{Body: body}, "there is no header Stripe-Signature: was it dropped on the way"},
		"an empty header":           {notification(body, ""), "there is no header Stripe-Signature"},
		"the header twice":          {notification(body, good, good), "stands in it 2 times"},
		"a long header":             {notification(body, good+strings.Repeat(",v0=a", 1000)), "has more than 4096 bytes"},
		"a header of another form":  {notification(body, "sha256:"+v1), "is not like t=…,v1=…"},
		"a space in the header":     {notification(body, "t="+at+", v1="+v1), `" v1=`},
		"no time":                   {notification(body, "v1="+v1), "has 0 times t: want one"},
		"two times":                 {notification(body, "t=1,"+good), "has 2 times t: want one"},
		"a time in words":           {notification(body, "t=today,v1="+v1), `the time t="today"`},
		"a time in milliseconds":    {notification(body, "t="+at+"000,v1="+v1), "is not seconds since 1970"},
		"no signature":              {notification(body, "t="+at), "has no signature v1"},
		"v0 alone":                  {notification(body, "t="+at+",v0="+v1), `no signature v1, but ["v0"]`},
		"in base64":                 {notification(body, "t="+at+",v1="+base64.RawStdEncoding.EncodeToString([]byte(v1[:32]))), "is not 64 hexadecimal digits"},
		"cut off":                   {notification(body, good[:len(good)-2]), "is not 64 hexadecimal digits"},
		"too many":                  {notification(body, "t="+at+strings.Repeat(",v1="+v1, 17)), "has 17 signatures v1"},
		"the body was read already": {notification(nil, good), "the body is empty: was it read before it came here?"},
		"another secret":            {signed(body, l.now, "whsec_ANOTHER"), "none of the 2 webhook secrets known here"},
		"a changed amount":          {notification(bytes.Replace(body, []byte("1230"), []byte("9999"), 1), good), "was changed on the way"},
		"a changed time":            {notification(body, "t="+fmt.Sprint(l.now.Unix()+1)+",v1="+v1), "the time or the body"},
		"the body alone":            {notification(body, "t="+at+",v1="+mac(testSecret, string(body))), "over the body alone: want the time t"},
		"a secret without whsec_":   {notification(body, "t="+at+",v1="+mac(strings.TrimPrefix(testSecret, "whsec_"), text)), "without the whsec_ of the secret"},
		"Standard Webhooks":         {notification(body, "t="+at+",v1="+mac(string(key), text)), "as Standard Webhooks has it"},
		"JSON written anew":         {notification(compact.Bytes(), good), "the body was decoded and written anew"},
		"a line break more":         {notification(append(bytes.Clone(body), '\n'), good), "a line break was added"},
		"a line break less":         {notification(body, "t="+at+",v1="+mac(testSecret, text+"\n")), "a line break at the end of the body was lost"},
		"other line breaks":         {notification(bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n")), good), "the line breaks of the body were changed"},
		"a replay":                  {signed(body, l.now.Add(-301*time.Second), testSecret), "was signed 5m1s ago: a replay"},
		"the clock is behind":       {signed(body, l.now.Add(time.Hour), testSecret), "1h0m0s ahead of this machine's clock: is the clock wrong?"},
		"a thin event":              {with("object", "v2.core.event"), "want the endpoint's payload style to be snapshot"},
		"no JSON":                   {signed([]byte("hello"), l.now, testSecret), "it is signed and no event"},
		"a connected account's":     {with("account", "acct_1"), `of the connected account "acct_1"`},
		"of live mode":              {with("livemode", true), "the event is of live mode, the secret key of test mode"},
	} {
		r, err := l.Receive(t.Context(), c.n)
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeUnauthenticated || e.Op != "stripe.Receive" || !strings.Contains(e.Detail, c.says) {
			t.Errorf("%s: %+v, %v; want …%s…", name, r.Evidence, err, c.says)
		}
		if err != nil && (strings.Contains(err.Error(), testSecret) || strings.Contains(err.Error(), mac(testSecret, text)) && name != "too many") && !strings.Contains(name, "header") {
			t.Errorf("%s: the error holds the secret, or a signature that is good: %v", name, err)
		}
		seen[c.says] = name
	}
	if len(seen) < 25 {
		t.Errorf("%d different errors", len(seen))
	}
	if _, err := l.Receive(t.Context(), signed(bytes.Repeat([]byte("a"), 512<<10+1), l.now, testSecret)); !errors.Is(err, order.CodeTooLarge) {
		t.Errorf("too long: %v", err)
	}
}

// Either secret is good while the endpoint's is rolled, and of two signatures one
// suffices; within 300 seconds of the time, and not later.
func TestSecretsRoll(t *testing.T) {
	l := newLab(t)
	l.paid()
	body, at := encode(l.fake.events[0]), fmt.Sprint(l.now.Unix())
	for name, n := range map[string]component.Notification{
		"the old one":    signed(body, l.now, testSecret),
		"the new one":    signed(body, l.now, otherSecret),
		"both":           notification(body, "t="+at+",v1="+mac(otherSecret, at+"."+string(body))+",v1="+mac(testSecret, at+"."+string(body))),
		"one of ours":    notification(body, "t="+at+",v1="+mac("whsec_x", at+"."+string(body))+",v1="+mac(testSecret, at+"."+string(body))+",v0=6ffbb5"),
		"just in time":   signed(body, l.now.Add(-300*time.Second), testSecret),
		"a little ahead": signed(body, l.now.Add(300*time.Second), testSecret),
		"upper-case":     notification(body, "t="+at+",v1="+strings.ToUpper(mac(testSecret, at+"."+string(body)))),
	} {
		if r, err := l.Receive(t.Context(), n); err != nil || r.Evidence == nil {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

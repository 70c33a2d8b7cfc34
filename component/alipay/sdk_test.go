package alipay_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/alipay"
	"github.com/anyscan/anyscan/internal/nodetest"
)

// sdkCall is a call of Alipay's API for the SDK to sign or to make.
type sdkCall struct {
	Method  string            `json:"method"`
	Params  map[string]string `json:"params"`
	Content json.RawMessage   `json:"content"`
}

type sdkInput struct {
	App       map[string]string `json:"app"`
	Alipay    string            `json:"alipay"`
	Other     string            `json:"other"`
	Gateway   string            `json:"gateway"`
	Requests  []sdkCall         `json:"requests"`
	Pages     []sdkCall         `json:"pages"`
	Redirects []string          `json:"redirects"`
	Bodies    []string          `json:"bodies"`
	Queries   []sdkCall         `json:"queries"`
	Answers   []sdkAnswer       `json:"answers"`
}

type sdkAnswer struct {
	Body   string `json:"body"`
	Member string `json:"member"`
}

type sdkOutput struct {
	Requests  []map[string]string
	Pages     []string
	Redirects []bool
	Bodies    []bool
	Queries   []map[string]any
	Strangers []map[string]any
	Answers   []map[string]string
}

// sdk lets Alipay's SDK do what in asks for.
func sdk(t *testing.T, in sdkInput) (out sdkOutput) {
	t.Helper()
	in.App = map[string]string{"id": testApp, "private": string(readPEM("app")), "public": publicPEM("app")}
	in.Gateway = cmp.Or(in.Gateway, "https://openapi.alipay.com/gateway.do")
	in.Alipay, in.Other = publicPEM("alipay"), publicPEM("other")
	for _, list := range []*[]sdkCall{&in.Requests, &in.Pages, &in.Queries} {
		if *list == nil {
			*list = []sdkCall{}
		}
	}
	in.Redirects, in.Bodies, in.Answers = append([]string{}, in.Redirects...), append([]string{}, in.Bodies...), append([]sdkAnswer{}, in.Answers...)
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(nodetest.Script(t, raw, "testdata/sdk.mjs"), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// call is a request of ours, for the SDK to make the same of.
func call(p map[string]string) sdkCall {
	c := sdkCall{Method: p["method"], Content: json.RawMessage(p["biz_content"]), Params: map[string]string{}}
	for name, value := range p {
		if name != "method" && name != "biz_content" && name != "sign" {
			c.Params[name] = value
		}
	}
	return c
}

// What we send is, to the byte of the signature, what Alipay's SDK makes of the same
// parameters: redirects, and each request of the API.
func TestSDKSignsTheSame(t *testing.T) {
	l := newLab(t)
	var in sdkInput
	var ours []map[string]string
	for _, product := range []alipay.Product{alipay.ProductWap, alipay.ProductPage} {
		s := settings()
		s.Product = product
		l.Component = l.make(s, nil)
		a := l.attempt()
		a.Description = `茶 <two> "teas" \ 100% + it's ~ 50¥ 😀`
		address := l.begin(a)
		in.Redirects = append(in.Redirects, address, strings.Replace(address, "12.30", "99.30", 1))
		ours = append(ours, query(t, address))
	}
	a := l.paid()
	ours = append(ours, l.requests(func() {
		l.query(a)
		if _, err := l.Cancel(t.Context(), a); err != nil {
			t.Error(err)
		}
		if _, err := l.refund(a, "r1", 100); err != nil {
			t.Error(err)
		}
	})...)
	for _, p := range ours {
		in.Requests = append(in.Requests, call(p))
	}
	out := sdk(t, in)
	if diff := gocmp.Diff(ours, out.Requests); diff != "" || len(ours) != 8 {
		t.Errorf("%d requests (-ours +SDK):\n%s", len(ours), diff)
	}
	if diff := gocmp.Diff([]bool{true, false, true, false}, out.Redirects); diff != "" {
		t.Errorf("the SDK's verdict on redirects, each genuine and with another amount:\n%s", diff)
	}
}

func query(t *testing.T, address string) map[string]string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return flat(u.Query())
}

// requests are the parameters of what the component sends while act runs.
func (l *lab) requests(act func()) (sent []map[string]string) {
	l.Helper()
	spy := roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := l.fake.RoundTrip(r)
		sent = append(sent, flat(r.Form))
		return resp, err
	})
	before := l.Component
	c, err := alipay.New("alipay", settings(), &alipay.Options{Transport: spy, Now: l.clock})
	if err != nil {
		l.Fatal(err)
	}
	l.Component = c
	act()
	l.Component = before
	return sent
}

// A payer whom the SDK sends to the fake pays there, and is found by us: the fake
// takes what Alipay's SDK signs.
func TestSDKRedirectIsPaid(t *testing.T) {
	l := newLab(t)
	a, b := l.attempt(), l.attempt()
	var in sdkInput
	for id, product := range map[string]alipay.Product{a.ID: alipay.ProductWap, b.ID: alipay.ProductPage} {
		s := settings()
		s.Product = product
		l.Component = l.make(s, nil)
		one := a
		one.ID = id
		in.Pages = append(in.Pages, call(query(t, l.begin(one))))
	}
	for _, address := range sdk(t, in).Pages {
		if err := l.fake.pay(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, a := range []component.Attempt{a, b} {
		if e := l.query(a); e.Outcome != component.OutcomeSucceeded {
			t.Errorf("%+v", e)
		}
	}
}

// We take those notifications that Alipay's SDK takes, and refuse those that it
// refuses.
func TestSDKVerifiesTheSameNotifications(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	p := l.about(a, "memo", "茶 & 100% + é, a b;c")
	genuine := l.fake.seal(p)
	other := newFake(l.clock)
	other.key = readKey("other")
	safe := strings.NewReplacer("+", " ").Replace(genuine["sign"])
	bodies := map[string]string{
		"genuine":            encode(genuine),
		"with nothing in it": l.fake.notice(change(p, "body", "")),
		"another amount":     encode(change(genuine, "total_amount", "99.00")),
		"another status":     encode(change(genuine, "trade_status", "TRADE_CLOSED")),
		"a field dropped":    encode(without(genuine, "a_field_of_tomorrow")),
		"a field added":      encode(change(genuine, "refund_fee", "1.00")),
		"another key":        other.notice(p),
		"no sign":            encode(p),
		"no base64":          encode(change(genuine, "sign", "no")),
		"encoded values":     l.fake.sealed(p, encode(without(p, "sign_type"))),
	}
	if !strings.Contains(genuine["sign"], "+") {
		t.Log("the sign has no + to lose")
	} else {
		bodies["spaces"] = encode(change(genuine, "sign", safe+"!"))
	}
	var in sdkInput
	var names []string
	for name, body := range bodies {
		names, in.Bodies = append(names, name), append(in.Bodies, body)
	}
	for i, taken := range sdk(t, in).Bodies {
		_, err := l.Receive(t.Context(), letter(in.Bodies[i]))
		if want := names[i] == "genuine" || names[i] == "with nothing in it"; taken != want || (err == nil) != want {
			t.Errorf("%s: the SDK says %v, we %v", names[i], taken, err)
		}
	}
}

// Alipay's SDK takes the fake for Alipay: it verifies the fake's answers and reads
// in them what we read; and it refuses the bodies that we refuse.
func TestSDKTakesTheFakeForAlipay(t *testing.T) {
	l := newLab(t)
	server := httptest.NewServer(l.fake)
	defer server.Close()
	a := l.paid()
	in := sdkInput{Gateway: server.URL + "/gateway.do"}
	for _, p := range l.requests(func() {
		l.query(a)
		if _, err := l.refund(a, "r1", 100); err != nil {
			t.Error(err)
		}
		l.query(component.Attempt{ID: "never", Expires: l.now})
	}) {
		in.Queries = append(in.Queries, call(p))
	}
	const method, member = "alipay.trade.query", "alipay_trade_query_response"
	l.fake.mu.Lock()
	good := l.fake.signed(method, l.fake.query(l.fake.trades[a.ID]))
	l.fake.mu.Unlock()
	in.Answers = []sdkAnswer{{good, member}, {strings.Replace(good, "12.30", "12.31", 1), member}, {strings.Replace(good, ":", ": ", 3), member}}
	out := sdk(t, in)
	var words []any
	for i, answer := range out.Queries {
		words = append(words, firstOf(answer["trade_status"], answer["refund_status"], answer["sub_code"], answer["fund_change"], answer["code"], answer["error"]))
		if _, refused := out.Strangers[i]["error"]; !refused {
			t.Errorf("with a stranger's key the SDK takes %v", out.Strangers[i])
		}
	}
	if diff := gocmp.Diff([]any{"TRADE_SUCCESS", "REFUND_SUCCESS", "N", "REFUND_SUCCESS", "ACQ.TRADE_NOT_EXIST"}, words); diff != "" {
		t.Errorf("what the SDK reads (-want +got):\n%s", diff)
	}
	for i, answer := range in.Answers {
		l.fake.fault = func(string, func() *http.Response) (*http.Response, error) { return said(answer.Body), nil }
		_, err := l.Query(t.Context(), a)
		if _, refused := out.Answers[i]["error"]; refused != (err != nil) || refused != (i > 0) {
			t.Errorf("answer %d: the SDK says %v, we %v", i, out.Answers[i], err)
		}
	}
}

// firstOf is the first that is there.
func firstOf(all ...any) any {
	for _, one := range all {
		if one != nil {
			return one
		}
	}
	return nil
}

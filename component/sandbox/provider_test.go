package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/internal/web"
)

// ask sends a request that a merchant signed and returns the answer.
func (l *lab) ask(method, path, body string) web.Answer {
	r := httptest.NewRequest(method, l.base+path, strings.NewReader(body))
	said := statement{"shop", method, r.URL.RequestURI(), []byte(body)}
	said.sign(component.NewSecret([]byte(testSecret)), time.Now(), textproto.MIMEHeader(r.Header))
	w := httptest.NewRecorder()
	l.provider.ServeHTTP(w, r)
	return web.Answer{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}
}

// request is the JSON of good terms with some of it replaced.
func request(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`{"number":"a1","amount":1230,"currency":"CNY","description":"Tea","merchant_name":"Shop",` +
		`"return":"https://g.test/r","notify":"https://g.test/n","expires":"2126-01-02T03:04:05Z"}`)
}

// The same terms again give the same payment; other terms for the number are a
// conflict, whichever part differs.
func TestCreateIsIdempotent(t *testing.T) {
	l := newQuietLab(t, nil)
	first := l.ask(http.MethodPost, "/payments", request())
	again := l.ask(http.MethodPost, "/payments", request("03:04:05Z", "04:04:05+01:00"))
	if first.Status != http.StatusOK || again.Status != http.StatusOK || !bytes.Equal(first.Body, again.Body) {
		t.Errorf("first %d %s, again %d %s", first.Status, first.Body, again.Status, again.Body)
	}
	var made created
	if err := json.Unmarshal(first.Body, &made); err != nil || !strings.HasPrefix(made.Page, l.base+"/pay/") || made.Reference == "" {
		t.Errorf("%s: %v", first.Body, err)
	}
	for _, other := range [][]string{
		{"1230", "1231"}, {"CNY", "USD"}, {"Tea", "Bun"}, {"Shop", "Stall"}, {"g.test/r", "g.test/q"}, {"g.test/n", "g.test/m"}, {"03:04:05", "03:04:06"},
	} {
		if got := l.ask(http.MethodPost, "/payments", request(other...)); got.Status != http.StatusConflict {
			t.Errorf("%v: %d %s", other, got.Status, got.Body)
		}
	}
}

// Malformed terms are refused, and the answer names each part that is wrong.
func TestCreateRefuses(t *testing.T) {
	l := newQuietLab(t, nil)
	for _, c := range []struct {
		body   string
		status int
		says   string
	}{
		{request(`"a1"`, `"A-1"`), 400, "/number"},
		{request(`"a1"`, `"`+strings.Repeat("a", 33)+`"`), 400, "/number"},
		{request("1230", "0"), 400, "/amount"},
		{request("1230", "-5"), 400, "/amount"},
		{request("1230", "9007199254740992"), 400, "/amount"},
		{request("1230", "12.30"), 400, "not the JSON"},
		{request("CNY", "XXX"), 400, "/amount"},
		{request("Tea", `Tea\u0000`), 400, "/description"},
		{request("Shop", ""), 400, "/merchant_name"},
		{request("https://g.test/r", "javascript:alert(1)"), 400, "/return"},
		{request("https://g.test/r", "https://g.test;script-src *"), 400, "/return"},
		{request("https://g.test/r", "https://a@g.test/"), 400, "/return"},
		{request("https://g.test/n", "/n"), 400, "/notify"},
		{request("2126", "2020"), 410, "expired"},
		{request(`"number"`, `"numbers"`), 400, "not the JSON"},
		{request() + request(), 400, "not the JSON"},
		{"", 400, "not the JSON"},
		{strings.Repeat(" ", 20000), 413, "more than"},
	} {
		got := l.ask(http.MethodPost, "/payments", c.body)
		if got.Status != c.status || !strings.Contains(string(got.Body), c.says) {
			t.Errorf("%.80s: %d %s; want %d …%s…", c.body, got.Status, got.Body, c.status, c.says)
		}
	}
	if n := len(l.provider.ledger.payments); n != 0 {
		t.Errorf("%d payments were made", n)
	}
}

// Queries of numbers that do not exist, or cannot, are refused.
func TestQueryRefuses(t *testing.T) {
	l := newQuietLab(t, nil)
	for path, status := range map[string]int{
		"/payments/a1": 404, "/payments/A%2F1": 404, "/payments/" + strings.Repeat("a", 99): 404,
	} {
		if got := l.ask(http.MethodGet, path, ""); got.Status != status {
			t.Errorf("GET %s: %d %s", path, got.Status, got.Body)
		}
	}
	if got := l.ask(http.MethodPost, "/payments/A-1/void", ""); got.Status != 400 {
		t.Errorf("void of what is no number: %d %s", got.Status, got.Body)
	}
}

// A request is served only if its merchant signed this method, path and body,
// lately.
func TestRequestsAreSigned(t *testing.T) {
	l := newQuietLab(t, nil)
	key := component.NewSecret([]byte(testSecret))
	said := statement{"shop", http.MethodPost, "/pay/payments", []byte(request())}
	for name, c := range map[string]struct {
		said statement
		key  component.Secret
		at   time.Time
	}{
		"another secret":   {said, component.NewSecret([]byte("a-guess-of-16-bytes")), time.Now()},
		"another merchant": {statement{"stall", said.verb, said.target, said.body}, key, time.Now()},
		"no such merchant": {statement{"kiosk", said.verb, said.target, said.body}, key, time.Now()},
		"another method":   {statement{"shop", http.MethodGet, said.target, said.body}, key, time.Now()},
		"another path":     {statement{"shop", said.verb, "/pay/payments/a1", said.body}, key, time.Now()},
		"another body":     {statement{"shop", said.verb, said.target, nil}, key, time.Now()},
		"long ago":         {said, key, time.Now().Add(-time.Hour)},
		"a notification":   {notification("shop", said.body), key, time.Now()},
	} {
		r := httptest.NewRequest(http.MethodPost, l.base+"/payments", bytes.NewReader(said.body))
		c.said.sign(c.key, c.at, textproto.MIMEHeader(r.Header))
		w := httptest.NewRecorder()
		l.provider.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized || w.Header().Get(headerSignature) != "" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if n := len(l.provider.ledger.payments); n != 0 {
		t.Errorf("%d payments were made", n)
	}
}

// NewProvider refuses an address or merchant that cannot work, and says which.
func TestNewProviderRefuses(t *testing.T) {
	good := map[string][]byte{"shop": []byte(testSecret)}
	for _, c := range []struct {
		base      string
		merchants map[string][]byte
		ledger    string
		says      string
	}{
		{"wallet.test", good, "", "https://"},
		{"https://wallet.test/?x=1", good, "", "plain path"},
		{"https://wallet.test/a/../b", good, "", "plain path"},
		{"https://wallet.test/{x}", good, "", "plain path"},
		{"https://wallet.test", map[string][]byte{"shop": []byte("short")}, "", `merchant "shop": the secret is too short`},
		{"https://wallet.test", map[string][]byte{"a\nb": []byte(testSecret)}, "", `merchant "a\nb"`},
		{"https://wallet.test", good, "/no/such/directory/ledger", "ledger"},
	} {
		_, err := NewProvider(c.base, c.merchants, &ProviderOptions{Ledger: c.ledger})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("NewProvider(%q, %.20q): %v; want …%s…", c.base, c.merchants, err, c.says)
		}
	}
}

// FuzzCreate sends any body to the company, signed: it is refused with a reason,
// or the payment is what was asked for.
func FuzzCreate(f *testing.F) {
	l := newQuietLab(f, nil)
	f.Add(request())
	f.Add(request("1230", "1e3"))
	f.Add(request("Shop", `<script>`))
	f.Add(request("2126", "0000"))
	f.Add(`{"number":"a1","number":"a2"}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, body string) {
		got := l.ask(http.MethodPost, "/payments", body)
		if got.Status >= 500 || got.Status == http.StatusUnauthorized {
			t.Errorf("%q: %d %s", body, got.Status, got.Body)
		}
		var want terms
		if got.Status != http.StatusOK || web.Decode([]byte(body), &want) != nil {
			return
		}
		want.Expires = want.Expires.UTC()
		if y := l.provider.ledger.payments[want.Number]; y == nil || y.terms != want || y.money().Validate() != nil {
			t.Errorf("%q became %+v", body, y)
		}
	})
}

package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/internal/web"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

const testSecret = "0123456789abcdef"

// lab is a company, a component that uses it, and a gateway that collects
// notifications.
type lab struct {
	testing.TB
	base      string
	provider  *Provider
	component *Component
	client    *http.Client
	gateway   *mailbox
	notify    string
}

// newLab makes a lab over HTTP on loopback.
func newLab(t testing.TB, o *ProviderOptions) *lab {
	gateway := &mailbox{status: http.StatusNoContent, arrived: make(chan arrival, 100)}
	post := httptest.NewServer(gateway)
	t.Cleanup(post.Close)
	company := httptest.NewUnstartedServer(nil)
	l := &lab{TB: t, base: "http://" + company.Listener.Addr().String(), gateway: gateway, notify: post.URL + "/notify?c=sandbox"}
	l.build(o)
	company.Config.Handler = l.provider
	company.Start()
	t.Cleanup(company.Close)
	return l
}

// newQuietLab makes a lab without a network, for bubbles of testing/synctest.
func newQuietLab(t testing.TB, o *ProviderOptions) *lab {
	gateway := &mailbox{status: http.StatusNoContent, arrived: make(chan arrival, 100)}
	l := &lab{TB: t, base: "https://wallet.test/pay", gateway: gateway, notify: "https://gateway.test/notify"}
	l.client = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		w := httptest.NewRecorder()
		if r.URL.Host == "gateway.test" {
			gateway.ServeHTTP(w, r)
		} else {
			l.provider.ServeHTTP(w, r)
		}
		return w.Result(), nil
	})}
	l.build(o)
	return l
}

func (l *lab) build(o *ProviderOptions) {
	l.Helper()
	l.provider = l.company(o)
	c, err := New("sandbox", l.settings("shop", testSecret), &Options{Client: l.client})
	if err != nil {
		l.Fatal(err)
	}
	l.component = c
}

// company makes a provider for the lab's address.
func (l *lab) company(o *ProviderOptions) *Provider {
	l.Helper()
	var own ProviderOptions
	if o != nil {
		own = *o
	}
	own.Client = l.client
	p, err := NewProvider(l.base, map[string][]byte{"shop": []byte(testSecret), "stall": []byte("fedcba9876543210")}, &own)
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { p.Close() })
	return p
}

func (l *lab) settings(merchant, secret string) Settings {
	return Settings{Provider: l.base, Merchant: merchant, Secret: component.NewSecret([]byte(secret)), Title: "Sandbox wallet"}
}

// run lets the company send its notifications until the test ends.
func (l *lab) run() {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { l.provider.Run(ctx) })
	l.Cleanup(func() { cancel(); done.Wait() })
}

func (l *lab) attempt() component.Attempt {
	now := time.Now()
	return component.Attempt{
		ID: string(order.NewID(now)), Merchant: "m-1", MerchantName: "Corner <shop>", Description: "Two teas & a bun",
		Amount: order.Money{Amount: 1230, Currency: "CNY"}, Expires: now.Add(15 * time.Minute),
		ReturnAddress: "https://gateway.test/return?t=1", NotifyAddress: l.notify, Actions: kinds(),
	}
}

// begin begins an attempt and returns it as a gateway would keep it.
func (l *lab) begin(a component.Attempt) (component.Attempt, component.Action) {
	l.Helper()
	p, err := l.component.Begin(l.Context(), a)
	if err != nil {
		l.Fatal(err)
	}
	if p.Action == nil {
		l.Fatalf("Begin answered without an action: %+v", p.Evidence)
	}
	a.Reference = p.Reference
	return a, *p.Action
}

// press lets the payer press a button.
func (l *lab) press(action component.Action, button wallet.Decision) (component.Return, error) {
	app, err := wallet.New(l.base, &wallet.Options{Button: button, Client: l.client})
	if err != nil {
		l.Fatal(err)
	}
	return app.Invoke(l.Context(), action)
}

// pageOf is the address of the payment page.
func pageOf(action component.Action) string {
	var in wallet.Invocation
	if action.Native == nil || json.Unmarshal(action.Native.Parameters, &in) != nil {
		return action.Address()
	}
	return in.Page
}

// shown is what a browser got.
type shown struct {
	*http.Response
	body string
}

// browse asks for a page as a browser does, and follows no redirect.
func (l *lab) browse(method, address, form string) shown {
	l.Helper()
	r, err := http.NewRequestWithContext(l.Context(), method, address, strings.NewReader(form))
	if err != nil {
		l.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := web.Client(l.client).Do(r)
	if err != nil {
		l.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		l.Fatal(err)
	}
	return shown{resp, string(body)}
}

// decided begins a new attempt and presses a button.
func (l *lab) decided(button wallet.Decision) component.Attempt {
	l.Helper()
	a, action := l.begin(l.attempt())
	if _, err := l.press(action, button); err != nil {
		l.Fatal(err)
	}
	return a
}

func (l *lab) query(a component.Attempt) component.Evidence {
	l.Helper()
	e, err := l.component.Query(l.Context(), a)
	if err != nil {
		l.Fatal(err)
	}
	return e
}

// charges counts how often the number was charged.
func (l *lab) charges(number string) (n int) {
	for _, c := range l.provider.Charges() {
		if c.Number == number {
			n++
		}
	}
	return n
}

// mailbox takes notifications as a gateway's web server does.
type mailbox struct {
	mu      sync.Mutex
	status  int // to answer with
	arrived chan arrival
}

type arrival struct {
	component.Notification
	at time.Time
}

func (m *mailbox) answer(status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status = status
}

func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.arrived <- arrival{component.Notification{Header: textproto.MIMEHeader(r.Header), Query: r.URL.RawQuery, Body: body}, time.Now()}
	m.mu.Lock()
	defer m.mu.Unlock()
	w.WriteHeader(m.status)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

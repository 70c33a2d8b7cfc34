package wallet_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

// invoker is what a terminal takes for a paying app or a browser.
type invoker interface {
	Invoke(ctx context.Context, a component.Action) (component.Return, error)
}

var _ invoker = (*wallet.App)(nil)

const secret = "0123456789abcdef"

// newCompany starts a wallet company and begins an attempt there that leads to
// an action of the kind.
func newCompany(t testing.TB, kind component.ActionKind) (company *sandbox.Provider, base string, action component.Action) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	base = "http://" + server.Listener.Addr().String()
	company, err := sandbox.NewProvider(base, map[string][]byte{"shop": []byte(secret)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = company
	server.Start()
	t.Cleanup(server.Close)
	c, err := sandbox.New("sandbox", sandbox.Settings{Provider: base, Merchant: "shop", Secret: component.NewSecret([]byte(secret)), Title: "Wallet"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Begin(t.Context(), component.Attempt{
		ID: "a1", MerchantName: "Corner shop", Description: "Two teas", Amount: order.Money{Amount: 1230, Currency: "CNY"},
		Expires: time.Date(2126, 1, 2, 3, 4, 5, 0, time.UTC), ReturnAddress: "https://gateway.test/r", NotifyAddress: "https://gateway.test/n",
		Actions: []component.ActionKind{kind},
	})
	if err != nil {
		t.Fatal(err)
	}
	return company, base, *p.Action
}

// The app pays whatever way the page is handed to it, and for a person at a
// browser too.
func TestInvoke(t *testing.T) {
	for _, kind := range []component.ActionKind{component.ActionNative, component.ActionDeepLink, component.ActionRedirect} {
		company, base, action := newCompany(t, kind)
		app, err := wallet.New(base+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // again, it finds the decision and makes no other
			back, err := app.Invoke(t.Context(), action)
			if diff := cmp.Diff(component.Return{Query: "number=a1&result=succeeded"}, back); err != nil || diff != "" {
				t.Errorf("%s (-want +got): %v\n%s", kind, err, diff)
			}
		}
		if n := len(company.Charges()); n != 1 {
			t.Errorf("%s: charged %d times", kind, n)
		}
	}
}

// The payer sees the payment and picks the button.
func TestAsk(t *testing.T) {
	company, base, action := newCompany(t, component.ActionNative)
	var seen wallet.Payment
	app, err := wallet.New(base, &wallet.Options{Button: wallet.Approve, Ask: func(_ context.Context, p wallet.Payment) (wallet.Decision, error) {
		seen = p
		return wallet.Decline, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	back, err := app.Invoke(t.Context(), action)
	if err != nil || back.Query != "number=a1&result=failed" {
		t.Errorf("%+v, %v", back, err)
	}
	if seen.Reference == "" {
		t.Error("the payment has no reference")
	}
	seen.Reference = ""
	want := wallet.Payment{
		MerchantName: "Corner shop", Description: "Two teas", Amount: order.Money{Amount: 1230, Currency: "CNY"},
		Expires: time.Date(2126, 1, 2, 3, 4, 5, 0, time.UTC), State: component.OutcomePending,
		Decisions: []wallet.Decision{wallet.Approve, wallet.Decline, wallet.Slow, wallet.Lost, wallet.Unknown, wallet.Twice, wallet.Reorder},
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("the payer saw (-want +got):\n%s", diff)
	}
	if n := len(company.Charges()); n != 0 {
		t.Errorf("charged %d times", n)
	}
}

// A payer who does not go on leaves the payment undecided; a button that does
// not exist decides nothing.
func TestUndecided(t *testing.T) {
	company, base, action := newCompany(t, component.ActionNative)
	stopped := errors.New("no, thanks")
	app, err := wallet.New(base, &wallet.Options{Ask: func(context.Context, wallet.Payment) (wallet.Decision, error) { return "", stopped }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Invoke(t.Context(), action); !errors.Is(err, stopped) {
		t.Errorf("%v, want the payer's word", err)
	}
	app, err = wallet.New(base, &wallet.Options{Button: "steal"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Invoke(t.Context(), action); !errors.Is(err, order.CodeInvalid) {
		t.Errorf("a button that does not exist: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := app.Invoke(ctx, action); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled context: %v", err)
	}
	if n := len(company.Charges()); n != 0 {
		t.Errorf("charged %d times", n)
	}
}

// noNetwork fails a test that opens anything.
type noNetwork struct{ testing.TB }

func (n noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.String(), "https://wallet.test/pay/") || strings.Trim(r.URL.Path[5:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		n.Errorf("opened %s", r.URL)
	}
	return nil, errors.New("no network")
}

func native(page string) component.Action {
	parameters, _ := json.Marshal(wallet.Invocation{Page: page})
	return component.Action{Native: &component.Native{Parameters: parameters}}
}

// The app opens pages of its own company only.
func TestForeignPages(t *testing.T) {
	app, err := wallet.New("https://wallet.test", &wallet.Options{Client: &http.Client{Transport: noNetwork{t}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []component.Action{
		native("https://evil.test/pay/ABC"),
		native("https://wallet.test.evil.test/pay/ABC"),
		native("https://wallet.test/pay/../payments"),
		native("https://wallet.test/pay/"),
		native("ABC"),
		native("https://wallet.test/pay/ABC?x=1"),
		{Native: &component.Native{Parameters: json.RawMessage(`{"page":1}`)}},
		{Native: &component.Native{}},
		{Redirect: &component.Redirect{Address: "https://evil.test/pay/ABC"}},
		{DeepLink: &component.DeepLink{Address: "sandboxpay://pay?page=https%3A%2F%2Fevil.test%2Fpay%2FABC"}},
		{DeepLink: &component.DeepLink{Address: "otherpay://pay?page=https%3A%2F%2Fwallet.test%2Fpay%2FABC"}},
		{DeepLink: &component.DeepLink{Address: "%"}},
		{Form: &component.Form{Address: "https://wallet.test/pay/ABC"}},
		{},
	} {
		if back, err := app.Invoke(t.Context(), action); err == nil || !strings.HasPrefix(err.Error(), "wallet: ") {
			t.Errorf("%+v: %+v, %v", action, back, err)
		}
	}
	if _, err := wallet.New("wallet.test", nil); err == nil {
		t.Error("New took an address without a scheme")
	}
}

// FuzzInvoke hands any address to the app: it opens pages of its company and
// nothing else.
func FuzzInvoke(f *testing.F) {
	f.Add("https://wallet.test/pay/ABC")
	f.Add("https://wallet.test/pay/ABC/../../x")
	f.Add("https://wallet.test@evil.test/pay/ABC")
	f.Add("{\"page\":\"https://evil.test\"}")
	f.Fuzz(func(t *testing.T, text string) {
		app, err := wallet.New("https://wallet.test", &wallet.Options{Client: &http.Client{Transport: noNetwork{t}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range []component.Action{
			native(text),
			{Native: &component.Native{Parameters: json.RawMessage(text)}},
			{Redirect: &component.Redirect{Address: text}},
			{DeepLink: &component.DeepLink{Address: text}},
			{DeepLink: &component.DeepLink{Address: wallet.Scheme + "://pay?page=" + url.QueryEscape(text)}},
		} {
			if _, err := app.Invoke(t.Context(), action); err == nil {
				t.Errorf("%q was paid", text)
			}
		}
	})
}

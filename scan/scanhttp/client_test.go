package scanhttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

const (
	codeAddress = "http://acquirer.localhost/m/tea?a=b/c%20d&v=AbC-_1" // in a spelling that Go would not choose
	payAddress  = "http://pay.localhost/pay/t1"
	backAddress = "http://pay.localhost/return/r1"
)

// server answers as a function and records what it was asked.
type server struct {
	asked  []string
	answer func(w http.ResponseWriter, r *http.Request)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.asked = append(s.asked, strings.TrimSpace(strings.Join([]string{
		r.Method, r.Host + r.RequestURI, r.Header.Get("Idempotency-Key"), string(body)}, " ")))
	s.answer(w, r)
}

// answering answers all with JSON.
func answering(v any) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { wire.Encode(w, http.StatusOK, v) }
}

// failing answers with the errors, one after the other, and then with JSON.
func failing(codes ...order.Code) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		if len(codes) == 0 {
			answering(order.Page{Merchant: "tea"})(w, r)
			return
		}
		code := codes[0]
		codes = codes[1:]
		wire.WriteError(w, r, order.Errorf(code, "", "as scripted"))
	}
}

// reach is a client in a network where the server has all names.
func reach(t testing.TB, s http.Handler, o *scanhttp.Options) *scanhttp.Client {
	t.Helper()
	n := wire.NewNetwork()
	for _, name := range []string{"acquirer", "pay"} {
		l, err := n.Listen(name + ".localhost:80")
		if err != nil {
			t.Fatal(err)
		}
		hs := &http.Server{Handler: apitest.Requests(t, s)}
		go hs.Serve(l)
		t.Cleanup(func() { hs.Close() })
	}
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	return scanhttp.New(&http.Client{Transport: transport}, o)
}

func confirmation() order.Confirmation {
	return order.Confirmation{Merchant: "tea", Revision: "r", Total: order.Money{Amount: 1, Currency: "CNY"}, Key: "k1"}
}

func TestCalls(t *testing.T) {
	s := &server{answer: answering(map[string]string{})}
	c := reach(t, s, nil)
	ctx := t.Context()
	var errs [7]error
	_, errs[0] = c.Page(ctx, codeAddress)
	_, errs[1] = c.Review(ctx, codeAddress, []order.Choice{{Item: "oolong", Quantity: 2}, {Item: "cake", Quantity: 1}})
	_, errs[2] = c.Confirm(ctx, codeAddress, confirmation())
	_, errs[3] = c.Result(ctx, "http://acquirer.localhost/orders/1?t=2")
	_, errs[4] = c.Open(ctx, payAddress, gateway.Opening{})
	_, errs[5] = c.Begin(ctx, payAddress, gateway.Beginning{Component: "blue", Key: "k2"})
	_, errs[6] = c.Resume(ctx, backAddress, component.Return{Data: "d"})
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"GET acquirer.localhost/m/tea?a=b/c%20d&v=AbC-_1",
		"GET acquirer.localhost/m/tea/review?a=b/c%20d&v=AbC-_1&q.oolong=2&q.cake=1",
		`POST acquirer.localhost/m/tea/orders?a=b/c%20d&v=AbC-_1 "k1" {"merchant":"tea","revision":"r","total":{"amount":1,"currency":"CNY"}}`,
		"GET acquirer.localhost/orders/1?t=2",
		"GET pay.localhost/pay/t1",
		`POST pay.localhost/pay/t1/attempts "k2" {"component":"blue","opening":{"app":{"kind":""}},"actions":null}`,
		`POST pay.localhost/return/r1  {"data":"d"}`,
	}
	if diff := cmp.Diff(want, s.asked); diff != "" {
		t.Error(diff)
	}
}

func TestOpenSaysWhatTheTerminalIs(t *testing.T) {
	var got http.Header
	s := &server{answer: func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		answering(gateway.Session{})(w, r)
	}}
	c := reach(t, s, nil)
	o := gateway.Opening{App: gateway.ScanningApp{Kind: "chat", Component: "blue"}, Default: "red"}
	if _, err := c.Open(t.Context(), payAddress, o); err != nil {
		t.Fatal(err)
	}
	if got.Get("Scanning-App") != "chat" || got.Get("Scanning-App-Component") != "blue" || got.Get("Terminal-Default") != "red" {
		t.Errorf("headers %v", got)
	}
	if got.Get("Accept") != "application/json, application/problem+json" || got.Get("Cookie") != "" {
		t.Errorf("headers %v", got)
	}
	for _, bad := range []gateway.Opening{{Default: "a b"}, {App: gateway.ScanningApp{Kind: "Chat"}}, {App: gateway.ScanningApp{Component: "x\r\ny: z"}}} {
		if _, err := c.Open(t.Context(), payAddress, bad); !errors.Is(err, order.CodeInvalid) || len(s.asked) != 1 {
			t.Errorf("%v: %v, asked %v", bad, err, s.asked)
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	s := &server{answer: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://pay.localhost/elsewhere?x=1", http.StatusFound)
	}}
	_, err := reach(t, s, nil).Page(t.Context(), codeAddress)
	e, ok := errors.AsType[*scanhttp.RedirectError](err)
	if !ok || !errors.Is(err, order.CodeRefused) || len(s.asked) != 1 {
		t.Fatalf("%v, asked %v", err, s.asked)
	}
	if diff := cmp.Diff(scanhttp.RedirectError{Status: 302, Address: "http://pay.localhost/elsewhere?x=1"}, *e); diff != "" || !strings.Contains(e.Error(), "elsewhere") {
		t.Errorf("%v: %s", e, diff)
	}
}

func TestRetries(t *testing.T) {
	const un, fl = order.CodeUnavailable, order.CodeInFlight
	for _, c := range []struct {
		name    string
		options *scanhttp.Options
		codes   []order.Code
		want    order.Code
		asked   int
		atLeast time.Duration
	}{
		{"at once", nil, nil, "", 1, 0},
		{"after one failure", nil, []order.Code{un}, "", 2, time.Second}, // as the server asks
		{"after two, of two kinds", nil, []order.Code{fl, order.CodeRateLimited}, "", 3, 2 * time.Second},
		{"no more than twice", nil, []order.Code{un, un, un}, un, 3, 2 * time.Second},
		{"as often as told", &scanhttp.Options{Retries: 3, Pause: 500 * time.Millisecond}, []order.Code{un, un, un}, "", 4, 3 * time.Second},
		{"never", &scanhttp.Options{Retries: -1}, []order.Code{un}, un, 1, 0},
		{"not what was decided", nil, []order.Code{order.CodePageChanged}, order.CodePageChanged, 1, 0},
		{"not what another request would decide", nil, []order.Code{order.CodeInternal}, order.CodeInternal, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{answer: failing(c.codes...)}
				begun := time.Now()
				_, err := reach(t, s, c.options).Confirm(t.Context(), codeAddress, confirmation())
				if order.CodeOf(err) != c.want || len(s.asked) != c.asked {
					t.Errorf("%v after %d calls, want %q after %d", err, len(s.asked), c.want, c.asked)
				}
				if took := time.Since(begun); took < c.atLeast || took > 2*c.atLeast {
					t.Errorf("waited %v, want %v to %v", took, c.atLeast, 2*c.atLeast)
				}
				for _, call := range s.asked {
					if call != s.asked[0] {
						t.Errorf("the repetition %q is not the call %q", call, s.asked[0])
					}
				}
			})
		})
	}
}

func TestNobodyThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := wire.NewNetwork().Transport()
		begun := time.Now()
		_, err := scanhttp.New(&http.Client{Transport: transport}, nil).Open(t.Context(), payAddress, gateway.Opening{})
		if !errors.Is(err, order.CodeUnavailable) || strings.Contains(err.Error(), "/pay/t1") || time.Since(begun) < 300*time.Millisecond {
			t.Errorf("%v after %v: want unavailable after two more tries, without the secret address", err, time.Since(begun))
		}
	})
}

// A wait that the context would end helps nobody.
func TestContextEndsTheWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s := &server{answer: failing(order.CodeUnavailable, order.CodeUnavailable)}
		begun := time.Now()
		_, err := reach(t, s, nil).Page(ctx, codeAddress)
		if !errors.Is(err, order.CodeUnavailable) || len(s.asked) != 1 || time.Since(begun) != 0 {
			t.Errorf("%v after %v and %d calls", err, time.Since(begun), len(s.asked))
		}
	})
}

func TestTimeout(t *testing.T) {
	for configured, want := range map[time.Duration]time.Duration{0: 30 * time.Second, time.Second: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			silent := roundTrip(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})
			begun := time.Now()
			c := scanhttp.New(&http.Client{Transport: silent, Timeout: configured}, &scanhttp.Options{Retries: -1})
			_, err := c.Page(context.WithoutCancel(t.Context()), codeAddress)
			if !errors.Is(err, order.CodeUnavailable) || time.Since(begun) != want {
				t.Errorf("%v after %v, want unavailable after %v", err, time.Since(begun), want)
			}
		})
	}
}

// roundTrip answers requests as a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAnswersThatAreNone(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   order.Code
	}{
		"a page":        {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>log in</html>") }, order.CodeInternal},
		"a proxy":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, order.CodeUnavailable},
		"without end":   {func(w http.ResponseWriter, r *http.Request) { answering(strings.Repeat("a", 2<<20))(w, r) }, order.CodeInternal},
		"another shape": {answering([]int{1}), order.CodeInternal},
	} {
		_, err := reach(t, &server{answer: c.answer}, &scanhttp.Options{Retries: -1}).Page(t.Context(), codeAddress)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestAddressesThatAreNotAsked(t *testing.T) {
	s := &server{answer: answering(map[string]string{})}
	c := reach(t, s, nil)
	for _, address := range []string{"", "acquirer.localhost/m/tea", "http://acquirer.example/m/tea", "ftp://acquirer.localhost/m/tea", "http://u@acquirer.localhost/m/tea"} {
		_, page := c.Page(t.Context(), address)
		_, review := c.Review(t.Context(), address, nil)
		if !errors.Is(page, order.CodeInvalid) || !errors.Is(review, order.CodeInvalid) || len(s.asked) > 0 {
			t.Errorf("%q: %v, %v, asked %v", address, page, review, s.asked)
		}
	}
	for _, address := range []string{"http://acquirer.localhost", "http://acquirer.localhost/m/a%2fb", "http://acquirer.localhost/m/tea#x"} {
		if _, err := c.Confirm(t.Context(), address, order.Confirmation{Key: "k"}); !errors.Is(err, order.CodeInvalid) || len(s.asked) > 0 {
			t.Errorf("%q: %v, asked %v", address, err, s.asked)
		}
	}
}

func TestLocalhostClient(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(answering(order.Page{Merchant: "tea"})))
	defer s.Close()
	c := scanhttp.New(scanhttp.LocalhostClient(), &scanhttp.Options{Retries: -1})
	address := strings.Replace(s.URL, "127.0.0.1", "acquirer.localhost", 1) + "/m/tea"
	if p, err := c.Page(t.Context(), address); err != nil || p.Merchant != "tea" {
		t.Errorf("%v, %v", p, err)
	}
	if _, err := c.Page(t.Context(), "https://acquirer.example/m/tea"); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("a client for development reaches the internet: %v", err)
	}
}

func TestCookiesAreNotSent(t *testing.T) {
	s := &server{answer: func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		if len(r.Cookies()) > 0 {
			t.Errorf("cookies %v", r.Cookies())
		}
		answering(map[string]string{})(w, r)
	}}
	c := reach(t, s, nil)
	for range 2 {
		if _, err := c.Page(t.Context(), codeAddress); err != nil {
			t.Fatal(err)
		}
	}
}

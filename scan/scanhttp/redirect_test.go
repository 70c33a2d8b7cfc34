package scanhttp_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/public"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan/scanhttp"
	"github.com/anyscan/anyscan/verify"
)

// gateways is a policy for redirects: one host, in development.
func gateways(t *testing.T) verify.Verifier {
	t.Helper()
	p, err := verify.Hosts([]string{"pay.localhost"}, &verify.Options{Development: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A chain is followed inside the policy, at most five deep, and each step of it
// passes the door.
func TestRedirectsAreFollowedInsideThePolicy(t *testing.T) {
	for name, c := range map[string]struct {
		to    func(step int) string // "" answers
		asked int
		cause string
	}{
		"one":               {chain(1, "http://pay.localhost/m/%d"), 2, ""},
		"five":              {chain(5, "http://pay.localhost/m/%d"), 6, ""},
		"six":               {chain(6, "http://pay.localhost/m/%d"), 6, "more than 5 redirects"},
		"without end":       {chain(1<<20, "http://pay.localhost/m/%d"), 6, "more than 5 redirects"},
		"another spelling":  {chain(1, "HTTP://PAY.LOCALHOST:80/m/%d"), 2, ""},
		"another host":      {chain(1, "http://acquirer.localhost/m/%d"), 1, "no_rule"},
		"another scheme":    {chain(1, "ftp://pay.localhost/m/%d"), 1, "scheme"},
		"with a user":       {chain(1, "http://acquirer.localhost@pay.localhost/m/%d"), 1, "user_info"},
		"what is no path":   {chain(1, "http://pay.localhost/m/%d?a=\"b\""), 1, "character"},
		"in the second one": {func(step int) string { return []string{"http://pay.localhost/m/1", "https://evil.example/", ""}[step] }, 2, "no_rule"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{}
			s.answer = func(w http.ResponseWriter, r *http.Request) {
				if r.Referer() != "" {
					t.Errorf("the server hears of %s", r.Referer())
				}
				if to := c.to(len(s.asked) - 1); to != "" {
					w.Header().Set("Location", to)
					w.WriteHeader(http.StatusFound)
					return
				}
				answering(order.Page{Merchant: "tea"})(w, r)
			}
			client := reach(t, s, &scanhttp.Options{Redirects: gateways(t), Retries: -1})
			page, err := client.Page(t.Context(), codeAddress)
			if (err == nil) != (c.cause == "") || err == nil && page.Merchant != "tea" || len(s.asked) != c.asked {
				t.Fatalf("%v, asked %v", err, s.asked)
			}
			if _, ok := errors.AsType[*scanhttp.RedirectError](err); err != nil && (!ok || !errors.Is(err, order.CodeRefused) || !strings.Contains(fmt.Sprint(causes(err)), c.cause)) {
				t.Errorf("%v, want %q", causes(err), c.cause)
			}
		})
	}
}

// chain redirects n times, and then answers.
func chain(n int, format string) func(step int) string {
	return func(step int) string {
		if step >= n {
			return ""
		}
		return strings.Replace(format, "%d", strconv.Itoa(step+1), 1)
	}
}

// causes are the texts of an error and of all that it wraps.
func causes(err error) (all []string) {
	for ; err != nil; err = errors.Unwrap(err) {
		all = append(all, err.Error())
	}
	return all
}

// What writes is followed only where it still writes the same.
func TestRedirectOfAConfirmation(t *testing.T) {
	for status, want := range map[int]int{301: 1, 302: 1, 303: 1, 307: 2, 308: 2} {
		s := &server{}
		s.answer = func(w http.ResponseWriter, r *http.Request) {
			if len(s.asked) == 1 {
				w.Header().Set("Location", "http://pay.localhost/m/tea/orders")
				w.WriteHeader(status)
				return
			}
			answering(order.PageJump{})(w, r)
		}
		_, err := reach(t, s, &scanhttp.Options{Redirects: gateways(t), Retries: -1}).Confirm(t.Context(), codeAddress, confirmation())
		if (err == nil) != (want == 2) || len(s.asked) != want {
			t.Errorf("%d: %v, asked %v", status, err, s.asked)
		}
		if want == 2 {
			_, first, _ := strings.Cut(s.asked[0], `"k1"`)
			if diff := cmp.Diff(`POST pay.localhost/m/tea/orders "k1"`+first, s.asked[1]); diff != "" {
				t.Errorf("%d: %s", status, diff)
			}
		}
	}
}

// In production no name leads to this machine or into a private network.
func TestPublicClient(t *testing.T) {
	reached := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer s.Close()
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "[fe80::1]", "[fd00::1]"} {
		_, err := scanhttp.PublicClient().Get("http://" + net.JoinHostPort(strings.Trim(host, "[]"), port))
		if _, refused := errors.AsType[*public.Error](err); !refused || reached {
			t.Errorf("%s: %v, reached %t", host, err, reached)
		}
	}
	_, err = scanhttp.New(nil, &scanhttp.Options{Retries: -1}).Page(t.Context(), "http://localhost:"+port+"/m/tea")
	if _, refused := errors.AsType[*public.Error](err); !refused || reached {
		t.Errorf("a client without a transport of its own: %v", err)
	}
	if scanhttp.PublicClient().Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy would connect in its place")
	}
}

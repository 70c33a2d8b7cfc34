package gatewayhttp_test

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// untouched is a body that nobody may read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

// from asks the handler from an address, as a program.
func from(h http.Handler, address, method, path string, body io.Reader) int {
	r := httptest.NewRequest(method, path, body)
	r.RemoteAddr = address + ":1234"
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// flood asks from an address until it is turned away, and says after how many.
func flood(h http.Handler, address, path string) (taken int) {
	for ; taken < 10_000; taken++ {
		if from(h, address, "GET", path, nil) == http.StatusTooManyRequests {
			return taken
		}
	}
	return taken
}

// Each kind of caller has the limit that the documentation states, and a flood of
// one takes nothing from another.
func TestDefaultLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, newStub(base), base, nil)
		for _, c := range []struct {
			path  string
			taken int
		}{{"/nowhere", 400}, {"/notify/blue", 1000}, {"/v1/orders/x", 2000}} {
			if taken := flood(h, "192.0.2.1", c.path); taken != c.taken {
				t.Errorf("%s: %d in a row are taken, want %d", c.path, taken, c.taken)
			}
			if status := from(h, "192.0.2.1", "POST", c.path, untouched{t}); status != 429 {
				t.Errorf("%s: a write of who asked too often has status %d", c.path, status)
			}
			if status := from(h, "192.0.2.2", "GET", c.path, nil); status == 429 {
				t.Errorf("%s: somebody else is turned away", c.path)
			}
		}
	})
}

// An IPv6 subscriber has one limit, whichever of the many addresses it takes.
func TestLimitOfANetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, newStub(base), base, &gatewayhttp.Options{Limits: gatewayhttp.Limits{PerAddress: wire.Limit{Burst: 3}}})
		for i, want := range []int{404, 404, 404, 429, 429} {
			if status := from(h, fmt.Sprintf("[2001:db8::%d]", i), "GET", "/", nil); status != want {
				t.Errorf("request %d has status %d, want %d", i, status, want)
			}
		}
	})
}

// Behind a proxy that the options count, callers are told apart; behind one that
// they do not, nobody can choose an address.
func TestLimitBehindProxies(t *testing.T) {
	for proxies, want := range map[int]int{0: 429, 1: 404} {
		synctest.Test(t, func(t *testing.T) {
			h := newHandler(t, newStub(base), base, &gatewayhttp.Options{
				Limits: gatewayhttp.Limits{PerAddress: wire.Limit{Burst: 1}, Proxies: proxies}})
			var status int
			for i := range 3 {
				r := httptest.NewRequest("GET", "/", nil)
				r.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				status = w.Code
			}
			if status != want {
				t.Errorf("%d proxies: the third address has status %d, want %d", proxies, status, want)
			}
		})
	}
}

// A normal payment is far from the limits, also of twenty payers who begin at the
// same moment behind one address: each opens, begins, comes back, and looks for a
// minute until it is decided.
func TestNormalPaymentsMeetNoLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, newStub(base), base, nil)
		var payers sync.WaitGroup
		for payer := range 20 {
			payers.Go(func() {
				token := fmt.Sprintf("tok%d", payer)
				ask := func(method, path string) {
					if status := from(h, "192.0.2.1", method, path, strings.NewReader("")); status == 429 || status == 503 {
						t.Errorf("payer %d: %s %s has status %d", payer, method, path, status)
					}
				}
				for range 3 { // and two reloads
					ask("GET", "/pay/"+token)
				}
				ask("POST", "/pay/"+token+"/attempts")
				begun, pause := time.Now(), 100*time.Millisecond
				for time.Since(begun) < time.Minute {
					ask("POST", "/return/"+token)
					time.Sleep(pause)
					pause = min(2*pause, 5*time.Second)
				}
			})
		}
		payers.Wait()
	})
}

// A flood from the payer's own address keeps it from beginning, and not from
// ending what it began: neither at the session nor where it comes back to.
func TestAFloodDoesNotStopAPayment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newUndescribedHandler(t, newStub(base), base, nil) // whose attempt comes back to /return/r1
		if status := from(h, "192.0.2.1", "GET", pay, nil); status != 200 {
			t.Fatalf("opening has status %d", status)
		}
		body := `{"component":"blue","opening":{"app":{"kind":"chat"}},"actions":["native"]}`
		begin := func() int {
			r := httptest.NewRequest("POST", pay+"/attempts", strings.NewReader(body))
			r.RemoteAddr = "192.0.2.1:1234"
			r.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {`"k"`}}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Code
		}
		flood(h, "192.0.2.1", "/nowhere")
		if status := from(h, "192.0.2.1", "GET", "/pay/other", nil); status != 429 {
			t.Errorf("another payment begins with status %d", status)
		}
		for minute := range 10 { // minutes go by in the paying app, and others come and go
			if status := begin(); status != 200 {
				t.Errorf("beginning has status %d", status)
			}
			if status := from(h, "192.0.2.1", "GET", pay, nil); status != 200 {
				t.Errorf("looking has status %d", status)
			}
			r := httptest.NewRequest("GET", "/return/r1?a=b", nil)
			r.RemoteAddr = "192.0.2.1:1234"
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != 303 {
				t.Errorf("coming back has status %d", w.Code)
			}
			time.Sleep(time.Minute)
			for i := range 500 {
				from(h, fmt.Sprintf("10.0.%d.%d", i/250, i%250), "GET", fmt.Sprintf("/pay/%d-%d", minute, i), nil)
			}
			flood(h, "192.0.2.1", "/nowhere")
		}
		if taken := flood(h, "192.0.2.1", pay); taken > 60 {
			t.Errorf("one payment may ask %d times in a row", taken)
		}
	})
}

// begins sends the body of an attempt from an address.
func begins(h http.Handler, address, pay string, body io.Reader) int {
	r := httptest.NewRequest("POST", pay+"/attempts", body)
	r.RemoteAddr = address + ":1234"
	r.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {`"k"`}, "Accept": {"application/json"}}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// Whoever has begun many payments and leaves every request of theirs unfinished
// holds an eighth of the places: what others have begun goes on, and what is new
// begins.
func TestUnfinishedPaymentsOfOneAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newUndescribedHandler(t, newStub(base), base, nil)
		const attacker, other = "192.0.2.1", "192.0.2.2"
		for i := range 100 {
			from(h, attacker, "GET", fmt.Sprintf("/pay/bad%d", i), nil)
		}
		if status := from(h, other, "GET", pay, nil); status != 200 {
			t.Fatalf("opening has status %d", status)
		}
		body, end := io.Pipe()
		var mu sync.Mutex
		answered := map[int]int{}
		var asked sync.WaitGroup
		for i := range 1000 {
			asked.Go(func() {
				status := begins(h, attacker, fmt.Sprintf("/pay/bad%d", i%100), body)
				mu.Lock()
				defer mu.Unlock()
				answered[status]++
			})
		}
		synctest.Wait()
		mu.Lock()
		if answered[429] != 1000-125 || len(answered) != 1 {
			t.Errorf("of 1,000 unfinished requests were answered, by status: %v; want all but 125 with 429", answered)
		}
		mu.Unlock()
		for _, c := range []struct {
			address, method, path string
			status                int
		}{
			{other, "GET", pay, 200},
			{"192.0.2.3", "GET", "/pay/new", 200},
			{attacker, "GET", "/pay/new2", 200},
			{attacker, "GET", "/pay/bad0", 429},
			{"192.0.2.4", "POST", "/notify/blue", 200},
			{"192.0.2.5", "GET", "/v1/orders/x", 401},
		} {
			if status := from(h, c.address, c.method, c.path, strings.NewReader("")); status != c.status {
				t.Errorf("%s %s from %s has status %d, want %d", c.method, c.path, c.address, status, c.status)
			}
		}
		end.Close()
		asked.Wait()
		if status := from(h, attacker, "GET", "/pay/bad0", nil); status != 200 {
			t.Errorf("after its requests ended the address is answered %d", status)
		}
	})
}

// One payment has eight requests worked on at the same time.
func TestUnfinishedRequestsOfOnePayment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newUndescribedHandler(t, newStub(base), base, nil)
		from(h, "192.0.2.1", "GET", pay, nil)
		body, end := io.Pipe()
		var asked sync.WaitGroup
		for i := range 8 {
			asked.Go(func() { begins(h, fmt.Sprintf("192.0.2.%d", i), pay, body) })
		}
		synctest.Wait()
		if status := begins(h, "192.0.2.9", pay, untouched{t}); status != 429 {
			t.Errorf("the ninth has status %d", status)
		}
		end.Close()
		asked.Wait()
	})
}

// The eighth follows MaxConcurrent, is one place at least, and ends with it.
func TestPlacesOfOneAddress(t *testing.T) {
	for maxConcurrent, want := range map[int]int{-1: 30, 4: 1, 80: 10} {
		synctest.Test(t, func(t *testing.T) {
			h := newUndescribedHandler(t, newStub(base), base, &gatewayhttp.Options{Limits: gatewayhttp.Limits{MaxConcurrent: maxConcurrent}})
			for i := range 10 {
				from(h, "192.0.2.1", "GET", fmt.Sprintf("/pay/bad%d", i), nil)
			}
			body, end := io.Pipe()
			var turned atomic.Int64
			var asked sync.WaitGroup
			for i := range 30 {
				asked.Go(func() {
					if begins(h, "192.0.2.1", fmt.Sprintf("/pay/bad%d", i%10), body) == 429 {
						turned.Add(1)
					}
				})
			}
			synctest.Wait()
			if got := 30 - int(turned.Load()); got != want {
				t.Errorf("of at most %d requests one address holds %d, want %d", maxConcurrent, got, want)
			}
			end.Close()
			asked.Wait()
		})
	}
}

// An acquirer has a limit by its name, whatever address it asks from; the answer
// is signed, and says when to come back. What the lookup says holds at once.
func TestLimitOfAnAcquirer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(base)
		l := wire.Limit{PerSecond: 0.1, Burst: 2}
		var asked string
		query := asking(t, s, newHandler(t, s, base, &gatewayhttp.Options{Limits: gatewayhttp.Limits{
			PerAcquirer: func(name string) wire.Limit { asked = name; return l }}}))
		for range 2 {
			if err := query(); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(4 * time.Second)
		err, _ := query().(*order.Error)
		if err == nil || err.Code != order.CodeRateLimited || err.RetryAfter != 6*time.Second || asked != "north" {
			t.Errorf("the third of %q: %v, want to come back after 6 s", asked, err)
		}
		l = wire.Limit{PerSecond: -1}
		if err := query(); err != nil {
			t.Errorf("without a limit: %v", err)
		}
	})
}

// rated is a directory with limits.
type rated struct{ directory }

func (rated) Rate(acquirer string) (float64, int, bool) { return 0.1, 2, acquirer == "north" }

// Without an option the directory says how often an acquirer may ask.
func TestLimitOfAnAcquirerInTheDirectory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(base)
		signer, _ := newSigner(t, 2, nil)
		_, north := newSigner(t, 1, nil)
		id, err := wire.KeyID(north)
		if err != nil {
			t.Fatal(err)
		}
		h, err := gatewayhttp.NewHandler(s, base, rated{directory{newKeys(t, north), id}}, signer, nil)
		if err != nil {
			t.Fatal(err)
		}
		query := asking(t, s, h)
		for i := range 3 {
			if err := query(); (order.CodeOf(err) == order.CodeRateLimited) != (i == 2) {
				t.Errorf("request %d: %v", i+1, err)
			}
		}
	})
}

// asking is the acquirer north, who asks once about the stub's order.
func asking(t *testing.T, s *stub, h http.Handler) func() error {
	n := wire.NewNetwork()
	webtest.Listen(t, n, base, h)
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	signer, _ := newSigner(t, 1, nil)
	_, pub := newSigner(t, 2, nil)
	c, err := orderhttp.NewClearing(base, wire.NewTransport(transport, signer, newKeys(t, pub), nil), &orderhttp.ClientOptions{Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	return func() error {
		_, err := c.Query(t.Context(), s.session.Order.ID)
		return err
	}
}

// An acquirer that is known by its certificate has the limit of its own name.
func TestLimitOfACertificate(t *testing.T) {
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{1}, ed25519.SeedSize)) // north signs with it
	var asked string
	var s *stub
	address, transport := webtest.ServeTLS(t, key, func(address string) http.Handler {
		s = newStub(address)
		return newHandler(t, s, address, &gatewayhttp.Options{TLSKeys: south{newKeys(t, key.Public().(ed25519.PublicKey))},
			Limits: gatewayhttp.Limits{PerAcquirer: func(name string) wire.Limit { asked = name; return wire.Limit{PerSecond: 0.001, Burst: 1} }}})
	})
	c, err := orderhttp.NewClearing(address, transport, &orderhttp.ClientOptions{Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	_, first := c.Place(t.Context(), s.session.Order)
	_, second := c.Place(t.Context(), s.session.Order)
	if first != nil || order.CodeOf(second) != order.CodeRateLimited || asked != "south" {
		t.Errorf("%v, then %v, for %q", first, second, asked)
	}
}

var _ interface {
	Rate(acquirer string) (perSecond float64, burst int, limited bool)
} = (*clearing.Directory)(nil)

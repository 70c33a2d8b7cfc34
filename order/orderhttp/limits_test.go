package orderhttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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

// Payers and gateways have the limits that the documentation states, and a flood
// of one takes nothing from another.
func TestDefaultLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, newStub(), base, nil)
		for _, c := range []struct {
			path  string
			taken int
		}{{"/m/tea", 400}, {"/v1/notifications", 2000}} {
			taken := 0
			for from(h, "192.0.2.1", "GET", c.path, nil) != http.StatusTooManyRequests {
				taken++
			}
			if taken != c.taken {
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

// Twenty payers who share an address confirm at the same moment and wait a minute
// for their results: nobody is turned away.
func TestNormalPaymentsMeetNoLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, newStub(), base, nil)
		var payers sync.WaitGroup
		for range 20 {
			payers.Go(func() {
				for _, path := range []string{"/m/tea", "/m/tea/review?q.oolong=1", "/m/tea", "/orders/1", "/m/tea"} {
					if status := from(h, "192.0.2.1", "GET", path, nil); status != 200 {
						t.Errorf("%s has status %d", path, status)
					}
				}
				for range 12 {
					time.Sleep(5 * time.Second)
					if status := from(h, "192.0.2.1", "GET", "/orders/1", nil); status != 200 {
						t.Errorf("looking has status %d", status)
					}
				}
			})
		}
		payers.Wait()
	})
}

// One who holds on to as many requests as it may keeps nobody else out.
func TestSlowCallersKeepNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, newStub(), base, &orderhttp.Options{Limits: orderhttp.Limits{PerAddress: wire.Limit{Concurrent: 5}, MaxConcurrent: 10}})
		body, end := io.Pipe() // never comes
		answered := make(chan int, 5)
		for range 5 {
			go func() { answered <- confirmFrom(h, "192.0.2.1", body) }()
		}
		synctest.Wait()
		if status := from(h, "192.0.2.1", "GET", "/m/tea", nil); status != 429 {
			t.Errorf("who has five requests open has status %d", status)
		}
		if status := from(h, "192.0.2.2", "GET", "/m/tea", nil); status != 200 {
			t.Errorf("somebody else has status %d", status)
		}
		end.Close()
		for range 5 {
			<-answered
		}
		if status := from(h, "192.0.2.1", "GET", "/m/tea", nil); status != 200 {
			t.Errorf("afterwards the status is %d", status)
		}
	})
}

func confirmFrom(h http.Handler, address string, body io.Reader) int {
	r := httptest.NewRequest("POST", "/m/tea/orders", body)
	r.RemoteAddr = address + ":1234"
	r.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {`"k"`}}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

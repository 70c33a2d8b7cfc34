package gatewayhttp_test

import (
	"bytes"
	"crypto/ed25519"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/web/webtest"
)

// nowhere takes an answer and keeps only how long it is.
type nowhere struct {
	header http.Header
	bytes  int
}

func (n *nowhere) Header() http.Header { return n.header }
func (n *nowhere) WriteHeader(int)     {}
func (n *nowhere) Write(p []byte) (int, error) {
	n.bytes += len(p)
	return len(p), nil
}

// BenchmarkCashier answers with the cashier, beside one check of a signature.
func BenchmarkCashier(b *testing.B) {
	h := newUndescribedHandler(b, living(), base, unlimited())
	r := httptest.NewRequest(http.MethodGet, base+"/pay/"+token, nil)
	r.Header.Set("Accept", webtest.AsBrowser)
	r.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		b.Fatal(err)
	}
	text := bytes.Repeat([]byte("x"), 100)
	signature := ed25519.Sign(private, text)
	size := 0
	page, check := time.Hour, time.Hour // the shortest of each: whatever else runs only adds
	for b.Loop() {
		page = min(page, took(func() {
			w := &nowhere{header: http.Header{}}
			h.ServeHTTP(w, r)
			size = w.bytes
		}))
		check = min(check, took(func() {
			if !ed25519.Verify(public, text, signature) {
				b.Fatal("not verified")
			}
		}))
	}
	b.ReportMetric(float64(page)/float64(check), "page-x-verify")
	b.ReportMetric(float64(size), "bytes")
}

func took(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

// living is a stub whose order has time left.
func living() *stub {
	s := newStub(base)
	s.session.Order.Expires = time.Now().Add(15 * time.Minute)
	return s
}

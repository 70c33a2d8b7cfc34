package gatewayhttp_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/internal/web/webtest"
)

// nowhere takes an answer and keeps only how long it is.
type nowhere struct {
	header http.Header
	bytes  int
	status int
}

func (n *nowhere) Header() http.Header    { return n.header }
func (n *nowhere) WriteHeader(status int) { n.status = status }
func (n *nowhere) Write(p []byte) (int, error) {
	n.bytes += len(p)
	return len(p), nil
}

// maxPage is how large a page may be with all that it loads, as on its first visit.
const maxPage = 50 << 10 // bytes

// BenchmarkCashierOverLoopback asks for the cashier beside a fixed reply of the same
// size.
func BenchmarkCashierOverLoopback(b *testing.B) {
	h := newUndescribedHandler(b, living(), base, unlimited())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, cashierRequest(base))
	fixed := httptest.NewServer(http.HandlerFunc(func(f http.ResponseWriter, _ *http.Request) {
		maps.Copy(f.Header(), w.Header())
		f.Write(w.Body.Bytes())
	}))
	defer fixed.Close()
	cashier := httptest.NewServer(h)
	defer cashier.Close()
	for _, s := range []*httptest.Server{fixed, cashier} {
		s.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 4
	}
	var ratios []float64 // of pairs: what else runs slows both
	for b.Loop() {
		ratios = append(ratios, rate(b, cashier)/rate(b, fixed))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "cashier-x-fixed")
}

// rate is how many requests a second the server answers four callers.
func rate(b *testing.B, s *httptest.Server) float64 {
	const callers, each = 4, 50
	var all sync.WaitGroup
	start := time.Now()
	for range callers {
		all.Go(func() {
			for range each {
				fetch(b, s)
			}
		})
	}
	all.Wait()
	return callers * each / time.Since(start).Seconds()
}

func cashierRequest(base string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, base+"/pay/"+token, nil)
	r.RequestURI = ""
	r.Header.Set("Accept", webtest.AsBrowser)
	r.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")
	return r
}

func fetch(b *testing.B, s *httptest.Server) {
	resp, err := s.Client().Do(cashierRequest(s.URL))
	if err != nil {
		b.Error(err)
		return
	}
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); err != nil || n == 0 || resp.StatusCode != http.StatusOK {
		b.Errorf("status %d, %d bytes, %v", resp.StatusCode, n, err)
	}
}

// A page and all that it loads are small enough for a slow line.
func TestPagesAreSmall(t *testing.T) {
	s := living()
	for i := range 20 { // as many ways to pay as an order has at most in practice
		s.session.Offers = append(s.session.Offers, component.Offer{Name: fmt.Sprint("way-", i), Kind: "way", Version: "1", Title: strings.Repeat("界", 20),
			Actions: []component.ActionKind{component.ActionRedirect}})
	}
	v := newVisitor(t, s, nil)
	p := v.Open("/pay/" + token)
	size := len(p.Text)
	for _, address := range []string{p.Page(t).Style, p.Page(t).Script} {
		size += len(v.Open(address).Text)
	}
	if size > maxPage {
		t.Errorf("the cashier has %d bytes: at most %d", size, maxPage)
	}
	t.Logf("the cashier with %d offers: %d bytes, of which %d are kept", len(s.session.Offers), size, size-len(p.Text))
}

// BenchmarkCashier answers with the cashier, beside one check of a signature.
func BenchmarkCashier(b *testing.B) {
	h := newUndescribedHandler(b, living(), base, unlimited())
	r := cashierRequest(base)
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
			if w.status != http.StatusOK {
				b.Fatal("status ", w.status)
			}
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

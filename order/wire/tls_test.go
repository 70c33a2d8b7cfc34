package wire

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

// certificate is one that the key has given itself and that has ended: nothing in
// it counts but the key.
func certificate(t testing.TB, key crypto.Signer) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "nobody"},
		NotBefore: time.Unix(1, 0), NotAfter: time.Unix(2, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// tlsServer is a handler behind a real TLS socket on loopback.
type tlsServer struct {
	*httptest.Server
	log bytes.Buffer
}

// newTLSServer serves next for signatures of keys and certificates of tlsKeys.
func newTLSServer(t *testing.T, next http.HandlerFunc, keys, tlsKeys Keys) *tlsServer {
	t.Helper()
	s := &tlsServer{Server: httptest.NewUnstartedServer(nil)}
	o := &Options{TLSKeys: tlsKeys, MaxBody: 1 << 10, Logger: slog.New(slog.NewTextHandler(&s.log, nil))}
	signer, err := NewSigner(testKey(9), o)
	if err != nil {
		t.Fatal(err)
	}
	s.Config.Handler, err = NewHandler(next, "https://"+s.Listener.Addr().String(), signer, keys, o)
	if err != nil {
		t.Fatal(err)
	}
	s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// client is a plain HTTP client with a certificate of the key.
func (s *tlsServer) client(t *testing.T, key crypto.Signer) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	if key != nil {
		transport.TLSClientConfig.Certificates = []tls.Certificate{certificate(t, key)}
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// order posts a small order, as changed, and returns the answer with its body.
func (s *tlsServer) order(t *testing.T, c *http.Client, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/orders", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {`"key-1"`}, "Content-Digest": {"sha-256=:AA==:"}, "Accept": {"x"}}
	change(req)
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(data)
}

func unchanged(*http.Request) {}

// A certificate with a registered key identifies its holder, over a real socket,
// with keys of all three kinds; the answer needs no signature, and next sees the
// same headers as of a signed request.
func TestClientCertificate(t *testing.T) {
	for name, key := range map[string]crypto.Signer{
		"Ed25519": testKey(1), "P-256": rfcKey(t, "test-key-ecc-p256"), "RSA": rfcKey(t, "test-key-rsa-pss"),
	} {
		var caller string
		s := newTLSServer(t, func(w http.ResponseWriter, r *http.Request) {
			caller, _ = Caller(r.Context())
			want := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {`"key-1"`}}
			if diff := cmp.Diff(want, r.Header); diff != "" || !CallerByTLS(r.Context()) {
				t.Errorf("next sees %s, by TLS %v", diff, CallerByTLS(r.Context()))
			}
			io.Copy(w, r.Body)
		}, keysOf(t), keysOf(t, key.Public()))
		resp, got := s.order(t, s.client(t, key), unchanged)
		want, _ := KeyID(key.Public())
		if resp.StatusCode != 200 || got != body || caller != want || resp.Header.Get("Signature") != "" {
			t.Errorf("%s: status %d, %s, caller %q, want %q", name, resp.StatusCode, got, caller, want)
		}
	}
}

// headersOfProxies are what proxies that end TLS tell a server behind them, RFC
// 9440's among them.
func headersOfProxies(t *testing.T, key crypto.Signer) http.Header {
	der := certificate(t, key).Certificate[0]
	block := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	h := http.Header{"X-Forwarded-Proto": {"https"}, "X-Client-Verify": {"SUCCESS"}, "Client-Cert": {byteSequence(der)}}
	for _, name := range []string{"X-Client-Cert", "X-Ssl-Client-Cert", "X-Forwarded-Client-Cert", "X-Forwarded-Tls-Client-Cert"} {
		h.Set(name, url.QueryEscape(block))
	}
	return h
}

// Only a registered TLS key on this very connection counts.
func TestClientCertificateRefused(t *testing.T) {
	s := newTLSServer(t, func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }, testKeys(t, 1), testKeys(t, 2))
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{
		"none": nil, "a stranger's": testKey(3), "a key of signatures": testKey(1), "of a kind that is not taken": p384,
	} {
		resp, got := s.order(t, s.client(t, key), func(r *http.Request) { maps.Copy(r.Header, headersOfProxies(t, testKey(2))) })
		if resp.StatusCode != 401 || !strings.Contains(got, `"the request's signature was not accepted"`) || resp.Header.Get("Signature") != "" {
			t.Errorf("%s: status %d, %s", name, resp.StatusCode, got)
		}
	}
	if id := testKeyID(1); !strings.Contains(s.log.String(), id) {
		t.Errorf("the log does not name the key %s: %s", id, &s.log)
	}
	// The other way round: a TLS key signs nothing.
	signer, err := NewSigner(testKey(2), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := s.client(t, nil)
	resp, _ := s.order(t, c, func(r *http.Request) {
		if err := signer.SignRequest(r); err != nil {
			t.Fatal(err)
		}
	})
	if resp.StatusCode != 401 {
		t.Errorf("signed with a TLS key: status %d", resp.StatusCode)
	}
}

// Without TLS on the connection no header makes up for it.
func TestNoCertificateWithoutTLS(t *testing.T) {
	o := testOptions(testTime())
	o.TLSKeys = testKeys(t, 2)
	h, err := NewHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }),
		gateway, testSigner(t, 9), testKeys(t, 1), o)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(certificate(t, testKey(2)).Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, state := range map[string]*tls.ConnectionState{
		"no TLS": nil, "no certificate": {HandshakeComplete: true}, "no handshake": {PeerCertificates: []*x509.Certificate{leaf}},
	} {
		r, w := httptest.NewRequest("POST", gateway+"/orders", strings.NewReader(body)), httptest.NewRecorder()
		r.TLS, r.Header = state, headersOfProxies(t, testKey(2))
		h.ServeHTTP(w, r)
		if w.Code != 401 {
			t.Errorf("%s: status %d", name, w.Code)
		}
	}
}

// A request that is signed is judged by its signature, whatever the certificate.
func TestSignatureBeforeCertificate(t *testing.T) {
	s := newTLSServer(t, func(w http.ResponseWriter, r *http.Request) {
		if got, _ := Caller(r.Context()); got != testKeyID(1) || CallerByTLS(r.Context()) {
			t.Errorf("the caller is %q, by TLS %v", got, CallerByTLS(r.Context()))
		}
	}, testKeys(t, 1), testKeys(t, 2))
	signer, err := NewSigner(testKey(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	for spoilt, want := range map[bool]int{false: 200, true: 401} {
		resp, _ := s.order(t, s.client(t, testKey(2)), func(r *http.Request) {
			if err := signer.SignRequest(r); err != nil {
				t.Fatal(err)
			}
			if spoilt {
				r.Header.Set("Signature", "sig1=:AA==:")
			}
		})
		if resp.StatusCode != want || resp.Header.Get("Signature") == "" {
			t.Errorf("spoilt %v: status %d, signature %q", spoilt, resp.StatusCode, resp.Header.Get("Signature"))
		}
	}
}

// TLS keeps a request as it was sent: what is wrong with it is told to its caller.
func TestFaultsOfCertifiedCallers(t *testing.T) {
	s := newTLSServer(t, func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }, keysOf(t), testKeys(t, 2))
	c := s.client(t, testKey(2))
	for name, tc := range map[string]struct {
		change func(*http.Request)
		code   order.Code
		detail string
	}{
		"another host": {func(r *http.Request) { r.Host = "other.example" }, order.CodeInvalid, "@target-uri is"},
		"two types":    {func(r *http.Request) { r.Header.Add("Content-Type", "text/plain") }, order.CodeInvalid, "content-type stands 2 times"},
		"two keys":     {func(r *http.Request) { r.Header.Add("Idempotency-Key", `"b"`) }, order.CodeInvalid, "idempotency-key stands 2 times"},
		"no type":      {func(r *http.Request) { r.Header.Del("Content-Type") }, order.CodeInvalid, "content-type stands 0 times"},
		"an encoding":  {func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, order.CodeInvalid, "content-encoding is"},
		"too long": {func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(tooLong())), int64(len(tooLong()))
		}, order.CodeTooLarge, "more than 1024 bytes"},
	} {
		resp, got := s.order(t, c, tc.change)
		resp.Body = io.NopCloser(strings.NewReader(got))
		if err := ReadError(resp); order.CodeOf(err) != tc.code || !strings.Contains(err.Error(), tc.detail) {
			t.Errorf("%s: %v, want %s, %q", name, err, tc.code, tc.detail)
		}
	}
}

// A key that is taken out ends at once, on a connection that is open too.
func TestCertificateEnds(t *testing.T) {
	now := testTime()
	clock := &Options{Now: func() time.Time { return now }}
	tlsKeys, err := NewKeySet([]Key{{Public: testKey(2).Public(), NotAfter: now.Add(time.Hour)}}, clock)
	if err != nil {
		t.Fatal(err)
	}
	s := newTLSServer(t, func(http.ResponseWriter, *http.Request) {}, keysOf(t), tlsKeys)
	c := s.client(t, testKey(2))
	var got []int
	for range 2 {
		resp, _ := s.order(t, c, unchanged)
		got = append(got, resp.StatusCode)
		now = now.Add(time.Hour)
	}
	if !slices.Equal(got, []int{200, 401}) {
		t.Errorf("before and after its end: %v", got)
	}
}

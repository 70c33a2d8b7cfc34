package wire

import (
	"crypto"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/anyscan/anyscan/order"
)

func TestNewHandlerRefuses(t *testing.T) {
	if _, err := NewHandler(http.NotFoundHandler(), "gateway", testSigner(t, 1), testKeys(t, 2), nil); err == nil {
		t.Error("took a base that is no address")
	}
	if _, ok := Caller(t.Context()); ok {
		t.Error("there is a caller without a request")
	}
}

// countingKey counts what it signs.
type countingKey struct {
	crypto.Signer
	signed int
}

func (k *countingKey) Sign(rand io.Reader, m []byte, o crypto.SignerOpts) ([]byte, error) {
	k.signed++
	return k.Signer.Sign(rand, m, o)
}

// Only what names the key of a peer makes the server sign, whatever is wrong
// with it.
func TestRefusalsAreSignedForPeers(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*http.Request)
		signed int
	}{
		"verified":       {func(*http.Request) {}, 1},
		"other body":     {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("{}")) }, 1},
		"longer body":    {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(tooLong())) }, 1},
		"another type":   {func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 1},
		"no type":        {func(r *http.Request) { r.Header.Del("Content-Type") }, 1},
		"encoded":        {func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, 1},
		"no digest":      {func(r *http.Request) { r.Header.Del("Content-Digest") }, 1},
		"wrong clock":    {func(r *http.Request) { replaceInput(r, "1767366245", "1767300000") }, 1},
		"bad signature":  {func(r *http.Request) { r.Header.Set("Signature", "sig1="+byteSequence(make([]byte, 64))) }, 1},
		"another's tag":  {func(r *http.Request) { replaceInput(r, "anyscan", "another") }, 1},
		"stranger":       {func(r *http.Request) { replaceInput(r, testKeyID(1), testKeyID(2)) }, 0},
		"no key":         {func(r *http.Request) { replaceInput(r, `;keyid="`+testKeyID(1)+`"`, "") }, 0},
		"garbage":        {func(r *http.Request) { r.Header.Set("Signature-Input", "garbage") }, 0},
		"only signature": {func(r *http.Request) { r.Header.Del("Signature-Input") }, 0},
		"only input":     {func(r *http.Request) { r.Header.Del("Signature") }, 0},
	} {
		key := &countingKey{Signer: testKey(2)}
		signer, err := NewSigner(key, testOptions(testTime()))
		if err != nil {
			t.Fatal(err)
		}
		h, err := NewHandler(http.NotFoundHandler(), gateway, signer, testKeys(t, 1), testOptions(testTime()))
		if err != nil {
			t.Fatal(err)
		}
		r, w := signed(t), httptest.NewRecorder()
		tc.change(r)
		h.ServeHTTP(w, r)
		_, err = VerifyResponse(w.Result(), r, testKeys(t, 2), testOptions(testTime()))
		if key.signed != tc.signed || (err == nil) != (tc.signed > 0) || name != "verified" && w.Code != 401 {
			t.Errorf("%s: status %d, signed %d times, want %d: %v", name, w.Code, key.signed, tc.signed, err)
		}
	}
}

// A refusal is unsigned while nobody can tell who asks, or the key does not sign.
func TestRefusalsThatCannotBeSigned(t *testing.T) {
	none := keysFunc(func() (crypto.PublicKey, error) { return nil, nil })
	down := keysFunc(func() (crypto.PublicKey, error) { return nil, errors.New("directory down") })
	for name, tc := range map[string]struct {
		signer *Signer
		keys   Keys
		want   int
	}{
		"nil key":         {testSigner(t, 2), none, 401},
		"keys not known":  {testSigner(t, 2), down, 503},
		"key store fails": {brokenSigner(t), testKeys(t, 1), 401},
	} {
		h, err := NewHandler(http.NotFoundHandler(), gateway, tc.signer, tc.keys, testOptions(testTime()))
		if err != nil {
			t.Fatal(err)
		}
		r, w := signed(t), httptest.NewRecorder()
		r.Header.Set("Signature", "sig1="+byteSequence(make([]byte, 64)))
		h.ServeHTTP(w, r)
		if w.Code != tc.want || w.Header().Get("Signature") != "" {
			t.Errorf("%s: status %d, signature %q", name, w.Code, w.Header().Get("Signature"))
		}
	}
}

// A body that broke off was not verified, and what is said of it is not signed.
func TestBrokenBodyIsNotAnsweredSigned(t *testing.T) {
	h, err := NewHandler(http.NotFoundHandler(), gateway, testSigner(t, 2), testKeys(t, 1), testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	r, w := signed(t), httptest.NewRecorder()
	r.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
	h.ServeHTTP(w, r)
	if w.Code != 503 || w.Header().Get("Signature") != "" {
		t.Errorf("status %d, signature %q", w.Code, w.Header().Get("Signature"))
	}
}

// Whatever somebody on the way does to a request, an answer that is signed is
// the answer to the true request or says that its caller was not identified.
func TestSignedAnswersDependOnWhatIsCovered(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("evil.example/", func(w http.ResponseWriter, r *http.Request) {
		WriteError(w, r, order.Errorf(order.CodeRefused, "", "not here"))
	})
	mux.HandleFunc("POST gateway.example/orders", func(w http.ResponseWriter, r *http.Request) {
		var v struct {
			ID string `json:"id"`
		}
		key, err := IdempotencyKey(r)
		if err == nil {
			err = Decode(r, 100, &v)
		}
		if err != nil {
			WriteError(w, r, err)
			return
		}
		Encode(w, http.StatusOK, []any{v.ID, key, len(r.Header), r.Trailer, r.Host})
	})
	h, err := NewHandler(mux, gateway, testSigner(t, 2), testKeys(t, 1), testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	answer := func(change func(*http.Request)) (int, string) {
		r, w := signed(t), httptest.NewRecorder()
		change(r)
		h.ServeHTTP(w, r)
		if _, err := VerifyResponse(w.Result(), signed(t), testKeys(t, 2), testOptions(testTime())); err != nil {
			return 0, ""
		}
		return w.Code, w.Body.String()
	}
	status, want := answer(func(*http.Request) {})
	if status != 200 || want != `["a","key-1",5,null,"gateway.example"]` {
		t.Fatalf("unchanged: status %d, %s", status, want)
	}
	changes := map[string]func(*http.Request){
		"longer":  func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(tooLong())) },
		"shorter": func(r *http.Request) { r.Body = http.NoBody },
		"method":  func(r *http.Request) { r.Method = "PUT" },
		"host":    func(r *http.Request) { r.Host = "evil.example" },
		"length":  func(r *http.Request) { r.ContentLength = 1 << 30 },
		"trailer": func(r *http.Request) { r.Trailer = http.Header{"Content-Type": {"text/plain"}} },
	}
	for _, name := range []string{
		"Content-Type", "Content-Encoding", "Content-Length", "Transfer-Encoding", "Content-Digest", "Idempotency-Key", "Signature-Input",
		"Accept", "Accept-Encoding", "Authorization", "Cookie", "Expect", "Host", "If-None-Match", "Origin", "Prefer",
		"Range", "X-Forwarded-Host", "X-Http-Method-Override",
	} {
		changes[name+" set"] = func(r *http.Request) { r.Header.Set(name, "x") }
		changes[name+" added"] = func(r *http.Request) { r.Header.Add(name, "x") }
		changes[name+" taken away"] = func(r *http.Request) { r.Header.Del(name) }
	}
	for name, change := range changes {
		if status, got := answer(change); status != 0 && status != 401 && got != want {
			t.Errorf("%s: a signed answer with status %d, %s", name, status, got)
		}
	}
}

func testKeyID(n byte) string {
	id, _ := KeyID(testKey(n).Public())
	return id
}

func replaceInput(r *http.Request, old, new string) {
	r.Header.Set("Signature-Input", strings.Replace(r.Header.Get("Signature-Input"), old, new, 1))
}

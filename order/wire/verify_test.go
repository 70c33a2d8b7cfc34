package wire

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/anyscan/anyscan/order"
)

const (
	gateway = "https://gateway.example"
	body    = `{"id":"a"}`
)

func testKey(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func testOptions(at time.Time) *Options {
	return &Options{Now: func() time.Time { return at }, MaxBody: 1 << 10}
}

func testTime() time.Time { return time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC) }

func testSigner(t testing.TB, n byte) *Signer {
	t.Helper()
	s, err := NewSigner(testKey(n), testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func testKeys(t testing.TB, ns ...byte) Keys {
	t.Helper()
	var pubs []crypto.PublicKey
	for _, n := range ns {
		pubs = append(pubs, testKey(n).Public())
	}
	return keysOf(t, pubs...)
}

func keysOf(t testing.TB, pubs ...crypto.PublicKey) Keys {
	t.Helper()
	keys, err := NewKeys(pubs...)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// signed is a request as its sender signed it and as the gateway receives it.
func signed(t testing.TB) *http.Request {
	t.Helper()
	return signedBy(t, testSigner(t, 1))
}

func signedBy(t testing.TB, signer *Signer) *http.Request {
	t.Helper()
	req := testRequest(t)
	if err := signer.SignRequest(req); err != nil {
		t.Fatal(err)
	}
	return received(req)
}

func testRequest(t testing.TB) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", gateway+"/orders?x=%7e&y", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if err := SetIdempotencyKey(req, "key-1"); err != nil {
		t.Fatal(err)
	}
	return req
}

// received is req as a server behind a proxy gets it: addressed to some host.
func received(req *http.Request) *http.Request {
	data, _ := io.ReadAll(req.Body)
	r := httptest.NewRequest(req.Method, req.URL.RequestURI(), bytes.NewReader(data))
	r.Host, r.Header = "10.0.0.7:8080", req.Header.Clone()
	return r
}

func verifyTest(t testing.TB, r *http.Request) (string, error) {
	return VerifyRequest(r, gateway, testKeys(t, 1, 2), testOptions(testTime()))
}

func TestRequestIsVerified(t *testing.T) {
	r := signed(t)
	id, err := verifyTest(t, r)
	want, _ := KeyID(testKey(1).Public())
	if err != nil || id != want {
		t.Fatalf("got %q, %v, want %q", id, err, want)
	}
	if got, err := io.ReadAll(r.Body); err != nil || string(got) != body {
		t.Errorf("the handler reads %q, %v", got, err)
	}
	got := r.Header.Get("Signature-Input")
	if want := `sig1=("@method" "@target-uri" "content-digest" "content-type" "idempotency-key");created=1767366245;keyid="` + id + `";tag="anyscan"`; got != want {
		t.Errorf("the input is\n%s, want\n%s", got, want)
	}
}

func TestRequestWithoutBodyOrKey(t *testing.T) {
	for _, b := range []io.Reader{nil, http.NoBody, strings.NewReader("")} {
		req, err := http.NewRequest("", "HTTPS://Gateway.example:443", b)
		if err != nil {
			t.Fatal(err)
		}
		if err := testSigner(t, 1).SignRequest(req); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header = req.Header
		if _, err := verifyTest(t, r); err != nil {
			t.Errorf("%v: %v", b, err)
		}
	}
}

// A request that brings a type without a body, or none with neither, says so in
// its signature: neither can be made the other.
func TestTypeWithoutBody(t *testing.T) {
	for _, media := range []string{"", "application/json"} {
		req, _ := http.NewRequest("GET", gateway+"/", nil)
		if media != "" {
			req.Header.Set("Content-Type", media)
		}
		if err := testSigner(t, 1).SignRequest(req); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header = req.Header
		if _, err := verifyTest(t, clone(r)); err != nil {
			t.Errorf("type %q: %v", media, err)
		}
		if media != "" {
			r.Header.Del("Content-Type")
		} else {
			r.Header.Set("Content-Type", "text/plain")
		}
		_, err := verifyTest(t, r)
		if e, ok := errors.AsType[*SignatureError](err); !ok || e.Part != "content-type" {
			t.Errorf("type %q turned round: %v", media, err)
		}
	}
}

// A body without a type is refused even if it is signed.
func TestBodyNeedsType(t *testing.T) {
	r := signed(t)
	r.Header.Del("Content-Type")
	covered := []component{{name: "@method"}, {name: "@target-uri"}, {name: "content-digest"}, {name: "idempotency-key"}}
	if err := testSigner(t, 1).sign(requestMessage(r, gateway+r.RequestURI), covered); err != nil {
		t.Fatal(err)
	}
	_, err := verifyTest(t, r)
	if e, ok := errors.AsType[*SignatureError](err); !ok || e.Part != "content-type" {
		t.Errorf("got %v", err)
	}
}

// tooLong is a body above the limit of testOptions.
func tooLong() string { return strings.Repeat(" ", 1<<10+1) }

func clone(r *http.Request) *http.Request {
	c := r.Clone(r.Context())
	data, _ := io.ReadAll(r.Body)
	r.Body, c.Body = io.NopCloser(bytes.NewReader(data)), io.NopCloser(bytes.NewReader(data))
	return c
}

// What is wrong is named for the log, and for who names a key that is known.
func TestRequestRefused(t *testing.T) {
	cover := func(r *http.Request, old, new string) {
		r.Header.Set("Signature-Input", strings.Replace(r.Header.Get("Signature-Input"), old, new, 1))
	}
	add := func(r *http.Request, name string) { r.Header.Add(name, r.Header.Get(name)) }
	for name, tc := range map[string]struct {
		change func(r *http.Request)
		part   string
	}{
		"not signed":         {func(r *http.Request) { r.Header.Del("Signature-Input") }, "signature-input"},
		"no signature":       {func(r *http.Request) { r.Header.Del("Signature") }, "signature"},
		"no digest":          {func(r *http.Request) { r.Header.Del("Content-Digest") }, "content-digest"},
		"two inputs":         {func(r *http.Request) { add(r, "Signature-Input") }, "signature-input"},
		"two signatures":     {func(r *http.Request) { add(r, "Signature") }, "signature"},
		"two digests":        {func(r *http.Request) { add(r, "Content-Digest") }, "content-digest"},
		"two keys":           {func(r *http.Request) { add(r, "Idempotency-Key") }, "idempotency-key"},
		"key taken away":     {func(r *http.Request) { r.Header.Del("Idempotency-Key") }, "idempotency-key"},
		"method not covered": {func(r *http.Request) { cover(r, `"@method" `, "") }, "@method"},
		"target not covered": {func(r *http.Request) { cover(r, `"@target-uri" `, "") }, "@target-uri"},
		"path instead":       {func(r *http.Request) { cover(r, `"@target-uri"`, `"@path"`) }, "@target-uri"},
		"digest not covered": {func(r *http.Request) { cover(r, `"content-digest" `, "") }, "content-digest"},
		"key not covered":    {func(r *http.Request) { cover(r, ` "idempotency-key"`, "") }, "idempotency-key"},
		"another type":       {func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, "signature"},
		"two types":          {func(r *http.Request) { add(r, "Content-Type") }, "content-type"},
		"type taken away":    {func(r *http.Request) { r.Header.Del("Content-Type") }, "content-type"},
		"type not covered":   {func(r *http.Request) { cover(r, ` "content-type"`, "") }, "content-type"},
		"encoded":            {func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, "content-encoding"},
		"encoded as nothing": {func(r *http.Request) { r.Header.Set("Content-Encoding", "identity") }, "content-encoding"},
		"encoded, not said":  {func(r *http.Request) { r.Header.Set("Content-Encoding", "") }, "content-encoding"},
		"body too long":      {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(tooLong())) }, "content-digest"},
		"body cut by a limit": {func(r *http.Request) {
			r.Body = http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(tooLong())), 1)
		}, "content-digest"},
		"more covered":         {func(r *http.Request) { cover(r, `("`, `("date" "`) }, "date"},
		"a request's request":  {func(r *http.Request) { cover(r, `"@method"`, `"@method";req`) }, "@method"},
		"algorithm in message": {func(r *http.Request) { cover(r, `;tag`, `;alg="ed25519";tag`) }, "alg"},
		"nonce":                {func(r *http.Request) { cover(r, `;tag`, `;nonce="x";tag`) }, "nonce"},
		"no tag":               {func(r *http.Request) { cover(r, `;tag="anyscan"`, "") }, "signature-input"},
		"other tag":            {func(r *http.Request) { cover(r, `anyscan`, "another") }, "tag"},
		"no time":              {func(r *http.Request) { cover(r, `;created=1767366245`, "") }, "signature-input"},
		"text for a time":      {func(r *http.Request) { cover(r, `1767366245`, `"1767366245"`) }, "created"},
		"end of time":          {func(r *http.Request) { cover(r, `1767366245`, `999999999999999`) }, "created"},
		"two labels":           {func(r *http.Request) { cover(r, `anyscan"`, `anyscan", sig2=()`) }, "signature-input"},
		"other label":          {func(r *http.Request) { cover(r, `sig1`, "sig2") }, "signature-input"},
		"unknown key":          {func(r *http.Request) { cover(r, `keyid="`, `keyid="x`) }, "keyid"},
		"another's key": {func(r *http.Request) {
			one, _ := KeyID(testKey(1).Public())
			two, _ := KeyID(testKey(2).Public())
			cover(r, one, two)
		}, "signature"},
		"folded":     {func(r *http.Request) { cover(r, `" "`, "\"\r\n \"") }, "signature-input"},
		"other body": {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(body + " ")) }, "content-digest"},
		"proxy form": {func(r *http.Request) { r.RequestURI = gateway + r.RequestURI }, "@target-uri"},
	} {
		t.Run(name, func(t *testing.T) {
			r := signed(t)
			tc.change(r)
			_, err := verifyTest(t, r)
			if e, ok := errors.AsType[*SignatureError](err); !ok || e.Part != tc.part || e.Reason == "" {
				t.Errorf("got %v, want a *SignatureError about %s", err, tc.part)
			}
			e, ok := errors.AsType[*order.Error](err)
			told := strings.HasPrefix(e.Detail, "the request's signature was not accepted: "+tc.part+" ")
			if !ok || e.Code != order.CodeUnauthenticated || told != namesKey(t, r) || !told && e.Detail != "the request's signature was not accepted" {
				t.Errorf("got %v, want unauthenticated and %s named, if the key is known", err, tc.part)
			}
		})
	}
}

// namesKey reports whether a request names one of the keys that verifyTest knows,
// in fields that can be read.
func namesKey(t *testing.T, r *http.Request) bool {
	_, err := requestMessage(r, "").claim(r.Context(), testKeys(t, 1, 2))
	return err == nil
}

// The profile is closed: more than it names is refused even if it is signed.
func TestMoreCovered(t *testing.T) {
	for _, more := range []component{{name: "accept"}, {name: "@status"}} {
		r := signed(t)
		r.Header.Set("Accept", "application/json")
		m := requestMessage(r, gateway+r.RequestURI)
		m.derived["@status"] = "200"
		if err := testSigner(t, 1).sign(m, append(requestCovers(r.Header), more)); err != nil {
			t.Fatal(err)
		}
		_, err := verifyTest(t, r)
		if e, ok := errors.AsType[*SignatureError](err); !ok || e.Part != more.name {
			t.Errorf("covering %s: %v", more, err)
		}
	}
}

func TestTimeWindow(t *testing.T) {
	for age, ok := range map[time.Duration]bool{
		5 * time.Minute: true, -5 * time.Minute: true,
		5*time.Minute + time.Second: false, -5*time.Minute - time.Second: false,
	} {
		_, err := VerifyRequest(signed(t), gateway, testKeys(t, 1), testOptions(testTime().Add(age)))
		if (err == nil) != ok {
			t.Errorf("%s after it was signed: %v", age, err)
		}
	}
	o := testOptions(testTime().Add(2 * time.Second))
	o.Window = time.Second
	if _, err := VerifyRequest(signed(t), gateway, testKeys(t, 1), o); !errors.Is(err, order.CodeUnauthenticated) {
		t.Errorf("outside of a smaller window: %v", err)
	}
}

func TestBase(t *testing.T) {
	for base, code := range map[string]order.Code{
		gateway: "", gateway + "/": "", "HTTPS://GATEWAY.example:443": "",
		"http://gateway.example": order.CodeUnauthenticated, "https://other.example": order.CodeUnauthenticated,
		gateway + ":8443": order.CodeUnauthenticated, gateway + "/api": order.CodeUnauthenticated,
		"": order.CodeInternal, "gateway.example": order.CodeInternal, "ftp://gateway.example": order.CodeInternal,
		"https://": order.CodeInternal, gateway + "?a": order.CodeInternal, gateway + "/#a": order.CodeInternal,
		"https://u@gateway.example": order.CodeInternal, "https://[::1": order.CodeInternal, gateway + "?": order.CodeInternal,
	} {
		_, err := VerifyRequest(signed(t), base, testKeys(t, 1), testOptions(testTime()))
		if order.CodeOf(err) != code {
			t.Errorf("%q: got %v, want code %q", base, err, code)
		}
	}
	req, _ := http.NewRequest("GET", "http://shop.example:80/pay/a%2Fb", nil)
	if err := testSigner(t, 1).SignRequest(req); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/a%2Fb", nil)
	r.Header = req.Header
	if _, err := VerifyRequest(r, "http://shop.example/pay/", testKeys(t, 1), testOptions(testTime())); err != nil {
		t.Errorf("behind a proxy that takes a path away: %v", err)
	}
}

type keysFunc func() (crypto.PublicKey, error)

func (f keysFunc) Key(context.Context, string) (crypto.PublicKey, error) { return f() }

// Who could not decide has rejected, and says that it may be asked again.
func TestUndecided(t *testing.T) {
	down := errors.New("directory down")
	_, err := VerifyRequest(signed(t), gateway, keysFunc(func() (crypto.PublicKey, error) { return nil, down }), testOptions(testTime()))
	if !errors.Is(err, order.CodeUnavailable) || !errors.Is(err, down) {
		t.Errorf("keys not to be had: %v", err)
	}
	_, err = VerifyRequest(signed(t), gateway, keysFunc(func() (crypto.PublicKey, error) { return nil, nil }), testOptions(testTime()))
	if !errors.Is(err, order.CodeUnauthenticated) {
		t.Errorf("a nil key: %v", err)
	}
	r := signed(t)
	r.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := verifyTest(t, r); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("body broken off: %v", err)
	}
	r = signed(t)
	r.Body = io.NopCloser(strings.NewReader(tooLong()))
	if _, err := verifyTest(t, r); !errors.Is(err, order.CodeUnauthenticated) {
		t.Errorf("body too long: %v", err)
	}
	if got, err := io.ReadAll(r.Body); err != nil || len(got) > 0 {
		t.Errorf("a refused body can still be read: %d bytes, %v", len(got), err)
	}
}

// A caller that nobody knows cannot make the server read its body.
func TestSignatureBeforeBody(t *testing.T) {
	r := signed(t)
	r.Header.Set("Signature", "sig1="+byteSequence(make([]byte, 64)))
	r.Body = io.NopCloser(iotest.ErrReader(errors.New("the body was read")))
	if _, err := verifyTest(t, r); !errors.Is(err, order.CodeUnauthenticated) {
		t.Error(err)
	}
}

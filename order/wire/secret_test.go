package wire

import (
	"bytes"
	"crypto"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
)

const acquirer = "https://acquirer.example"

func testSecret(n byte) Secret { return NewSecret(bytes.Repeat([]byte{n}, 32)) }

func secretSignerOf(t testing.TB, n byte) *Signer {
	t.Helper()
	s, err := NewSecretSigner(testSecret(n), testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func idOf(t testing.TB, pub crypto.PublicKey) string {
	t.Helper()
	id, err := KeyID(pub)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// party is a server with a key of its own, which counts what it signs.
type party struct {
	http.Handler
	own   *countingKey
	taken int // requests
}

func newParty(t testing.TB, base string, n byte, keys Keys) *party {
	t.Helper()
	p := &party{own: &countingKey{Signer: testKey(n)}}
	signer, err := NewSigner(p.own, testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	p.Handler = handlerOf(t, base, signer, keys, func(w http.ResponseWriter, _ *http.Request) {
		p.taken++
		Encode(w, http.StatusOK, map[string]string{"took": base})
	})
	return p
}

func handlerOf(t testing.TB, base string, signer *Signer, keys Keys, next http.HandlerFunc) http.Handler {
	t.Helper()
	h, err := NewHandler(next, base, signer, keys, testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask gives the request to the server.
func (p *party) ask(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Result()
}

// RoundTrip implements http.RoundTripper.
func (p *party) RoundTrip(r *http.Request) (*http.Response, error) { return p.ask(received(r)), nil }

// requestTo is a request that the signer made for the server at base.
func requestTo(t testing.TB, base string, signer *Signer) *http.Request {
	t.Helper()
	req := testRequest(t)
	req.Host = strings.TrimPrefix(base, "https://")
	req.URL.Host = req.Host
	if err := signer.SignRequest(req); err != nil {
		t.Fatal(err)
	}
	return received(req)
}

// signedWith is the identifier of the key that a message names.
func signedWith(h http.Header) string {
	_, rest, _ := strings.Cut(h.Get("Signature-Input"), `;keyid="`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// An answer is signed with the very secret that verified the request, while an old
// and a new one overlap too, and with the server's own key for whoever has another
// kind of key.
func TestAnswersAreSignedWithTheSecretOfTheRequest(t *testing.T) {
	ed25519 := testKey(1).Public()
	keys := keysOf(t, testSecret(1), testSecret(2), ed25519)
	for name, tc := range map[string]struct {
		signer *Signer
		with   crypto.PublicKey
		own    int // signatures with the server's own key
	}{
		"the old secret": {secretSignerOf(t, 1), testSecret(1), 0},
		"the new secret": {secretSignerOf(t, 2), testSecret(2), 0},
		"a public key":   {testSigner(t, 1), testKey(9).Public(), 1},
	} {
		p := newParty(t, gateway, 9, keys)
		req := requestTo(t, gateway, tc.signer)
		resp := p.ask(req)
		if id, err := VerifyResponse(resp, req, keysOf(t, tc.with), testOptions(testTime())); err != nil || id != idOf(t, tc.with) || resp.StatusCode != 200 {
			t.Errorf("%s: status %d, signed with %q: %v", name, resp.StatusCode, id, err)
		}
		if p.own.signed != tc.own || p.taken != 1 {
			t.Errorf("%s: the own key signed %d times, want %d; %d requests were taken", name, p.own.signed, tc.own, p.taken)
		}
	}
}

// A secret that ends between a request and its answer signs the answer all the
// same: its caller waits for that one.
func TestASecretThatEndsMeanwhileAnswers(t *testing.T) {
	ended := false
	keys := keysFunc(func() (crypto.PublicKey, error) {
		if ended {
			return nil, order.Errorf(order.CodeNotFound, "", "that key ended")
		}
		return testSecret(1), nil
	})
	h := handlerOf(t, gateway, testSigner(t, 9), keys, func(w http.ResponseWriter, r *http.Request) {
		ended = true
		WriteError(w, r, order.Errorf(order.CodeRefused, "", "no"))
	})
	req, w := requestTo(t, gateway, secretSignerOf(t, 1)), httptest.NewRecorder()
	h.ServeHTTP(w, req)
	if _, err := VerifyResponse(w.Result(), req, keysOf(t, testSecret(1)), testOptions(testTime())); err != nil || w.Code != 422 {
		t.Errorf("status %d: %v", w.Code, err)
	}
}

// Both sides sign with one secret, requests and answers. No message that somebody
// on the way gives back to its sender, or to the other in another role, is taken:
// not the acquirer's and not the gateway's, and not what their servers say of it.
func TestSharedSecretIsNotReflected(t *testing.T) {
	secret, o := testSecret(1), testOptions(testTime())
	shared := keysOf(t, secret)
	for _, way := range []struct {
		from, to       string
		sender, server byte // their own keys
	}{{acquirer, gateway, 5, 9}, {gateway, acquirer, 9, 5}} {
		t.Run("from "+way.from, func(t *testing.T) {
			sender, server := newParty(t, way.from, way.sender, shared), newParty(t, way.to, way.server, shared)
			believed := keysOf(t, secret, testKey(way.server).Public()) // by the sender, of an answer
			request := requestTo(t, way.to, secretSignerOf(t, 1))
			answer := server.ask(clone(request))

			back := sender.ask(clone(request))
			if sender.taken != 0 || back.StatusCode != http.StatusUnauthorized {
				t.Errorf("its sender's own server takes it, with status %d", back.StatusCode)
			}
			if _, err := VerifyResponse(back, request, believed, o); !errors.Is(err, order.CodeUnavailable) {
				t.Errorf("the sender believes what its own server says of it: %v", err)
			}
			echo := answered(200, "application/json", body)
			echo.Header = request.Header.Clone()
			if _, err := VerifyResponse(echo, request, believed, o); partOf(err) != "@status" {
				t.Errorf("the request is an answer to itself: %v", err)
			}
			for _, p := range []*party{sender, server} {
				asRequest := clone(request)
				asRequest.Header = answer.Header.Clone()
				before := p.taken
				if resp := p.ask(asRequest); resp.StatusCode != http.StatusUnauthorized || p.taken != before {
					t.Errorf("an answer is a request, with status %d", resp.StatusCode)
				}
			}
			other := testRequest(t)
			other.Header.Set("Idempotency-Key", `"key-2"`)
			if err := secretSignerOf(t, 1).SignRequest(other); err != nil {
				t.Fatal(err)
			}
			if _, err := VerifyResponse(answer, received(other), believed, o); partOf(err) != "signature" {
				t.Errorf("the answer is one to another request: %v", err)
			}
		})
	}
}

// A refusal is signed with the secret only for whoever has it and meant this
// server: so a peer with a wrong clock can believe what it is told. What anybody
// else brings about is signed with the server's own key, or not at all by a server
// that has none but secrets.
func TestRefusalsWithASecret(t *testing.T) {
	const own, none = "own", ""
	secret := testSecret(1)
	late := func(t testing.TB) *http.Request {
		s, err := NewSecretSigner(secret, testOptions(testTime().Add(-time.Hour)))
		if err != nil {
			t.Fatal(err)
		}
		return requestTo(t, gateway, s)
	}
	changed := func(change func(*http.Request)) func(testing.TB) *http.Request {
		return func(t testing.TB) *http.Request {
			r := requestTo(t, gateway, secretSignerOf(t, 1))
			change(r)
			return r
		}
	}
	foreign := func(t testing.TB) *http.Request { return requestTo(t, acquirer, secretSignerOf(t, 1)) }
	tagged := func(t testing.TB) *http.Request {
		r := requestTo(t, gateway, secretSignerOf(t, 1))
		replaceInput(r, tag, "another")
		in, err := parseInput(label, r.Header.Get(inputHeader))
		if err != nil {
			t.Fatal(err)
		}
		base, err := requestMessage(r, gateway+r.RequestURI).base(in)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(signatureHeader, label+"="+byteSequence(secret.HMAC([]byte(base))))
		return r
	}
	for name, tc := range map[string]struct {
		request func(testing.TB) *http.Request
		by      string
		part    string
	}{
		"wrong clock":         {late, "secret", "created"},
		"other body":          {changed(func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("{}")) }), "secret", "content-digest"},
		"longer body":         {changed(func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(tooLong())) }), "secret", "content-digest"},
		"encoded":             {changed(func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }), "secret", "content-encoding"},
		"for another server":  {foreign, own, "signature"},
		"another method":      {changed(func(r *http.Request) { r.Method = "PUT" }), own, "signature"},
		"less covered":        {changed(func(r *http.Request) { replaceInput(r, `"@target-uri" `, "") }), own, "@target-uri"},
		"another's tag":       {tagged, own, "tag"},
		"no signature of it":  {changed(func(r *http.Request) { r.Header.Set("Signature", "sig1="+byteSequence(make([]byte, 32))) }), own, "signature"},
		"a target in full":    {changed(func(r *http.Request) { r.RequestURI = gateway + r.RequestURI }), own, "@target-uri"},
		"a key that is none":  {changed(func(r *http.Request) { replaceInput(r, idOf(t, secret), idOf(t, testSecret(2))) }), none, ""},
		"a key that is known": {changed(func(r *http.Request) { replaceInput(r, idOf(t, secret), testKeyID(1)) }), own, "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			keys := keysOf(t, secret, testKey(1).Public())
			want := map[string]string{own: testKeyID(9), "secret": idOf(t, secret)}[tc.by]
			r := tc.request(t)
			resp := newParty(t, gateway, 9, keys).ask(clone(r))
			if by := signedWith(resp.Header); resp.StatusCode != 401 || by != want {
				t.Errorf("status %d, signed with %q, want %q", resp.StatusCode, by, want)
			}
			if want != "" {
				if _, err := VerifyResponse(resp, r, keysOf(t, secret, testKey(9).Public()), testOptions(testTime())); err != nil {
					t.Error(err)
				}
				var told *order.Error
				if err := ReadError(resp); !errors.As(err, &told) || !strings.Contains(told.Detail, tc.part+" ") {
					t.Errorf("told %v, want %s named", err, tc.part)
				}
			}

			// The same server without a key of its own.
			for kind, only := range map[string]*Signer{"a secret": secretSignerOf(t, 1),
				"a preferred secret": testSigner(t, 9).PreferSecret(func() (Secret, bool) { return secret, true })} {
				w := httptest.NewRecorder()
				handlerOf(t, gateway, only, keys, func(http.ResponseWriter, *http.Request) { t.Error("taken") }).ServeHTTP(w, clone(r))
				if by := signedWith(w.Header()); w.Code != 401 || (tc.by == "secret") != (by == idOf(t, secret)) || tc.by != "secret" && by != "" {
					t.Errorf("with %s alone: status %d, signed with %q", kind, w.Code, by)
				}
			}
		})
	}
}

// A signer that prefers a secret asks for each message which one that is, and
// signs with its own key while there is none.
func TestPreferSecret(t *testing.T) {
	var have Secret
	own := &countingKey{Signer: testKey(1)}
	signer, err := NewSigner(own, testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	preferring := signer.PreferSecret(func() (Secret, bool) { return have, !have.Equal(Secret{}) })
	for i, step := range []struct {
		have   Secret
		with   string
		signed int // by the own key, so far
	}{
		{Secret{}, testKeyID(1), 1}, {testSecret(1), idOf(t, testSecret(1)), 1}, {testSecret(2), idOf(t, testSecret(2)), 1}, {Secret{}, testKeyID(1), 2},
	} {
		have = step.have
		r := signedBy(t, preferring)
		if by := signedWith(r.Header); by != step.with || own.signed != step.signed {
			t.Errorf("step %d: signed with %q, want %q; its own key signed %d times", i, by, step.with, own.signed)
		}
		if _, err := VerifyRequest(r, gateway, keysOf(t, testSecret(1), testSecret(2), testKey(1).Public()), testOptions(testTime())); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
	}
	if by := signedWith(signedBy(t, signer).Header); by != testKeyID(1) {
		t.Errorf("the signer itself signs with %q", by)
	}
	weak := signer.PreferSecret(func() (Secret, bool) { return NewSecret([]byte("short")), true })
	if err := weak.SignRequest(testRequest(t)); !errors.Is(err, order.CodeUnavailable) || !errors.Is(err, ErrKey) {
		t.Errorf("a secret that is too short: %v", err)
	}
}

// A client whose keys lack the secret believes no answer, and is told which key it
// lacks.
func TestAClientNeedsTheSecretAmongItsKeys(t *testing.T) {
	p := newParty(t, gateway, 9, keysOf(t, testSecret(1)))
	ask := func(keys Keys) error {
		resp, err := NewTransport(p, secretSignerOf(t, 1), keys, testOptions(testTime())).RoundTrip(testRequest(t))
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := ask(keysOf(t, testSecret(1))); err != nil {
		t.Error(err)
	}
	if err := ask(keysOf(t, testKey(9).Public())); partOf(err) != "keyid" || !strings.Contains(err.Error(), idOf(t, testSecret(1))) {
		t.Errorf("told %v", err)
	}
}

package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
)

// signedAs is a request whose sender took a component for something else.
func signedAs(t *testing.T, part, value string) *http.Request {
	t.Helper()
	r := signed(t)
	m := requestMessage(r, gateway+r.RequestURI).with(part, value)
	if err := testSigner(t, 1).sign(m, requestCovers(r.Header)); err != nil {
		t.Fatal(err)
	}
	return r
}

// refusal is what a handler at the base tells the holder of key 1, which has to be
// signed; "" stands for an answer that is not.
func refusal(t *testing.T, r *http.Request, base string, keys Keys) (detail string) {
	t.Helper()
	h, err := NewHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was taken") }),
		base, testSigner(t, 2), keys, testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	resp := w.Result()
	if _, err := VerifyResponse(resp, r, testKeys(t, 2), testOptions(testTime())); err != nil {
		return ""
	}
	e, ok := ReadError(resp).(*order.Error)
	if !ok || e.Code != order.CodeUnauthenticated {
		t.Fatalf("the refusal is %v", e)
	}
	return strings.TrimPrefix(e.Detail, "the request's signature was not accepted: ")
}

// A mistake that peers make is named with what was signed and what is here. It is
// refused all the same.
func TestMistakesAreNamed(t *testing.T) {
	const path = "/orders?x=%7e&y"
	for name, tc := range map[string]struct{ part, signed, base, host, want string }{
		"http for https":      {"@target-uri", "http://gateway.example" + path, gateway, "", gateway + path},
		"https for http":      {"@target-uri", gateway + path, "http://gateway.example", "", "http://gateway.example" + path},
		"host behind a proxy": {"@target-uri", "https://10.0.0.7:8080" + path, gateway, "", gateway + path},
		"host and scheme":     {"@target-uri", "http://10.0.0.7:8080" + path, gateway, "", gateway + path},
		"prefix left out":     {"@target-uri", gateway + path, gateway + "/api", "gateway.example", gateway + "/api" + path},
		"slash at the end":    {"@target-uri", gateway + "/orders/?x=%7e&y", gateway, "gateway.example", gateway + path},
		"port written out":    {"@target-uri", gateway + ":443" + path, gateway, "gateway.example", gateway + path},
		"key without quotes":  {"idempotency-key", "key-1", gateway, "", `"key-1"`},
		"type with charset":   {"content-type", "application/json; charset=utf-8", gateway, "", "application/json"},
		"method in lower":     {"@method", "post", gateway, "gateway.example", "POST"},
	} {
		r := signedAs(t, tc.part, tc.signed)
		if tc.host != "" {
			r.Host = tc.host
		}
		got := refusal(t, r, tc.base, testKeys(t, 1))
		want := tc.part + " was signed as " + quote(tc.signed) + ", but here it is " + quote(tc.want)
		if got != want {
			t.Errorf("%s: told %q, want %q", name, got, want)
		}
	}
}

// What the checks before the signature find is told with what would be right.
func TestRefusalsSayWhatWouldBeRight(t *testing.T) {
	input := func(old, new string) func(*http.Request) {
		return func(r *http.Request) { replaceInput(r, old, new) }
	}
	header := func(change func(http.Header)) func(*http.Request) { return func(r *http.Request) { change(r.Header) } }
	at := func(age time.Duration) func(*http.Request) {
		return input("created=1767366245", "created="+numericDate(testTime().Add(-age)))
	}
	for name, tc := range map[string]struct {
		change func(*http.Request)
		want   string
	}{
		"other body": {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("{}")) },
			`content-digest is "` + contentDigest([]byte(body)) + `", but the body gives ` + contentDigest([]byte("{}"))},
		"too old":       {at(6 * time.Minute), "created is 1767365885, which is 6m0s before the time here, 2026-01-02T15:04:05Z: want at most 5m0s"},
		"too new":       {at(-6 * time.Minute), "created is 1767366605, which is 6m0s after the time here, 2026-01-02T15:04:05Z: want at most 5m0s"},
		"missing":       {input(` "content-type"`, ""), `content-type is not covered: want it covered as "content-type"`},
		"extra":         {input(`("`, `("date" "`), `date is covered as "date": want it left out`},
		"twice":         {header(func(h http.Header) { h.Add("Content-Type", "x") }), "content-type stands 2 times: want one"},
		"an algorithm":  {input(";tag", `;alg="ed25519";tag`), "alg is there: want it left out, the algorithm belongs to the key"},
		"other tag":     {input("anyscan", "other"), `tag is another protocol's: want "anyscan"`},
		"short":         {header(func(h http.Header) { h.Set("Signature", "sig1=:AAAA:") }), "signature has 3 bytes: want 64 of ed25519"},
		"an encoding":   {header(func(h http.Header) { h.Set("Content-Encoding", "br") }), `content-encoding is "br": want the header left out`},
		"nothing known": {header(func(h http.Header) { h.Set("Content-Type", "text/html") }), "signature does not verify"},
	} {
		r := signed(t)
		tc.change(r)
		if got := refusal(t, clone(r), gateway, testKeys(t, 1)); !strings.HasPrefix(got, tc.want) {
			t.Errorf("%s: told %q, want %q", name, got, tc.want)
		}
		if got := refusal(t, clone(r), gateway, testKeys(t, 3)); got != "" {
			t.Errorf("%s: a stranger is told %q", name, got)
		}
	}
}

// A signature that fits nothing is answered with the base that it should have been
// of, which is made of the request and the public address alone.
func TestTheBaseIsTold(t *testing.T) {
	r := signed(t)
	r.Header.Set("Content-Type", "text/html")
	base, err := requestMessage(r, gateway+r.RequestURI).base(mustInput(t, r))
	if err != nil {
		t.Fatal(err)
	}
	if got := refusal(t, r, gateway, testKeys(t, 1)); !strings.HasSuffix(got, strings.ReplaceAll(quote(base), "\n", `\n`)) {
		t.Errorf("told %q, want the base %q", got, base)
	}
}

func mustInput(t *testing.T, r *http.Request) input {
	t.Helper()
	in, err := parseInput(label, r.Header.Get("Signature-Input"))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// How other libraries write ECDSA and RSA-PSS by default is recognized.
func TestOtherFormsOfSignatures(t *testing.T) {
	ec, pss := rfcKey(t, "test-key-ecc-p256").(*ecdsa.PrivateKey), rfcKey(t, "test-key-rsa-pss").(*rsa.PrivateKey)
	for name, tc := range map[string]struct {
		key  crypto.Signer
		sign func(base []byte) ([]byte, error)
		want string
	}{
		"ASN.1": {ec, func(base []byte) ([]byte, error) {
			sum := sha256.Sum256(base)
			return ecdsa.SignASN1(rand.Reader, ec, sum[:])
		}, "of ecdsa-p256-sha256, r and s with 32 each and no ASN.1"},
		"salt as long as it fits": {pss, func(base []byte) ([]byte, error) {
			sum := sha512.Sum512(base)
			return rsa.SignPSS(rand.Reader, pss, crypto.SHA512, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto})
		}, "signature has salt of another length: want 64 bytes"},
	} {
		id, _ := KeyID(tc.key.Public())
		r := signedBy(t, &Signer{signature: tc.sign, keyID: id, o: testOptions(testTime())})
		if got := refusal(t, r, gateway, keysOf(t, tc.key.Public())); !strings.Contains(got, tc.want) {
			t.Errorf("%s: told %q, want %q", name, got, tc.want)
		}
	}
}

// A handler guesses once a second for each key on its own clock, and gives the plain
// reason in between; VerifyRequest always guesses.
func TestGuessesOnceASecond(t *testing.T) {
	const mistaken, path = "http://gateway.example", "/orders?x=%7e&y"
	now := testTime()
	o := testOptions(now)
	o.Now = func() time.Time { return now }
	h, err := NewHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was taken") }),
		gateway, testSigner(t, 2), testKeys(t, 1, 3), o)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(r *http.Request) (detail string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		e, _ := ReadError(w.Result()).(*order.Error)
		if e == nil || e.Code != order.CodeUnauthenticated {
			t.Fatalf("the refusal is %v", e)
		}
		return e.Detail
	}
	other := signed(t)
	m := requestMessage(other, mistaken+other.RequestURI)
	if err := testSigner(t, 3).sign(m, requestCovers(other.Header)); err != nil {
		t.Fatal(err)
	}
	const guessed, plain = "was signed as", "another key signed it; here the signature base is"
	for i, c := range []struct {
		pass  time.Duration
		other bool
		want  string
	}{
		{0, false, guessed}, {0, false, plain}, {999 * time.Millisecond, false, plain},
		{0, true, guessed}, {0, true, plain},
		{time.Millisecond, false, guessed}, {0, false, plain},
		{-time.Minute, false, guessed}, {0, false, plain}, // the clock was set right
	} {
		now = now.Add(c.pass)
		r := signedAs(t, "@target-uri", mistaken+path)
		if c.other {
			r = clone(other)
		}
		if got := ask(clone(r)); !strings.Contains(got, c.want) {
			t.Errorf("request %d is told %q, want %q", i, got, c.want)
		}
		if _, err := VerifyRequest(r, gateway, testKeys(t, 1, 3), o); partOf(err) != "@target-uri" {
			t.Errorf("request %d: VerifyRequest does not guess: %v", i, err)
		}
	}
}

// What is remembered of guesses is bounded; when it is full, none is made until
// some are due.
func TestGuessedKeysAreBounded(t *testing.T) {
	now := testTime()
	g := newGuessing(func() time.Time { return now })
	for i := range maxGuessed + 10 {
		if got := g.may(strconv.Itoa(i)); got != (i < maxGuessed) {
			t.Fatalf("key %d: %v", i, got)
		}
	}
	now = now.Add(guessEvery)
	if !g.may("new") || len(g.last) != 1 {
		t.Errorf("a second later %d keys are remembered", len(g.last))
	}
}

// However a request is wrong, it costs a bounded number of verifications: a value
// that would fit is not reached behind six others.
func TestGuessesAreBounded(t *testing.T) {
	r := signed(t)
	m := requestMessage(r, gateway+r.RequestURI)
	c, err := m.claim(t.Context(), testKeys(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	base, err := m.with("@method", "FITS").base(c.input)
	if err != nil {
		t.Fatal(err)
	}
	if c.signature, err = testSigner(t, 1).signature([]byte(base)); err != nil {
		t.Fatal(err)
	}
	var others []mistake
	for i := range maxGuesses + 2 {
		found := partOf(c.explain(m, append(slices.Clone(others), mistake{"@method", "FITS"}))) == "@method"
		if found != (i < maxGuesses) {
			t.Errorf("behind %d others it was found: %v", i, found)
		}
		others = append(others, mistake{"@method", "M" + strconv.Itoa(i)})
	}
}

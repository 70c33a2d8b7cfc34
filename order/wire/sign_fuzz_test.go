package wire

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order"
)

// strangeRequest is made of whatever a stranger sends, or the reader of this
// test: header fields that are not there are "".
func strangeRequest(t *testing.T, method, target, input, signature, digest, media, key, sent string) *http.Request {
	t.Helper()
	r := httptest.NewRequest("GET", gateway, strings.NewReader(sent)).WithContext(t.Context())
	r.Method, r.RequestURI = method, target
	for name, value := range map[string]string{inputHeader: input, signatureHeader: signature, digestHeader: digest, typeHeader: media, keyHeader: key} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return r
}

// Of all requests none is taken but the one that was signed, to the byte; every
// other is refused with a reason, which its sender learns if it names the key.
func FuzzVerifyRequest(f *testing.F) {
	secret := rfcSecret(f)
	signer, err := NewSecretSigner(secret, testOptions(testTime()))
	if err != nil {
		f.Fatal(err)
	}
	keys := keysOf(f, secret)
	r := signedBy(f, signer)
	h := func(name string) string { return r.Header.Get(name) }
	original := [8]string{r.Method, r.RequestURI, h(inputHeader), h(signatureHeader), h(digestHeader), h(typeHeader), h(keyHeader), body}
	add := func(change func(*[8]string)) {
		o := original
		change(&o)
		f.Add(o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7])
	}
	add(func(*[8]string) {})
	for i := range original {
		add(func(o *[8]string) { o[i] = "" })
		add(func(o *[8]string) { o[i] = strings.ToUpper(o[i]) + " " })
	}
	f.Fuzz(func(t *testing.T, method, target, input, signature, digest, media, key, sent string) {
		got := [8]string{method, target, input, signature, digest, media, key, sent}
		id, err := VerifyRequest(strangeRequest(t, method, target, input, signature, digest, media, key, sent), gateway, keys, testOptions(testTime()))
		if err == nil {
			for i := range got {
				if got[i] = strings.Trim(got[i], " \t"); i == 7 {
					got[i] = sent // a body has no spaces to spare
				}
			}
			if got != original || id != signer.keyID {
				t.Fatalf("%q was taken as a request of %q", got, id)
			}
			return
		}
		bad, ok := errors.AsType[*SignatureError](err)
		e, coded := errors.AsType[*order.Error](err)
		if !ok || !coded || e.Code != order.CodeUnauthenticated || bad.peer != strings.Contains(e.Detail, bad.Reason) {
			t.Fatalf("%q: %v", got, err)
		}
	})
}

// Of all answers a client takes none but the one that was signed for its request.
func FuzzVerifyResponse(f *testing.F) {
	secret := rfcSecret(f)
	signer, err := NewSecretSigner(secret, testOptions(testTime()))
	if err != nil {
		f.Fatal(err)
	}
	keys := keysOf(f, secret)
	req, w := signedBy(f, signer), httptest.NewRecorder()
	if err := signer.SignResponse(w.Header(), 201, []byte(body), req); err != nil {
		f.Fatal(err)
	}
	input, signature, digest := w.Header().Get(inputHeader), w.Header().Get(signatureHeader), w.Header().Get(digestHeader)
	f.Add(201, input, signature, digest, body)
	f.Add(200, input, signature, digest, body)
	f.Add(201, req.Header.Get(inputHeader), req.Header.Get(signatureHeader), digest, body)
	f.Add(401, "", "", "", "")
	f.Fuzz(func(t *testing.T, status int, in, sig, dig, sent string) {
		resp := &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(sent)), Header: http.Header{
			inputHeader: {in}, signatureHeader: {sig}, digestHeader: {dig}}}
		_, err := VerifyResponse(resp, req, keys, testOptions(testTime()))
		trim := func(s string) string { return strings.Trim(s, " \t") }
		same := status == 201 && trim(in) == input && trim(sig) == signature && dig == digest && sent == body
		if (err == nil) != same || err != nil && order.CodeOf(err) != order.CodeUnavailable {
			t.Fatalf("status %d, %q, %q, %q, %q: %v", status, in, sig, dig, sent, err)
		}
	})
}

// Bytes of whatever kind are a signature of no key, and have one spelling.
func FuzzCheckSignature(f *testing.F) {
	all := identities(f)
	names := []string{"ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512", "hmac-sha256"}
	for i, name := range names {
		made, err := all[name].signer.signature([]byte("another base"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), byteSequence(made))
		f.Add(byte(i), byteSequence(make([]byte, len(made))))
	}
	f.Add(byte(0), "::")
	f.Add(byte(0), ":A\nA==:")
	f.Fuzz(func(t *testing.T, n byte, text string) {
		raw, ok := parseByteSequence(text)
		if ok && byteSequence(raw) != text {
			t.Fatalf("%q was read as %q", text, byteSequence(raw))
		}
		name := names[int(n)%len(names)]
		if err := checkSignature(all[name].pub, "base", raw); err == nil {
			t.Fatalf("%x is a signature by %s", raw, name)
		}
	})
}

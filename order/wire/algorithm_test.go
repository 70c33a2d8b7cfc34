package wire

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
)

// identity is what signs, and what its peer verifies with.
type identity struct {
	signer *Signer
	pub    crypto.PublicKey
}

// identities are one for each algorithm, by its name in RFC 9421.
func identities(t testing.TB) map[string]identity {
	t.Helper()
	all := map[string]identity{}
	for name, key := range map[string]crypto.Signer{
		"ed25519": testKey(1), "ecdsa-p256-sha256": rfcKey(t, "test-key-ecc-p256"), "rsa-pss-sha512": rfcKey(t, "test-key-rsa-pss"),
	} {
		signer, err := NewSigner(key, testOptions(testTime()))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = identity{signer, key.Public()}
	}
	signer, err := NewSecretSigner(rfcSecret(t), testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	all["hmac-sha256"] = identity{signer, rfcSecret(t)}
	return all
}

// The algorithm belongs to the key: with each of the four, request and response
// verify, the message names no algorithm, and no other key of the set takes it.
func TestAlgorithms(t *testing.T) {
	all := identities(t)
	for name, id := range all {
		r := signedBy(t, id.signer)
		want, _ := KeyID(id.pub)
		if got, err := VerifyRequest(r, gateway, keysOf(t, id.pub), testOptions(testTime())); err != nil || got != want {
			t.Errorf("%s: the request gives %q, %v", name, got, err)
		}
		if strings.Contains(r.Header.Get("Signature-Input"), "alg") {
			t.Errorf("%s: the message names an algorithm", name)
		}
		resp := answered(201, "application/json", body)
		if err := id.signer.SignResponse(resp.Header, 201, []byte(body), r); err != nil {
			t.Fatal(err)
		}
		if _, err := VerifyResponse(resp, r, keysOf(t, id.pub), testOptions(testTime())); err != nil {
			t.Errorf("%s: the response: %v", name, err)
		}
		for other, o := range all {
			otherID, _ := KeyID(o.pub)
			r := signedBy(t, id.signer)
			replaceInput(r, want, otherID)
			_, err := VerifyRequest(r, gateway, keysOf(t, o.pub), testOptions(testTime()))
			if (err == nil) != (other == name) {
				t.Errorf("signed with %s, verified with the key of %s: %v", name, other, err)
			}
		}
	}
}

// asn1Key answers as a key store would that is broken, in ASN.1 or not.
type asn1Key struct {
	crypto.Signer
	answer []byte
}

func (k asn1Key) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return k.answer, nil }

// A key store signs with the options that it is given; what it returns is looked
// at before it is sent.
func TestKeyStores(t *testing.T) {
	for name, key := range map[string]crypto.Signer{
		"P-256": rfcKey(t, "test-key-ecc-p256"), "RSA": rfcKey(t, "test-key-rsa-pss"), "Ed25519": testKey(1),
	} {
		store := &countingKey{Signer: key} // a type of its own, as a key store's
		signer, err := NewSigner(store, testOptions(testTime()))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := VerifyRequest(signedBy(t, signer), gateway, keysOf(t, key.Public()), testOptions(testTime())); err != nil || store.signed != 1 {
			t.Errorf("%s: %v, signed %d times", name, err, store.signed)
		}
	}
	ints := func(r, s *big.Int) []byte {
		der, _ := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		return der
	}
	one, large := big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 256)
	for _, answer := range [][]byte{nil, make([]byte, 64), ints(one, large), ints(big.NewInt(-1), one), ints(one, new(big.Int)), append(ints(one, one), 0)} {
		signer, err := NewSigner(asn1Key{rfcKey(t, "test-key-ecc-p256"), answer}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := signer.SignRequest(testRequest(t)); order.CodeOf(err) != order.CodeUnavailable {
			t.Errorf("the answer %x: %v", answer, err)
		}
	}
}

// A signer does not print its key, whatever kind it is of.
func TestSignersDoNotPrint(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	for _, id := range identities(t) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%d", "%s"} {
			fmt.Fprintf(&out, verb, id.signer)
			fmt.Fprintf(&out, verb, *id.signer)
			fmt.Fprintf(&out, verb, struct{ s *Signer }{id.signer})
		}
		log.Info("x", "signer", id.signer)
	}
	d := rfcKey(t, "test-key-ecc-p256").(*ecdsa.PrivateKey)
	scalar, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for _, told := range []string{fmt.Sprint([]byte(testKey(1))[:8]), fmt.Sprintf("%x", testKey(1)[:8]), fmt.Sprintf("%x", scalar[:8]), "bb3bc97c", "187 59 201"} {
		if strings.Contains(out.String(), strings.Trim(told, "[]")) {
			t.Errorf("a key was printed, as %s", told)
		}
	}
}

// BenchmarkAlgorithms signs and verifies with each algorithm, a base alone, a whole
// request, and a request with its answer through [Transport] and [NewHandler]; it
// prints how many times the cost of ed25519, measured in the same run, that is.
func BenchmarkAlgorithms(b *testing.B) {
	all := identities(b)
	base, err := requestMessage(testRequest(b), gateway).base(input{covered: requestCovers(http.Header{})[:2]})
	if err != nil {
		b.Fatal(err)
	}
	alone := func(id identity, _ Keys) error {
		made, err := id.signer.signature([]byte(base))
		return errors.Join(err, checkSignature(id.pub, base, made))
	}
	whole := func(id identity, keys Keys) error {
		req := testRequest(b)
		err := id.signer.SignRequest(req)
		_, bad := VerifyRequest(req, gateway, keys, testOptions(testTime()))
		return errors.Join(err, bad)
	}
	exchange := func(id identity, keys Keys) error {
		h, err := NewHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { Encode(w, 200, struct{}{}) }),
			gateway, id.signer, keys, testOptions(testTime()))
		if err != nil {
			return err
		}
		carry := tripFunc(func(r *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, received(r))
			return w.Result(), nil
		})
		resp, err := NewTransport(carry, id.signer, keys, testOptions(testTime())).RoundTrip(testRequest(b))
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
	for _, name := range []string{"ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512", "hmac-sha256"} {
		b.Run(name+"/signature", func(b *testing.B) { compare(b, all[name], all["ed25519"], alone) })
		b.Run(name+"/request", func(b *testing.B) { compare(b, all[name], all["ed25519"], whole) })
		b.Run(name+"/exchange", func(b *testing.B) { compare(b, all[name], all["ed25519"], exchange) })
	}
}

func compare(b *testing.B, id, reference identity, once func(identity, Keys) error) {
	keys, referenceKeys := keysOf(b, id.pub), keysOf(b, reference.pub)
	var own, other time.Duration
	for b.Loop() {
		start := time.Now()
		err := once(id, keys)
		middle := time.Now()
		err = errors.Join(err, once(reference, referenceKeys))
		own, other = own+middle.Sub(start), other+time.Since(middle)
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(own.Nanoseconds())/float64(b.N), "ns/ours")
	b.ReportMetric(float64(own)/float64(other), "x-ed25519")
}

// partOf is the part that a message was refused for.
func partOf(err error) string {
	if e, ok := errors.AsType[*SignatureError](err); ok {
		return e.Part
	}
	return ""
}

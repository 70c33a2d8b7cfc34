package openapi_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/order/wire/openapi"
	"github.com/anyscan/anyscan/verify"
)

// blocks are the fenced blocks of the introduction by the words behind their
// fence, such as "http request".
func blocks(t *testing.T) map[string]string {
	t.Helper()
	var d struct{ Info struct{ Description string } }
	if err := json.Unmarshal(openapi.Document(), &d); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for i, part := range strings.Split(d.Info.Description, "```") {
		if name, text, ok := strings.Cut(part, "\n"); ok && i%2 == 1 && name != "" {
			found[name] = strings.TrimSuffix(text, "\n")
		}
	}
	return found
}

// key is the private key in a block.
func key(t *testing.T, block string) ed25519.PrivateKey {
	t.Helper()
	var k struct{ D, X string }
	if err := json.Unmarshal([]byte(block), &k); err != nil {
		t.Fatal(err)
	}
	seed, err := base64.RawURLEncoding.DecodeString(k.D)
	if err != nil || len(seed) != ed25519.SeedSize {
		t.Fatalf("%v: a seed of %d bytes", err, len(seed))
	}
	private := ed25519.NewKeyFromSeed(seed)
	if x := base64.RawURLEncoding.EncodeToString(private.Public().(ed25519.PublicKey)); x != k.X {
		t.Fatalf("the public key is %s, the block says %s", x, k.X)
	}
	return private
}

func keys(t *testing.T, private ed25519.PrivateKey) wire.Keys {
	t.Helper()
	k, err := wire.NewKeys(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// at is when the example happens.
func at() *wire.Options {
	return &wire.Options{Now: func() time.Time { return time.Unix(1767225600, 0) }}
}

func request(t *testing.T, text string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return r
}

func response(t *testing.T, text string, r *http.Request) *http.Response {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(text)), r)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return resp
}

// The bytes of the introduction's example verify, and are the bytes that we
// make of the same input.
func TestExampleVerifies(t *testing.T) {
	b := blocks(t)
	acquirer, gateway := key(t, b["jwk acquirer"]), key(t, b["jwk gateway"])
	r := request(t, b["http request"])
	if _, err := wire.VerifyRequest(r, "https://pay.example", keys(t, acquirer), at()); err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	if _, err := wire.VerifyResponse(response(t, b["http response"], r), r, keys(t, gateway), at()); err != nil {
		t.Fatal(err)
	}
	remakeRequest(t, acquirer, b["http request"])
	remakeResponse(t, gateway, b["http response"], r)
}

// remakeRequest signs the request again.
func remakeRequest(t *testing.T, private ed25519.PrivateKey, text string) {
	t.Helper()
	signer, err := wire.NewSigner(private, at())
	if err != nil {
		t.Fatal(err)
	}
	r := request(t, text)
	r.URL.Scheme, r.URL.Host = "https", r.Host
	want := r.Header.Clone()
	if err := signer.SignRequest(r); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, r.Header); diff != "" {
		t.Errorf("request (-document +signed): %s", diff)
	}
}

func remakeResponse(t *testing.T, private ed25519.PrivateKey, text string, r *http.Request) {
	t.Helper()
	signer, err := wire.NewSigner(private, at())
	if err != nil {
		t.Fatal(err)
	}
	resp := response(t, text, r)
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := resp.Header.Clone()
	if err := signer.SignResponse(resp.Header, resp.StatusCode, body, r); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, resp.Header); diff != "" {
		t.Errorf("response (-document +signed): %s", diff)
	}
}

// The signature bases that the introduction shows are what the signatures are
// over, which crypto/ed25519 says and none of our code.
func TestExampleBases(t *testing.T) {
	b := blocks(t)
	for _, c := range []struct{ who, what string }{{"acquirer", "request"}, {"gateway", "response"}} {
		_, rest, _ := strings.Cut(b["http "+c.what], "\nSignature: sig1=:")
		text, _, _ := strings.Cut(rest, ":\n")
		signature, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if !ed25519.Verify(key(t, b["jwk "+c.who]).Public().(ed25519.PublicKey), []byte(b["base "+c.what]), signature) {
			t.Errorf("the base of the %s does not verify:\n%s", c.what, b["base "+c.what])
		}
	}
}

// The example can fail: with any other amount it does not verify.
func TestExampleWithAnotherAmountDoesNotVerify(t *testing.T) {
	b := blocks(t)
	r := request(t, strings.Replace(b["http request"], `"amount":2500`, `"amount":2501`, 1))
	_, err := wire.VerifyRequest(r, "https://pay.example", keys(t, key(t, b["jwk acquirer"])), at())
	if !errors.Is(err, order.CodeUnauthenticated) {
		t.Errorf("got %v", err)
	}
}

// The thumbprints in the text are those of the keys.
func TestExampleThumbprint(t *testing.T) {
	id, err := wire.KeyID(key(t, blocks(t)["jwk acquirer"]).Public())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys(t, key(t, blocks(t)["jwk acquirer"])).Key(context.Background(), id); err != nil || !strings.Contains(string(openapi.Document()), "which is `"+id+"`") {
		t.Errorf("the thumbprint is %s, %v", id, err)
	}
}

// The code in the introduction is legal until it expires, for its merchant and
// with its key, and the same address for another merchant's page is not.
func TestExampleCode(t *testing.T) {
	b := blocks(t)
	signature, err := verify.NewSignature([]verify.Key{{Public: key(t, b["jwk acquirer"]).Public()}}, &verify.SignatureOptions{Merchant: "cafe"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{b["code"]: true, strings.Replace(b["code"], "/m/cafe", "/m/tea", 1): false} {
		for when, legal := range map[time.Time]bool{time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC): want, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC): false} {
			a, err := verify.Parse(text, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := signature.Check(t.Context(), a, when); (err == nil) != legal {
				t.Errorf("%s at %s: %v, want legal %v", text, when, err, legal)
			}
		}
	}
}

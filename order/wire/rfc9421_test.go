package wire

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/jwk"
)

// rfcKey is a private key of RFC 9421 appendix B.1.
func rfcKey(t testing.TB, name string) crypto.Signer {
	t.Helper()
	block, _ := pem.Decode(rfcFile(t, name+".pem"))
	var key any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key.(crypto.Signer)
}

// rfcSecret is test-shared-secret.
func rfcSecret(t testing.TB) Secret {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(rfcFile(t, "test-shared-secret.txt"))))
	if err != nil {
		t.Fatal(err)
	}
	return NewSecret(raw)
}

func rfcFile(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "rfc9421", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// rfcPublic is the key by the name that it has in the RFC.
func rfcPublic(t testing.TB, name string) crypto.PublicKey {
	if name == "test-shared-secret" {
		return rfcSecret(t)
	}
	return rfcKey(t, name).Public()
}

// rfcMessage reads a message of the RFC, with the derived components that its
// examples cover and ours do not.
func rfcMessage(t testing.TB, raw []byte) message {
	t.Helper()
	if bytes.HasPrefix(raw, []byte("HTTP/")) {
		resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
		if err != nil {
			t.Fatal(err)
		}
		return responseMessage(resp.StatusCode, resp.Header, new(http.Request))
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	m := requestMessage(r, "").with("@path", r.URL.Path).with("@query", "?"+r.URL.RawQuery).with("@authority", r.Host)
	return m.with(petParam, url.QueryEscape(r.URL.Query().Get("Pet")))
}

// petParam is the one component identifier of the vectors that our closed profile
// does not know how to write: as a name it comes out as the RFC has it.
const petParam = `@query-param";name="Pet`

// rfcInput reads the field Signature-Input of a vector.
func rfcInput(t testing.TB, label, header string) input {
	t.Helper()
	const pet = ` "@query-param";name="Pet"`
	without := strings.Replace(header, pet, "", 1)
	in, err := parseInput(label, without)
	if err != nil {
		t.Fatal(err)
	}
	if without != header {
		in.covered = append(in.covered, component{name: petParam})
	}
	if label+"="+in.String() != header {
		t.Fatalf("%s was read as %s", header, in)
	}
	return in
}

// The vectors of RFC 9421 appendix B with our algorithms: B.2.1 to B.2.3
// rsa-pss-sha512, B.2.4 ecdsa-p256-sha256 over a response, B.2.5 hmac-sha256,
// B.2.6 ed25519, B.3 ecdsa-p256-sha256 by a proxy, B.4 ed25519 over messages that
// were changed on the way.
func TestRFC9421Vectors(t *testing.T) {
	for _, v := range []struct {
		file, label, key string
		twice            bool  // a field stands twice, which the RFC joins and we do not take
		want             error // nil: it verifies
	}{
		{"b21", "sig-b21", "test-key-rsa-pss", false, nil},
		{"b22", "sig-b22", "test-key-rsa-pss", false, nil},
		{"b23", "sig-b23", "test-key-rsa-pss", false, nil},
		{"b24", "sig-b24", "test-key-ecc-p256", false, nil},
		{"b25", "sig-b25", "test-shared-secret", false, nil},
		{"b26", "sig-b26", "test-key-ed25519", false, nil},
		{"b3", "ttrp", "test-key-ecc-p256", false, nil},
		{"b4", "transform", "test-key-ed25519", true, nil},
		{"b4-query-added", "transform", "test-key-ed25519", true, nil},
		{"b4-fields-joined", "transform", "test-key-ed25519", false, nil},
		{"b4-fields-moved", "transform", "test-key-ed25519", true, nil},
		{"b4-bad-method-host", "transform", "test-key-ed25519", true, errMismatch},
		{"b4-bad-order", "transform", "test-key-ed25519", true, errMismatch},
	} {
		t.Run(v.file, func(t *testing.T) {
			m := rfcMessage(t, rfcFile(t, v.file+".http"))
			in := rfcInput(t, v.label, m.header.Get("Signature-Input"))
			signature, ok := parseByteSequence(strings.TrimPrefix(m.header.Get("Signature"), v.label+"="))
			if !ok {
				t.Fatal("the signature cannot be read")
			}
			base, err := m.base(in)
			if (err != nil) != v.twice {
				t.Fatal(err)
			}
			if v.twice {
				base, _ = m.with("accept", strings.Join(m.header.Values("Accept"), ", ")).base(in)
			}
			pub := rfcPublic(t, v.key)
			if err := checkSignature(pub, base, signature); !errors.Is(err, v.want) {
				t.Errorf("got %v, want %v over\n%s", err, v.want, base)
			}
			signature[0] ^= 1
			if err := checkSignature(pub, base, signature); !errors.Is(err, errMismatch) {
				t.Errorf("with one bit changed: %v", err)
			}
		})
	}
}

// Where an algorithm leaves no choice, we make the RFC's signatures to the byte.
func TestRFC9421Signatures(t *testing.T) {
	ed25519, err := NewSigner(rfcKey(t, "test-key-ed25519"), nil)
	if err != nil {
		t.Fatal(err)
	}
	hmac, err := NewSecretSigner(rfcSecret(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for file, signer := range map[string]*Signer{"b25": hmac, "b26": ed25519} {
		m, label := rfcMessage(t, rfcFile(t, file+".http")), "sig-"+file
		base, err := m.base(rfcInput(t, label, m.header.Get("Signature-Input")))
		if err != nil {
			t.Fatal(err)
		}
		made, err := signer.signature([]byte(base))
		if got, want := label+"="+byteSequence(made), m.header.Get("Signature"); err != nil || got != want {
			t.Errorf("%s: made %s, %v, want %s", file, got, err, want)
		}
	}
}

// What the keys of appendix B.1 sign verifies, and an RSA signature has salt of
// 64 bytes and no other length.
func TestRFC9421Keys(t *testing.T) {
	for _, name := range []string{"test-key-rsa-pss", "test-key-ecc-p256", "test-key-ed25519"} {
		key := rfcKey(t, name)
		made, err := jwk.Sign(key, []byte("base"))
		if err != nil {
			t.Fatal(err)
		}
		if err := checkSignature(key.Public(), "base", made); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	key := rfcKey(t, "test-key-rsa-pss").(*rsa.PrivateKey)
	for length, want := range map[int]error{64: nil, 20: errMismatch, rsa.PSSSaltLengthAuto: errMismatch} {
		sum := crypto.SHA512.New()
		sum.Write([]byte("base"))
		made, err := rsa.SignPSS(rand.Reader, key, crypto.SHA512, sum.Sum(nil), &rsa.PSSOptions{SaltLength: length})
		if err != nil {
			t.Fatal(err)
		}
		if err := checkSignature(key.Public(), "base", made); err != want {
			t.Errorf("salt of length %d: %v, want %v", length, err, want)
		}
		if got := saltedOtherwise(key.Public(), "base", made); !got {
			t.Errorf("salt of length %d is not seen", length)
		}
	}
}

package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"testing"

	"github.com/anyscan/anyscan/order"
)

// RFC 8037 appendix A.3.
func TestKeyID(t *testing.T) {
	x, err := base64.RawURLEncoding.DecodeString("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
	if err != nil {
		t.Fatal(err)
	}
	got, err := KeyID(ed25519.PublicKey(x))
	if want := "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestKeysRefused(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for name, pub := range map[string]crypto.PublicKey{
		"nil": nil, "P-384": p384.Public(), "RSA of 1024 bits": weak.Public(), "short secret": NewSecret(make([]byte, 31)), "no secret": Secret{}, "too short": make(ed25519.PublicKey, 31), "bytes": make([]byte, 32),
	} {
		if _, err := KeyID(pub); !errors.Is(err, ErrKey) {
			t.Errorf("KeyID of %s: %v", name, err)
		}
		if _, err := NewKeys(pub); !errors.Is(err, ErrKey) {
			t.Errorf("NewKeys of %s: %v", name, err)
		}
		if err := checkSignature(pub, "", nil); !errors.Is(err, ErrKey) {
			t.Errorf("checking with %s: %v", name, err)
		}
	}
	for name, key := range map[string]crypto.Signer{"nil": nil, "P-384": p384, "RSA of 1024 bits": weak} {
		if _, err := NewSigner(key, nil); !errors.Is(err, ErrKey) {
			t.Errorf("NewSigner of %s: %v", name, err)
		}
	}
	if _, err := NewSecretSigner(NewSecret(make([]byte, 31)), nil); !errors.Is(err, ErrKey) {
		t.Errorf("NewSecretSigner of a short secret: %v", err)
	}
}

func TestNewKeys(t *testing.T) {
	pub := testKey(1).Public()
	keys, err := NewKeys(testKey(2).Public(), pub)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := KeyID(pub)
	if got, err := keys.Key(t.Context(), id); err != nil || !pub.(ed25519.PublicKey).Equal(got) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := keys.Key(t.Context(), "other"); !errors.Is(err, order.CodeNotFound) {
		t.Errorf("an unknown key: %v", err)
	}
}

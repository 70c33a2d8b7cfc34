package jwk

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"testing"
)

// What a key of each kind signs is its own, and nobody else's.
func TestSignaturesVerify(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	keys := []crypto.Signer{ed, ec, pair}
	for i, key := range keys {
		made, err := Sign(key, []byte("message"))
		if err != nil || len(made) != SignatureSize(key.Public()) {
			t.Fatalf("%T: %d bytes, %v", key, len(made), err)
		}
		for j, other := range keys {
			if got := Verify(other.Public(), []byte("message"), made); got != (i == j) {
				t.Errorf("%T verifies what %T signed: %v", other, key, got)
			}
		}
		if Verify(key.Public(), []byte("massage"), made) || Verify(key.Public(), []byte("message"), append(made, 0)) {
			t.Errorf("%T verifies another message or signature", key)
		}
	}
	secret := NewSecret(bytes.Repeat([]byte{1}, 32))
	if mac := secret.HMAC([]byte("message")); !Verify(secret, []byte("message"), mac) || Verify(secret, []byte("massage"), mac) {
		t.Error("a shared secret does not tell its message from another")
	}
}

func TestPlainECDSAPadsSmallNumbers(t *testing.T) {
	plain, err := plainECDSA([]byte{0x30, 6, 2, 1, 1, 2, 1, 2})
	if want := append(append(make([]byte, 31), 1), append(make([]byte, 31), 2)...); err != nil || !bytes.Equal(plain, want) {
		t.Errorf("small numbers give %x, %v", plain, err)
	}
}

// What a key store returns is a signature of 64 bytes or an error.
func FuzzPlainECDSA(f *testing.F) {
	f.Add([]byte{0x30, 6, 2, 1, 1, 2, 1, 2})
	f.Add([]byte{0x30, 6, 2, 1, 0xff, 2, 1, 2})
	f.Add([]byte{0x30, 0x80})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, der []byte) {
		if plain, err := plainECDSA(der); err == nil && len(plain) != 64 {
			t.Fatalf("%x gives %x", der, plain)
		}
	})
}

package jwk_test

import (
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"github.com/anyscan/anyscan/internal/jwk"
)

// small are the y of the points of small order, in every encoding.
func small() []string {
	return []string{
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	}
}

// A key for which anybody can sign is no key. That anybody can is shown with the
// standard library, for each encoding that it takes.
func TestKeysOfSmallOrderAreRefused(t *testing.T) {
	forgeable := 0
	for _, y := range small() {
		for _, sign := range []byte{0, 0x80} {
			raw, err := hex.DecodeString(y)
			if err != nil {
				t.Fatal(err)
			}
			raw[31] |= sign
			if forged(raw) {
				forgeable++
			}
			if err := jwk.Check(ed25519.PublicKey(raw)); err == nil {
				t.Errorf("%x is taken", raw)
			}
		}
	}
	if forgeable < 8 { // as many points as there are
		t.Errorf("%d of the keys let anybody sign: the list is not what it says", forgeable)
	}
}

// forged reports whether some message has a signature under the key that was made
// without a private key: R a point of small order too, and S zero.
func forged(key ed25519.PublicKey) bool {
	for n := range uint64(64) {
		message := binary.BigEndian.AppendUint64(nil, n)
		for _, y := range small() {
			r, _ := hex.DecodeString(y)
			for range 2 {
				if ed25519.Verify(key, message, append(append([]byte{}, r...), make([]byte, 32)...)) {
					return true
				}
				r[31] ^= 0x80
			}
		}
	}
	return false
}

func TestGeneratedKeysAreTaken(t *testing.T) {
	for range 100 {
		pub, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := jwk.Check(pub); err != nil {
			t.Errorf("%x: %v", pub, err)
		}
	}
}

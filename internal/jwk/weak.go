package jwk

import (
	"crypto/ed25519"
	"encoding/hex"
)

// weak reports an Ed25519 key that is a point of small order, in any of its
// encodings: a signature of it can be made without a private key, for one message
// in eight at least. Nobody generates one; whoever registers one, or leaves a key
// empty, lets everybody sign. RFC 8032 does not demand the check.
func weak(key ed25519.PublicKey) bool {
	y := [ed25519.PublicKeySize]byte(key)
	y[31] &= 0x7f // the sign of x
	switch hex.EncodeToString(y[:]) {
	case "0000000000000000000000000000000000000000000000000000000000000000", // order 4
		"0100000000000000000000000000000000000000000000000000000000000000", // order 1
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", // order 8
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2: p-1
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 4: p, which is 0
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f": // order 1: p+1, which is 1
		return true
	}
	return false
}

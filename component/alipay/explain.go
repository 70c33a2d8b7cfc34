package alipay

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
)

// A mistake is a text that is signed by those who misread how to sign.
type mistake struct {
	text string
	says string
}

// explain says why a signature fits nothing. A signature that one of the keys
// made opens into the hash of what was signed: that tells another key from other
// content, and from content that was put together in another way.
func (k keyring) explain(raw []byte, others []mistake) error {
	for i, key := range k {
		sum, sha1 := open(key, raw)
		if sha1 {
			return errors.New("the sign is one of SHA-1, as sign_type RSA makes it: want RSA2")
		}
		if sum == nil {
			continue
		}
		for _, other := range others {
			if is := sha256.Sum256([]byte(other.text)); bytes.Equal(is[:], sum) {
				return errors.New(other.says)
			}
		}
		return fmt.Errorf("key %d of Alipay made the sign, but over something else than what came: it was changed, or a part of it dropped, added or decoded otherwise", i)
	}
	return fmt.Errorf("the sign was made with another key than the %d of Alipay that are known here", len(k))
}

// open is the hash that a signature holds, by EMSA-PKCS1-v1_5 (RFC 8017, 9.2): of
// SHA-256, or whether it is one of SHA-1. It explains and decides nothing.
func open(key *rsa.PublicKey, raw []byte) (sum []byte, sha1 bool) {
	s := new(big.Int).SetBytes(raw)
	if len(raw) != key.Size() || s.Cmp(key.N) >= 0 {
		return nil, false
	}
	em := s.Exp(s, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size()))
	padding, info, ok := bytes.Cut(em[1:], []byte{0})
	if !ok || em[0] != 0 || len(padding) < 9 || padding[0] != 1 || len(bytes.TrimLeft(padding[1:], "\xff")) > 0 {
		return nil, false
	}
	prefix, sum := info[:max(0, len(info)-sha256.Size)], info[max(0, len(info)-sha256.Size):]
	if hex.EncodeToString(prefix) == "3031300d060960864801650304020105000420" {
		return sum, false
	}
	return nil, len(info) == 35 && bytes.HasPrefix(info, []byte("\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a"))
}

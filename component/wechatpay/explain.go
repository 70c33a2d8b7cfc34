package wechatpay

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
)

// A mistake is a text that is signed, or verified, by those who misread how.
type mistake struct {
	text string
	says string
}

// explain says why a signature does not fit. A signature that one of the keys made
// opens into the hash of what was signed: that tells another key from other content,
// and from content that was put together in another way. It decides nothing.
func (k keyring) explain(s stamped, raw, body []byte) error {
	serial := normal(s.serial)
	sum := opened(k[serial].PublicKey, raw)
	if sum == nil {
		return k.stranger(serial, raw)
	}
	for _, m := range s.mistakes(body) {
		if is := sha256.Sum256([]byte(m.text)); bytes.Equal(is[:], sum) {
			return errors.New(m.says)
		}
	}
	return fmt.Errorf("the key %s made the signature, but over another time, nonce or body than came: want the body's very bytes", serial)
}

// stranger looks for whose signature it is.
func (k keyring) stranger(serial string, raw []byte) error {
	for _, other := range slices.Sorted(maps.Keys(k)) {
		if opened(k[other].PublicKey, raw) != nil {
			return fmt.Errorf("the key listed as %s made the signature, which came with the serial %s: are the serials in platform_keys mixed up?", other, serial)
		}
	}
	return fmt.Errorf("the signature was made with another key than the one listed as %s: is that the file of another merchant, or the merchant's own?", serial)
}

// mistakes are the other texts that could have been signed.
func (s stamped) mistakes(body []byte) []mistake {
	at, nonce, content := s.timestamp, s.nonce, string(body)
	const rewritten = "the body was written anew on the way: want its bytes as they came"
	all := []mistake{
		{at + "\n" + nonce + "\n" + content, "the signature is over lines without the last line's end: want \\n after the body too"},
		{at + "\r\n" + nonce + "\r\n" + content + "\r\n", "the signature is over lines that end with \\r\\n: want \\n"},
		{text(nonce, at, content), "the signature is over the nonce before the time: want the time first"},
		{content, "the signature is over the body alone: want the time and the nonce before it"},
		{text(at, nonce, string(bytes.TrimSpace(body))), "the body has white space around it that was not signed: " + rewritten},
		{text(at, nonce, content+"\n"), "the body lost a line's end: " + rewritten},
	}
	if len(body) == 0 {
		return all
	}
	var b bytes.Buffer
	if json.Compact(&b, body) == nil {
		all = append(all, mistake{text(at, nonce, b.String()), rewritten})
	}
	return all
}

// opened is the hash that a signature of the key holds, by EMSA-PKCS1-v1_5 with
// SHA-256 (RFC 8017, 9.2); nil for a signature of another key or kind.
func opened(key *rsa.PublicKey, raw []byte) []byte {
	s := new(big.Int).SetBytes(raw)
	if len(raw) != key.Size() || s.Cmp(key.N) >= 0 {
		return nil
	}
	em := s.Exp(s, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size()))
	sum := em[len(em)-sha256.Size:]
	info := append([]byte("\x00\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"), sum...)
	want := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, len(em)-2-len(info))...)
	if !bytes.Equal(em, append(want, info...)) {
		return nil
	}
	return sum
}

package alipay

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strings"
)

// signer signs a text with the app's key: RSA2, which is RSASSA-PKCS1-v1_5 with
// SHA-256. A function keeps the key from fmt.
type signer func(text string) (sign string, err error)

func newSigner(key crypto.Signer) signer {
	return func(text string) (string, error) {
		sum := sha256.Sum256([]byte(text))
		raw, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
		return base64.StdEncoding.EncodeToString(raw), err
	}
}

// parameters are those of a request or a notification, by name.
type parameters map[string]string

// text is what the signature of parameters covers: name=value, decoded, sorted by
// name, joined with &, without those that a signature leaves out.
func (p parameters) text(without ...string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if slices.Contains(without, name) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(name + "=" + p[name])
	}
	return b.String()
}

// keyring is the public keys that Alipay may sign with.
type keyring []*rsa.PublicKey

// verify checks Alipay's signature over the content. others says what else may
// have been signed by mistake, to be named in the error and never taken.
func (k keyring) verify(content, sign string, others func() []mistake) error {
	raw, err := decodeSign(sign)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(content))
	for _, key := range k {
		if rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], raw) == nil {
			return nil
		}
	}
	return k.explain(raw, others())
}

func decodeSign(sign string) ([]byte, error) {
	if sign == "" {
		return nil, errors.New("there is no sign: it was dropped, or Alipay did not sign")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(sign)
	switch {
	case err == nil && len(raw) <= maxBits/8:
		return raw, nil
	case strings.Contains(sign, " "):
		return nil, errors.New("the sign has spaces where base64 has +: it was decoded once too often, or not encoded")
	case strings.ContainsAny(sign, "-_"):
		return nil, errors.New("the sign is in the base64 of addresses, with - and _: want the standard one, with + and /")
	}
	return nil, errors.New("the sign is not base64")
}

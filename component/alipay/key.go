package alipay

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

const (
	minBits = 2048 // of a key; Alipay's RSA2 wants no less
	maxBits = 8192 // a signature has to be checked in time
	maxKeys = 8    // of Alipay at once
	maxText = 16 << 10
)

// parsePublic reads a public key of Alipay. Errors say what the text is instead,
// and never what stands in it: it may be a private key that was mistaken.
func parsePublic(text string) (*rsa.PublicKey, error) {
	block, der, err := decodeKey([]byte(text))
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		key, err = x509.ParsePKCS1PublicKey(der)
	}
	if err != nil {
		return nil, mistaken(block, der, "Alipay's public key")
	}
	if err := checkPublic(key); err != nil {
		return nil, err
	}
	public := key.(*rsa.PublicKey)
	if public.N.BitLen() > maxBits {
		return nil, fmt.Errorf("has %d bits: want %d at most", public.N.BitLen(), maxBits)
	}
	return public, nil
}

// parsePrivate reads the app's private key.
func parsePrivate(text []byte) (crypto.Signer, error) {
	block, der, err := decodeKey(text)
	if err != nil {
		return nil, err
	}
	var key any
	if key, err = x509.ParsePKCS8PrivateKey(der); err != nil {
		key, err = x509.ParsePKCS1PrivateKey(der)
	}
	if err != nil {
		return nil, mistaken(block, der, "the app's private key")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("cannot sign: want an RSA key")
	}
	return signer, checkPublic(signer.Public())
}

// decodeKey takes PEM, or the bare base64 of a key as Alipay's console and tools
// show it. block is the kind that a PEM text claims to be.
func decodeKey(text []byte) (block string, der []byte, err error) {
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0:
		return "", nil, errors.New("is empty: want a key as PEM or base64")
	case len(text) > maxText:
		return "", nil, fmt.Errorf("has %d bytes: at most %d", len(text), maxText)
	case bytes.Contains(text, []byte("-----BEGIN")):
		b, rest := pem.Decode(text)
		if b == nil || len(bytes.TrimSpace(rest)) > 0 {
			return "", nil, errors.New("is not one block of PEM: are its line breaks lost, or is there more than the key?")
		}
		return b.Type, b.Bytes, nil
	}
	bare := strings.Join(strings.Fields(string(text)), "")
	der, err = base64.StdEncoding.DecodeString(bare)
	if err != nil {
		return "", nil, errors.New("is neither PEM nor base64")
	}
	return "", der, nil
}

// mistaken says what the bytes are that are not the key that was wanted.
func mistaken(block string, der []byte, want string) error {
	is := "is no key in PKCS #8, PKCS #1 or X.509"
	_, pkcs8 := x509.ParsePKCS8PrivateKey(der)
	_, pkcs1 := x509.ParsePKCS1PrivateKey(der)
	_, public := x509.ParsePKIXPublicKey(der)
	_, certificate := x509.ParseCertificate(der)
	switch {
	case strings.Contains(block, "ENCRYPTED"):
		is = "is encrypted"
	case pkcs8 == nil || pkcs1 == nil:
		is = "is a private key"
	case public == nil:
		is = "is a public key"
	case certificate == nil:
		is = "is a certificate, of Alipay's other way to sign"
	}
	return fmt.Errorf("%s: want %s", is, want)
}

package webpayment

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/order"
)

const maxKey = 8 << 10 // bytes of a key's text

// key is a public key of the operator, and its name: the thumbprint of RFC 7638.
type key struct {
	public ed25519.PublicKey
	id     string
}

// keyring is the keys that the operator may sign with.
type keyring []key

// parseKeys reads the operator's public keys. own tells the gateway's public key
// from theirs: whoever holds it could make evidence of its own.
func parseKeys(texts []string, own crypto.Signer) (keys keyring, problems report) {
	if len(texts) == 0 || len(texts) > maxKeys {
		return nil, report{order.Problem{Path: "/operator_keys", Detail: fmt.Sprintf("has %d keys: want 1 to %d", len(texts), maxKeys)}}
	}
	for i, text := range texts {
		k, err := parsePublic(text)
		if err == nil && own != nil && k.public.Equal(own.Public()) {
			err = errors.New("is the public key of this gateway: want the operator's")
		}
		problems.add(fmt.Sprintf("/operator_keys/%d", i), err)
		keys = append(keys, k)
	}
	return keys, problems
}

// parsePublic reads a public key. Errors say what the text is instead, and never
// what stands in it: it may be a private key that was mistaken.
func parsePublic(text string) (key, error) {
	der, err := decodeKey([]byte(text))
	if err != nil {
		return key{}, err
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return key{}, mistaken(der, "the operator's public key")
	}
	if err := checkPublic(public); err != nil {
		return key{}, err
	}
	id, err := thumbprint(public)
	return key{public.(ed25519.PublicKey), id}, err
}

// parsePrivate reads the gateway's private key.
func parsePrivate(text []byte) (crypto.Signer, error) {
	der, err := decodeKey(text)
	if err != nil {
		return nil, err
	}
	private, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, mistaken(der, "this gateway's private key in PKCS #8")
	}
	own, ok := private.(crypto.Signer)
	if !ok {
		return nil, errors.New("cannot sign: want an Ed25519 key")
	}
	return own, checkPublic(own.Public())
}

// checkPublic wants Ed25519.
func checkPublic(public crypto.PublicKey) error {
	if _, ok := public.(ed25519.PublicKey); !ok {
		return fmt.Errorf("is a key of the type %T: want Ed25519, which EdDSA signs with here", public)
	}
	return nil
}

// thumbprint names a key (RFC 7638), and refuses those for which anybody can sign.
func thumbprint(public crypto.PublicKey) (string, error) {
	id, err := jwk.ID(public)
	if err != nil {
		return "", fmt.Errorf("is %w", err)
	}
	return id, nil
}

// decodeKey takes PEM or the bare base64 of a key.
func decodeKey(text []byte) (der []byte, err error) {
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0:
		return nil, errors.New("is empty: want a key as PEM or base64")
	case len(text) > maxKey:
		return nil, fmt.Errorf("has %d bytes: at most %d", len(text), maxKey)
	case bytes.Contains(text, []byte("-----BEGIN")):
		block, rest := pem.Decode(text)
		if block == nil || len(bytes.TrimSpace(rest)) > 0 {
			return nil, errors.New("is not one block of PEM: are its line breaks lost, or is there more than the key?")
		}
		if strings.Contains(block.Type, "ENCRYPTED") {
			return nil, errors.New("is encrypted: want it in the clear, from a place that keeps secrets")
		}
		return block.Bytes, nil
	}
	der, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		return nil, errors.New("is neither PEM nor base64")
	}
	return der, nil
}

// mistaken says what the bytes are that are not the key that was wanted.
func mistaken(der []byte, want string) error {
	is := "is no key in PKCS #8 or X.509"
	_, private := x509.ParsePKCS8PrivateKey(der)
	_, public := x509.ParsePKIXPublicKey(der)
	_, certificate := x509.ParseCertificate(der)
	switch {
	case private == nil:
		is = "is a private key"
	case public == nil:
		is = "is a public key"
	case certificate == nil:
		is = "is a certificate"
	case len(der) == ed25519.PublicKeySize:
		is = "is 32 bare bytes, perhaps the x of a JWK"
	}
	return fmt.Errorf("%s: want %s", is, want)
}

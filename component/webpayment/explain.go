package webpayment

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"errors"
	"fmt"
	"strings"

	"github.com/anyscan/anyscan/internal/jwk"
)

// check says what is wrong with a token's header before any key is tried.
func (h header) check(kind string) error {
	switch {
	case strings.EqualFold(h.Algorithm, "none"):
		return errors.New(`the token is not signed: its alg is "none"`)
	case strings.HasPrefix(h.Algorithm, "HS"):
		return fmt.Errorf("the token's alg is %.20q, for which a public key would be a secret: want %s", h.Algorithm, algorithm)
	case h.Algorithm != algorithm:
		return fmt.Errorf("the token's alg is %.20q: want %s", h.Algorithm, algorithm)
	case h.Critical != nil:
		return errors.New("the token has a crit header: no extension is understood here")
	case h.JWK != nil || h.JKU != nil || h.X5C != nil || h.X5U != nil:
		return errors.New("the token brings a key of its own (jwk, jku, x5c or x5u): only the operator's keys in the settings count")
	case h.Kind != kind:
		return fmt.Errorf("the token's typ is %.40q: want %q", h.Kind, kind)
	}
	return nil
}

// explain says why a signature fits none of the keys. Ed25519 does not tell which
// key made it, so the usual mistakes are tried, to be named and never taken.
func (k keyring) explain(p parts) error {
	if len(p.signature) != ed25519.SignatureSize {
		return fmt.Errorf("the token's signature has %d bytes: one of Ed25519 has %d%s", len(p.signature), ed25519.SignatureSize, shape(p.signature))
	}
	head, _, _ := strings.Cut(p.content, ".")
	sum := sha512.Sum512([]byte(p.content))
	for _, one := range k {
		switch {
		case jwk.Verify(one.public, p.payload, p.signature):
			return errors.New("the signature is over the payload alone: want it over header.payload as they stand in the token")
		case jwk.Verify(one.public, []byte(encode(p.payload)), p.signature):
			return errors.New("the signature leaves the header out: want it over header.payload as they stand in the token")
		case jwk.Verify(one.public, []byte(head+"."+string(p.payload)), p.signature):
			return errors.New("the signature is over the payload before it was encoded: want it over header.payload as they stand in the token")
		case jwk.Verify(one.public, sum[:], p.signature),
			ed25519.VerifyWithOptions(one.public, sum[:], p.signature, &ed25519.Options{Hash: crypto.SHA512}) == nil:
			return errors.New("the signature is over a hash of the token: EdDSA signs the text itself, with Ed25519 and not Ed25519ph")
		}
	}
	if p.head.Key != "" {
		return fmt.Errorf("the signature is not one of the key %.64q over this token: it was changed, or made with another key under that name", p.head.Key)
	}
	return fmt.Errorf("the signature is not one of the %d keys of the operator that are known here over this token: it was changed, or made with another key", len(k))
}

// shape tells a signature that was written in another way.
func shape(signature []byte) string {
	switch {
	case len(signature) == 2*ed25519.SignatureSize && strings.Trim(string(signature), "0123456789abcdefABCDEF") == "":
		return ", and this is hexadecimal"
	case len(signature) > 2 && signature[0] == 0x30 && int(signature[1]) == len(signature)-2:
		return ", and this is ASN.1, as of ECDSA"
	}
	return ""
}

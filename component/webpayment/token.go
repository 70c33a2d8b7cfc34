package webpayment

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/anyscan/anyscan/internal/jwk"
)

const (
	algorithm = "EdDSA"  // RFC 8037, section 3.1; the keys are on Ed25519
	maxToken  = 16 << 10 // bytes
)

// The kinds of token, by the header "typ" (RFC 8725, section 3.11): one can never
// pass for another.
const (
	kindRequest = "webpayment-request+jwt" // of the gateway
	kindPayment = "webpayment-payment+jwt" // of the operator, about a payment
	kindRefund  = "webpayment-refund+jwt"  // of the operator, about a refund
)

// header is that of a token (RFC 7515, section 4.1). Members with a key of the
// sender's choice are read to be refused.
type header struct {
	Algorithm string          `json:"alg"`
	Kind      string          `json:"typ"`
	Key       string          `json:"kid,omitempty"`
	Critical  json.RawMessage `json:"crit,omitempty"`
	JWK       json.RawMessage `json:"jwk,omitempty"`
	JKU       json.RawMessage `json:"jku,omitempty"`
	X5C       json.RawMessage `json:"x5c,omitempty"`
	X5U       json.RawMessage `json:"x5u,omitempty"`
}

// signer makes tokens with the gateway's key. A function keeps the key from fmt.
type signer func(kind string, claims any) (token string, err error)

func newSigner(own crypto.Signer) (signer, error) {
	id, err := thumbprint(own.Public())
	if err != nil {
		return nil, err
	}
	return func(kind string, claims any) (string, error) {
		head, err := json.Marshal(header{Algorithm: algorithm, Kind: kind, Key: id})
		if err != nil {
			return "", err
		}
		payload, err := json.Marshal(claims)
		if err != nil {
			return "", err
		}
		content := encode(head) + "." + encode(payload)
		signature, err := jwk.Sign(own, []byte(content))
		return content + "." + encode(signature), err
	}, nil
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// parts of a token in the compact serialization (RFC 7515, section 7.1).
type parts struct {
	content   string // what the signature is over: header and payload as they came
	head      header
	payload   []byte
	signature []byte
}

// verify is the claims of a token of that kind, once one of the operator's keys is
// known to have signed it. The error names the cause and quotes nothing secret.
func (k keyring) verify(token, kind string) (claims []byte, err error) {
	p, err := split(token)
	if err == nil {
		err = p.head.check(kind)
	}
	if err != nil {
		return nil, err
	}
	keys, err := k.named(p.head.Key)
	if err != nil {
		return nil, err
	}
	for _, one := range keys {
		if jwk.Verify(one.public, []byte(p.content), p.signature) {
			return p.payload, nil
		}
	}
	return nil, keys.explain(p)
}

// named is the key that the token names, or all when it names none.
func (k keyring) named(id string) (keyring, error) {
	if id == "" {
		return k, nil
	}
	for _, one := range k {
		if one.id == id {
			return keyring{one}, nil
		}
	}
	return nil, fmt.Errorf("the token names the key %.64q, which is none of the %d of the operator that are known here: want a kid that is the thumbprint of RFC 7638", id, len(k))
}

// split takes a token apart.
func split(token string) (p parts, err error) {
	token = strings.TrimSpace(token)
	if err := checkForm(token); err != nil {
		return p, err
	}
	pieces := strings.Split(token, ".")
	p.content = pieces[0] + "." + pieces[1]
	head, err := decode("header", pieces[0])
	if err != nil {
		return p, err
	}
	if json.Unmarshal(head, &p.head) != nil {
		return p, errors.New("the token's header is no JSON object")
	}
	if p.payload, err = decode("payload", pieces[1]); err != nil {
		return p, err
	}
	if !utf8.Valid(p.payload) {
		return p, errors.New("the token's payload is not UTF-8")
	}
	p.signature, err = decode("signature", pieces[2])
	return p, err
}

func checkForm(token string) error {
	n := strings.Count(token, ".") + 1
	switch {
	case token == "":
		return errors.New("there is no token: was it dropped, or the body read before it came here?")
	case len(token) > maxToken:
		return fmt.Errorf("the token has more than %d bytes", maxToken)
	case strings.HasPrefix(token, "{"):
		return errors.New("the token is in the JSON serialization: want the compact one, header.payload.signature")
	case strings.ContainsAny(token, " \t\r\n"):
		return errors.New("there are spaces or line breaks in the token: was it wrapped, or a + decoded?")
	case n == 5:
		return errors.New("the token has 5 parts, as an encrypted one (JWE): want a signed one (JWS)")
	case n != 3:
		return fmt.Errorf("the token has %d parts: want 3, header.payload.signature", n)
	}
	return nil
}

// decode reads base64url without padding, in its one spelling (RFC 7515, section 2).
func decode(what, text string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	switch {
	case err == nil:
		return raw, nil
	case strings.Contains(text, "="):
		return nil, fmt.Errorf("the token's %s is padded with =: want base64url without padding", what)
	case strings.ContainsAny(text, "+/"):
		return nil, fmt.Errorf("the token's %s is in the standard base64, with + and /: want base64url, with - and _", what)
	}
	return nil, fmt.Errorf("the token's %s is not base64url", what)
}

package audit

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/anyscan/anyscan/internal/jwk"
)

// A Root is what an institution signs each day over the heads of all orders that
// changed since the root before. It covers at least what was committed until the
// end of its day.
type Root struct {
	Log      string    `json:"log"`      // the name of the log
	Number   int64     `json:"number"`   // from 1, without gaps
	Day      string    `json:"day"`      // the last day that it covers whole, in UTC, such as 2026-11-23
	Made     time.Time `json:"made"`     // when it was signed, in UTC, to the second
	Orders   int64     `json:"orders"`   // how many heads it is over
	Heads    string    `json:"heads"`    // what they come to, "" for none
	Previous string    `json:"previous"` // SHA-256 of the statement before in hex, "" for the first

	// Statement is the root as it was signed, a JWS in its compact form
	// (RFC 7515) with EdDSA and Ed25519 (RFC 8037). It is what to keep elsewhere.
	Statement string `json:"-"`
}

// A StatementError says why something is not the statement of a root.
type StatementError struct {
	Part    string // length, form, header, key, signature or payload
	Problem string // what is wrong, and what would be right
}

func (e *StatementError) Error() string { return "audit: the statement's " + e.Part + " " + e.Problem }

const (
	maxStatement = 2048 // bytes, three times what one needs
	typ          = "anyscan-audit-root"
	dayLayout    = "2006-01-02"
)

type header struct {
	Alg string `json:"alg"`
	Kid string `json:"kid"` // RFC 7638
	Typ string `json:"typ"`
}

// ParseRoot reads a statement that one of the keys signed, Ed25519 all of them. It
// takes exactly what a [Notary] writes; every other spelling is a
// [*StatementError].
func ParseRoot(statement string, keys ...crypto.PublicKey) (Root, error) {
	var r Root
	if len(statement) > maxStatement {
		return r, &StatementError{"length", fmt.Sprintf("is %d bytes: want at most %d", len(statement), maxStatement)}
	}
	parts := strings.Split(statement, ".")
	if len(parts) != 3 {
		return r, &StatementError{"form", fmt.Sprintf("has %d parts: want header.payload.signature", len(parts))}
	}
	var h header
	if err := part("header", parts[0], &h); err != nil {
		return r, err
	}
	if h.Alg != "EdDSA" || h.Typ != typ {
		return r, &StatementError{"header", fmt.Sprintf("has alg %.20q and typ %.40q: want EdDSA and %s", h.Alg, h.Typ, typ)}
	}
	if err := signedBy(keys, h.Kid, statement[:len(parts[0])+1+len(parts[1])], parts[2]); err != nil {
		return r, err
	}
	if err := part("payload", parts[1], &r); err != nil {
		return r, err
	}
	if made := r.Made.UTC().Truncate(time.Second); r.Made != made {
		return r, &StatementError{"payload", fmt.Sprintf("was made at %s: want %s, in UTC and to the second", r.Made.Format(time.RFC3339Nano), made.Format(time.RFC3339))}
	}
	r.Statement = statement
	return r, nil
}

// signedBy checks the signature by the key of that name.
func signedBy(keys []crypto.PublicKey, kid, signed, signature string) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	if err != nil || len(raw) != ed25519.SignatureSize {
		return &StatementError{"signature", "is not 64 bytes in base64url"}
	}
	for _, key := range keys {
		if id, err := keyID(key); err != nil || id != kid {
			continue
		}
		if !ed25519.Verify(key.(ed25519.PublicKey), []byte(signed), raw) {
			return &StatementError{"signature", fmt.Sprintf("is not that of the key %s", kid)}
		}
		return nil
	}
	return &StatementError{"key", fmt.Sprintf("is %.64q: want one of the %d that are trusted", kid, len(keys))}
}

// part decodes one part of a statement into v, and takes one spelling of it alone.
func part(name, text string, v any) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return &StatementError{name, "is not base64url without padding"}
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return &StatementError{name, "is not as it is written here: " + err.Error()}
	}
	if again, err := json.Marshal(v); err != nil || !bytes.Equal(again, raw) {
		return &StatementError{name, "is JSON in another spelling than it is written here"}
	}
	return nil
}

// sign writes the root's statement.
func (r *Root) sign(key crypto.Signer) error {
	id, err := keyID(key.Public())
	if err != nil {
		return err
	}
	h, err := json.Marshal(header{"EdDSA", id, typ})
	if err != nil {
		return err
	}
	payload, err := json.Marshal(r)
	if err != nil {
		return err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode(h) + "." + encode(payload)
	signature, err := key.Sign(nil, []byte(signed), crypto.Hash(0))
	if err != nil {
		return err
	}
	r.Statement = signed + "." + encode(signature)
	_, err = ParseRoot(r.Statement, key.Public()) // a signer that is far away may answer anything
	return err
}

// keyID is the identifier of an Ed25519 key.
func keyID(key crypto.PublicKey) (string, error) {
	if _, ok := key.(ed25519.PublicKey); !ok {
		return "", fmt.Errorf("audit: a %T: roots are signed with Ed25519", key)
	}
	id, err := jwk.ID(key)
	if err != nil {
		return "", fmt.Errorf("audit: %w", err)
	}
	return id, nil
}

// digest is what the next root has as its Previous.
func digest(statement string) string {
	if statement == "" {
		return ""
	}
	return sum([]byte(statement))
}

// checkSigner wants a key that roots can be signed with.
func checkSigner(key crypto.Signer) error {
	if key == nil {
		return errors.New("audit: no key: give an Ed25519 key that is used for nothing else")
	}
	if k, ok := key.(ed25519.PrivateKey); ok && len(k) != ed25519.PrivateKeySize {
		return fmt.Errorf("audit: an Ed25519 key of %d bytes: want %d", len(k), ed25519.PrivateKeySize)
	}
	_, err := keyID(key.Public())
	return err
}

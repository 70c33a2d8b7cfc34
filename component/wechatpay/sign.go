package wechatpay

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	scheme    = "WECHATPAY2-SHA256-RSA2048"
	keyLength = 32 // bytes of the APIv3 key
)

// signer signs lines of text with the merchant's key: RSASSA-PKCS1-v1_5 with
// SHA-256. A function keeps the key from fmt.
type signer func(lines ...string) (signature string, err error)

func newSigner(key crypto.Signer) signer {
	return func(lines ...string) (string, error) {
		sum := sha256.Sum256([]byte(text(lines...)))
		raw, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
		return base64.StdEncoding.EncodeToString(raw), err
	}
}

// text is what a signature covers: lines, each with its end, the last one too.
func text(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

// authorization is the header that a request is signed with. target is its path
// with the query, as they are sent.
func (c *Component) authorization(method, target, body string) (string, error) {
	stamp, nonce := c.stamp(), rand.Text()
	signature, err := c.sign(method, target, stamp, nonce, body)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`%s mchid="%s",serial_no="%s",timestamp="%s",nonce_str="%s",signature="%s"`,
		scheme, c.settings.MchID, normal(c.settings.SerialNo), stamp, nonce, signature), nil
}

// stamp is the time in seconds, as WeChat Pay has it in all that is signed.
func (c *Component) stamp() string { return strconv.FormatInt(c.options.Now().Unix(), 10) }

// resource is the encrypted part of a notification.
type resource struct {
	Algorithm  string `json:"algorithm"`
	Ciphertext string `json:"ciphertext"` // base64
	Associated string `json:"associated_data"`
	Nonce      string `json:"nonce"`
	Type       string `json:"original_type"`
}

// opener decrypts a resource. A function keeps the key from fmt.
type opener func(resource) ([]byte, error)

func newOpener(key []byte) (opener, error) {
	if len(key) != keyLength {
		return nil, fmt.Errorf("has %d bytes: want the APIv3 key, which has %d", len(key), keyLength)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errors.New("is no key of AES-256")
	}
	return func(r resource) ([]byte, error) { return r.decrypt(block) }, nil
}

// decrypt is AEAD_AES_256_GCM (RFC 5116), with the tag at the end.
func (r resource) decrypt(block cipher.Block) ([]byte, error) {
	if r.Algorithm != "AEAD_AES_256_GCM" {
		return nil, fmt.Errorf("the resource's algorithm is %.40q: want AEAD_AES_256_GCM", r.Algorithm)
	}
	if len(r.Nonce) == 0 || len(r.Nonce) > 16 {
		return nil, fmt.Errorf("the resource's nonce has %d bytes: want 12", len(r.Nonce))
	}
	sealed, err := base64.StdEncoding.DecodeString(r.Ciphertext)
	if err != nil {
		return nil, errors.New("the resource's ciphertext is not base64")
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(r.Nonce))
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, []byte(r.Nonce), sealed, []byte(r.Associated))
	if err != nil {
		return nil, errors.New("the resource cannot be decrypted: is the APIv3 key the merchant's present one?")
	}
	return plain, nil
}

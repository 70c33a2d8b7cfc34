package wechatpay

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

const (
	minBits = 2048 // of a key; SHA256-RSA2048 says how many
	maxBits = 8192 // a signature has to be checked in time
	maxKeys = 8    // of WeChat Pay at once
	maxText = 16 << 10
)

// publicKeyID is how the serial of a public key begins, in place of a certificate's.
const publicKeyID = "PUB_KEY_ID_"

// platformKey is a key of WeChat Pay, with a certificate's last moment.
type platformKey struct {
	*rsa.PublicKey
	until time.Time // zero: for ever
}

// keyring is the keys that WeChat Pay may sign with, by their serial.
type keyring map[string]platformKey

// serials are those of all keys, for those who look for the right one.
func (k keyring) serials() string { return strings.Join(slices.Sorted(maps.Keys(k)), ", ") }

// preferred is the ID of a public key that WeChat Pay is asked to sign answers with;
// without one it signs with the certificate that it chooses.
func (k keyring) preferred() string {
	for _, serial := range slices.Sorted(maps.Keys(k)) {
		if strings.HasPrefix(serial, publicKeyID) {
			return serial
		}
	}
	return ""
}

// parseKeys reads WeChat Pay's keys. own and serial are the merchant's, which lie in
// the same folder and are mistaken for them.
func parseKeys(given []PlatformKey, own crypto.Signer, serial string) (keys keyring, problems []order.Problem) {
	if len(given) == 0 || len(given) > maxKeys {
		return nil, []order.Problem{{Path: "/platform_keys", Detail: fmt.Sprintf("has %d keys: want 1 to %d", len(given), maxKeys)}}
	}
	keys = keyring{}
	for i, one := range given {
		report := func(name string, err error) {
			if err != nil {
				problems = append(problems, order.Problem{Path: fmt.Sprintf("/platform_keys/%d/%s", i, name), Detail: err.Error()})
			}
		}
		key, err := one.parse()
		if err == nil && own != nil && key.Equal(own.Public()) {
			err = errors.New("is the merchant's own key: want WeChat Pay's")
		}
		report("key", err)
		report("serial", one.checkSerial(keys, serial))
		keys[normal(one.Serial)] = key
	}
	return keys, problems
}

// normal is a serial number as WeChat Pay writes it.
func normal(serial string) string { return strings.ToUpper(serial) }

func (p PlatformKey) checkSerial(others keyring, own string) error {
	_, twice := others[normal(p.Serial)]
	id, isID := strings.CutPrefix(p.Serial, publicKeyID)
	switch {
	case isID && (id == "" || len(id) > 100 || strings.Trim(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != ""):
		return fmt.Errorf("%.140q is not the ID of a public key: want %s and digits", p.Serial, publicKeyID)
	case !isID && checkHex(p.Serial) != nil:
		return fmt.Errorf("%w, or %s and digits", checkHex(p.Serial), publicKeyID)
	case strings.EqualFold(p.Serial, own):
		return errors.New("is that of the merchant's own API certificate: want WeChat Pay's")
	case twice:
		return errors.New("stands in the list twice")
	}
	return nil
}

// parse reads the public key or certificate. Errors say what the text is instead,
// and never what stands in it: it may be a private key that was mistaken.
func (p PlatformKey) parse() (platformKey, error) {
	block, err := decodePEM([]byte(p.Key))
	if err != nil {
		return platformKey{}, err
	}
	if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
		return p.certified(certificate)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	}
	if err != nil {
		return platformKey{}, mistaken(block, "WeChat Pay's public key or certificate")
	}
	if err := checkPublic(key); err != nil {
		return platformKey{}, err
	}
	return platformKey{PublicKey: key.(*rsa.PublicKey)}, nil
}

// certified takes the key of a certificate that has the serial number that it was
// listed with. Nobody's signature makes it WeChat Pay's: the operator's word does.
func (p PlatformKey) certified(c *x509.Certificate) (platformKey, error) {
	listed, ok := new(big.Int).SetString(p.Serial, 16)
	if !ok || listed.Cmp(c.SerialNumber) != 0 {
		return platformKey{}, fmt.Errorf("is a certificate with the serial number %X: want it listed with that", c.SerialNumber)
	}
	if err := checkPublic(c.PublicKey); err != nil {
		return platformKey{}, err
	}
	return platformKey{c.PublicKey.(*rsa.PublicKey), c.NotAfter}, nil
}

// parsePrivate reads the merchant's private key.
func parsePrivate(text []byte) (crypto.Signer, error) {
	block, err := decodePEM(text)
	if err != nil {
		return nil, err
	}
	var key any
	if key, err = x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, mistaken(block, "the merchant's private key")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("cannot sign: want an RSA key")
	}
	return signer, checkPublic(signer.Public())
}

func decodePEM(text []byte) (*pem.Block, error) {
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0:
		return nil, errors.New("is empty: want PEM")
	case len(text) > maxText:
		return nil, fmt.Errorf("has %d bytes: at most %d", len(text), maxText)
	case !bytes.Contains(text, []byte("-----BEGIN")):
		return nil, errors.New("is not PEM: want the text of the file, from -----BEGIN on, and not its name")
	}
	block, rest := pem.Decode(text)
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("is not one block of PEM: are its line breaks lost, or is there more than the key?")
	}
	return block, nil
}

// mistaken says what the block is that is not the key that was wanted.
func mistaken(block *pem.Block, want string) error {
	is := "is no key in PKCS #8, PKCS #1 or X.509"
	_, pkcs8 := x509.ParsePKCS8PrivateKey(block.Bytes)
	_, pkcs1 := x509.ParsePKCS1PrivateKey(block.Bytes)
	_, public := x509.ParsePKIXPublicKey(block.Bytes)
	_, certificate := x509.ParseCertificate(block.Bytes)
	switch {
	case strings.Contains(block.Type, "ENCRYPTED"):
		is = "is encrypted"
	case pkcs8 == nil || pkcs1 == nil:
		is = "is a private key"
	case public == nil:
		is = "is a public key"
	case certificate == nil:
		is = "is a certificate"
	}
	return fmt.Errorf("%s: want %s", is, want)
}

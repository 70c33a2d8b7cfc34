package alipay

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// checked is what the settings come to, and everything that is wrong with them.
func (s Settings) checked(o Options) (sign signer, keys keyring, problems []order.Problem) {
	report := func(path string, err error) {
		if err != nil {
			problems = append(problems, order.Problem{Path: path, Detail: err.Error()})
		}
	}
	report("/title", order.CheckText(s.Title, 128))
	report("/app_id", checkDigits(s.AppID, 1, 32))
	report("/seller_id", checkSeller(s.Seller))
	report("/product", s.Product.check())
	report("/gateway", checkGateway(s.Gateway))
	if o.Timeout < 0 {
		report("/timeout", errors.New("is negative: want a time to wait for an answer"))
	}
	own, err := s.signer(o.Signer)
	report("/private_key", err)
	keys, more := parseKeys(s.AlipayKeys, own)
	return newSigner(own), keys, append(problems, more...)
}

// signer is the app's key, from the one place where it is.
func (s Settings) signer(elsewhere crypto.Signer) (crypto.Signer, error) {
	switch {
	case elsewhere != nil && len(s.PrivateKey.Reveal()) > 0:
		return nil, errors.New("is given twice, here and as a crypto.Signer: want one of them")
	case elsewhere != nil:
		return elsewhere, checkPublic(elsewhere.Public())
	case len(s.PrivateKey.Reveal()) == 0:
		return nil, errors.New("is missing: want the app's RSA key, or a crypto.Signer that has it")
	}
	return parsePrivate(s.PrivateKey.Reveal())
}

// parseKeys reads Alipay's public keys. own tells its own public key from
// Alipay's, which stand side by side in the console.
func parseKeys(texts []string, own crypto.Signer) (keys keyring, problems []order.Problem) {
	if len(texts) == 0 || len(texts) > maxKeys {
		return nil, []order.Problem{{Path: "/alipay_keys", Detail: fmt.Sprintf("has %d keys: want 1 to %d", len(texts), maxKeys)}}
	}
	for i, text := range texts {
		key, err := parsePublic(text)
		if err == nil && own != nil && key.Equal(own.Public()) {
			err = errors.New("is the app's own public key: want Alipay's, which the console shows beside it")
		}
		if err != nil {
			problems = append(problems, order.Problem{Path: fmt.Sprintf("/alipay_keys/%d", i), Detail: err.Error()})
		}
		keys = append(keys, key)
	}
	return keys, problems
}

func checkPublic(key crypto.PublicKey) error {
	public, ok := key.(*rsa.PublicKey)
	switch {
	case !ok:
		return fmt.Errorf("is a key of the type %T: want RSA, which RSA2 signs with", key)
	case public.N.BitLen() < minBits:
		return fmt.Errorf("has %d bits: want %d at least", public.N.BitLen(), minBits)
	}
	return nil
}

func (p Product) check() error {
	if p != ProductWap && p != ProductPage {
		return fmt.Errorf("%.20q does not exist: want %q or %q", p, ProductWap, ProductPage)
	}
	return nil
}

func checkSeller(s string) error {
	if s != "" && (checkDigits(s, 16, 16) != nil || !strings.HasPrefix(s, "2088")) {
		return fmt.Errorf("%.40q is no account of Alipay: want 2088 and 12 more digits", s)
	}
	return nil
}

func checkDigits(s string, shortest, longest int) error {
	if len(s) < shortest || len(s) > longest || strings.Trim(s, "0123456789") != "" {
		return fmt.Errorf("%.40q is not %d to %d digits", s, shortest, longest)
	}
	return nil
}

// checkGateway wants https; http is for tests, on this machine.
func checkGateway(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return fmt.Errorf("%.100q is not an address: want https://host/path alone", address)
	}
	local := u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") || net.ParseIP(u.Hostname()).IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return fmt.Errorf("%.100q is not https", address)
	}
	return nil
}

// checkNumber wants what the gateway names attempts and refunds with; Alipay
// takes no more than 64 letters, digits and _.
func checkNumber(s string) error {
	if s == "" || len(s) > 32 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return fmt.Errorf("%.40q is not 1 to 32 of a-z 0-9", s)
	}
	return nil
}

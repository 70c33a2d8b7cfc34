package wechatpay

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// configure takes the keys out of the settings, and says everything that is wrong
// with them.
func (c *Component) configure() (problems []order.Problem) {
	s := c.settings
	report := func(path string, err error) {
		if err != nil {
			problems = append(problems, order.Problem{Path: path, Detail: err.Error()})
		}
	}
	report("/title", order.CheckText(s.Title, 128))
	report("/mchid", checkDigits(s.MchID))
	report("/appid", checkApp(s.AppID))
	report("/product", s.Product.check())
	report("/gateway", checkGateway(s.Gateway))
	report("/serial_no", checkHex(s.SerialNo))
	if c.options.Timeout < 0 {
		report("/timeout", errors.New("is negative: want a time to wait for an answer"))
	}
	own, err := s.signer(c.options.Signer)
	report("/private_key", err)
	c.sign = newSigner(own)
	c.open, err = newOpener(s.APIv3Key.Reveal())
	report("/apiv3_key", err)
	c.app, err = newAppSecret(s.Product, s.AppSecret.Reveal())
	report("/app_secret", err)
	keys, more := parseKeys(s.PlatformKeys, own, s.SerialNo)
	c.keys = keys
	return append(problems, more...)
}

// signer is the merchant's key, from the one place where it is.
func (s Settings) signer(elsewhere crypto.Signer) (crypto.Signer, error) {
	switch {
	case elsewhere != nil && len(s.PrivateKey.Reveal()) > 0:
		return nil, errors.New("is given twice, here and as a crypto.Signer: want one of them")
	case elsewhere != nil:
		return elsewhere, checkPublic(elsewhere.Public())
	case len(s.PrivateKey.Reveal()) == 0:
		return nil, errors.New("is missing: want the merchant's RSA key, or a crypto.Signer that has it")
	}
	return parsePrivate(s.PrivateKey.Reveal())
}

func checkPublic(key crypto.PublicKey) error {
	public, ok := key.(*rsa.PublicKey)
	switch {
	case !ok:
		return fmt.Errorf("is a key of the type %T: want RSA, which %s signs with", key, scheme)
	case public.N.BitLen() < minBits:
		return fmt.Errorf("has %d bits: want %d at least", public.N.BitLen(), minBits)
	case public.N.BitLen() > maxBits:
		return fmt.Errorf("has %d bits: want %d at most", public.N.BitLen(), maxBits)
	}
	return nil
}

func (p Product) check() error {
	if !slices.Contains(products(), any(p)) {
		return fmt.Errorf("%.20q does not exist: want %q, %q or %q", p, ProductH5, ProductJSAPI, ProductNative)
	}
	return nil
}

func checkDigits(s string) error {
	if s == "" || len(s) > 32 || strings.Trim(s, "0123456789") != "" {
		return fmt.Errorf("%.40q is not 1 to 32 digits", s)
	}
	return nil
}

func checkHex(s string) error {
	if s == "" || len(s) > 64 || strings.Trim(s, "0123456789abcdefABCDEF") != "" {
		return fmt.Errorf("%.70q is no serial number: want 1 to 64 hexadecimal digits, as openssl x509 -serial writes them", s)
	}
	return nil
}

func checkApp(s string) error {
	if len(s) != 18 || !strings.HasPrefix(s, "wx") || !plain(s) {
		return fmt.Errorf("%.40q is no APPID: want wx and 16 more of a-z 0-9", s)
	}
	return nil
}

// checkGateway wants https; http is for tests, on this machine.
func checkGateway(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || strings.TrimPrefix(address, u.Scheme+"://"+u.Host) != "" {
		return fmt.Errorf("%.100q is not the address of a host: want https://host alone", address)
	}
	local := u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") || net.ParseIP(u.Hostname()).IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return fmt.Errorf("%.100q is not https", address)
	}
	return nil
}

// checkNumber wants what the gateway names attempts with, in the length that WeChat
// Pay takes for an out_trade_no: it takes - _ | * and capitals too.
func checkNumber(s string) error {
	if len(s) < 6 || len(s) > 32 || !plain(s) {
		return fmt.Errorf("%.40q is not 6 to 32 of a-z 0-9", s)
	}
	return nil
}

// checkRefund wants what the gateway names refunds with.
func checkRefund(s string) error {
	if s == "" || len(s) > 32 || !plain(s) {
		return fmt.Errorf("%.40q is not 1 to 32 of a-z 0-9", s)
	}
	return nil
}

func plain(s string) bool { return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") == "" }

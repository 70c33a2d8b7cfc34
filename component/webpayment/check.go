package webpayment

import (
	"crypto"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/order"
)

const (
	maxKeys   = 8   // of the operator at once
	maxMethod = 256 // bytes of a payment method identifier
)

// report collects what is wrong, each with its path.
type report []order.Problem

func (r *report) add(path string, err error) {
	if err != nil {
		*r = append(*r, order.Problem{Path: path, Detail: err.Error()})
	}
}

// checked is what the settings come to, and everything that is wrong with them.
func (s Settings) checked(o Options) (sign signer, keys keyring, problems report) {
	problems.add("/title", order.CheckText(s.Title, 128))
	_, err := checkMethod(s.Method)
	problems.add("/method", err)
	problems.add("/client", checkWord(s.Client, 64, "abcdefghijklmnopqrstuvwxyz0123456789-", "a-z 0-9 -"))
	_, err = checkAddress(s.Server)
	problems.add("/server", err)
	for i, code := range s.Currencies {
		if _, ok := order.Exponent(code); !ok {
			problems.add(fmt.Sprintf("/currencies/%d", i), fmt.Errorf("%.8q is not in ISO 4217", code))
		}
	}
	if o.Timeout < 0 {
		problems.add("/timeout", errors.New("is negative: want a time to wait for an answer"))
	}
	own, err := s.signer(o.Signer)
	problems.add("/private_key", err)
	if err == nil {
		sign, err = newSigner(own)
		problems.add("/private_key", err)
	}
	keys, more := parseKeys(s.OperatorKeys, own)
	return sign, keys, append(problems, more...)
}

// signer is the gateway's key, from the one place where it is.
func (s Settings) signer(elsewhere crypto.Signer) (crypto.Signer, error) {
	text := s.PrivateKey.Reveal()
	switch {
	case elsewhere != nil && len(text) > 0:
		return nil, errors.New("is given twice, here and as a crypto.Signer: want one of them")
	case elsewhere != nil:
		return elsewhere, checkPublic(elsewhere.Public())
	case len(text) == 0:
		return nil, errors.New("is missing: want this gateway's Ed25519 key, or a crypto.Signer that has it")
	}
	return parsePrivate(text)
}

// checkMethod wants a URL-based payment method identifier (Payment Method
// Identifiers, "Validation"): https, without user name and password. http is for
// tests, on this machine; a fragment would never reach a server.
func checkMethod(method string) (*url.URL, error) {
	u, err := checkAddress(method)
	switch {
	case err != nil:
		return nil, err
	case len(method) > maxMethod:
		return nil, fmt.Errorf("has %d bytes: at most %d", len(method), maxMethod)
	}
	return u, nil
}

// checkAddress wants https; http is for tests, on this machine.
func checkAddress(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || strings.Contains(address, "#") || !plainHost(u) {
		return nil, fmt.Errorf("%.100q is not an address: want https://host/path, without user name and fragment", address)
	}
	host := strings.ToLower(u.Hostname())
	local := host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return nil, fmt.Errorf("%.100q is not https", address)
	}
	return u, nil
}

// plainHost wants a host that is one also for those who read it in a header, such
// as a Content-Security-Policy, in which ; begins another rule.
func plainHost(u *url.URL) bool {
	return u.Hostname() != "" && strings.Trim(strings.ToLower(u.Host), "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]") == ""
}

func checkWord(s string, longest int, of, named string) error {
	if s == "" || len(s) > longest || strings.Trim(s, of) != "" {
		return fmt.Errorf("%.70q is not 1 to %d of %s", s, longest, named)
	}
	return nil
}

// checkNumber wants what the gateway names attempts and refunds with.
func checkNumber(s string) error {
	return checkWord(s, 32, "abcdefghijklmnopqrstuvwxyz0123456789", "a-z 0-9")
}

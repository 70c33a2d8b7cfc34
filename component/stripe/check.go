package stripe

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/anyscan/anyscan/order"
)

const (
	keyPattern    = "^(sk|rk)_(test|live)_[A-Za-z0-9_]{1,240}$"
	secretPattern = "^whsec_[A-Za-z0-9+/=_-]{1,240}$"
)

// problems is everything that is wrong with the settings. No text of a secret is
// in it.
func (s Settings) problems(o Options) (all []order.Problem) {
	report := func(path string, err error) {
		if err != nil {
			all = append(all, order.Problem{Path: path, Detail: err.Error()})
		}
	}
	report("/title", order.CheckText(s.Title, 128))
	report("/secret_key", checkKey(string(s.SecretKey.Reveal())))
	if n := len(s.WebhookSecrets); n < 1 || n > maxSecrets {
		report("/webhook_secrets", fmt.Errorf("has %d secrets: want 1 to %d", n, maxSecrets))
	}
	for i, secret := range s.WebhookSecrets {
		report(fmt.Sprintf("/webhook_secrets/%d", i), checkSecret(string(secret.Reveal())))
	}
	for i, code := range s.Currencies {
		path := fmt.Sprintf("/currencies/%d", i)
		switch {
		case !slices.Contains(presentment(), code):
			report(path, fmt.Errorf("%.8q is no currency that Stripe takes: want an ISO 4217 code, upper case", code))
		case slices.Contains(s.Currencies[:i], code):
			report(path, fmt.Errorf("%s stands in it twice", code))
		}
	}
	report("/api_base", checkBase(s.APIBase))
	if o.Timeout < 0 {
		report("/timeout", errors.New("is negative: want a time to wait for an answer"))
	}
	return all
}

// checkKey tells the kinds of keys apart, which stand side by side in the Dashboard.
func checkKey(key string) error {
	switch {
	case key == "":
		return errors.New("is missing: want the account's secret key, sk_…, or a restricted one, rk_…")
	case strings.HasPrefix(key, "pk_"):
		return errors.New("is the publishable key: want the secret one, sk_…, which the Dashboard shows beside it")
	case strings.HasPrefix(key, "whsec_"):
		return errors.New("is a webhook endpoint's signing secret: want the API's secret key, sk_…")
	case !regexp.MustCompile(keyPattern).MatchString(key):
		return errors.New("is not of the form sk_test_…, sk_live_…, rk_test_… or rk_live_…: was a space or line break copied with it?")
	}
	return nil
}

func checkSecret(secret string) error {
	switch {
	case secret == "":
		return errors.New("is missing: want the endpoint's signing secret, whsec_…")
	case strings.HasPrefix(secret, "sk_"), strings.HasPrefix(secret, "rk_"), strings.HasPrefix(secret, "pk_"):
		return errors.New("is a key of the API: want the endpoint's signing secret, whsec_…")
	case strings.HasPrefix(secret, "we_"):
		return errors.New("is the ID of the endpoint: want its signing secret, whsec_…")
	case !regexp.MustCompile(secretPattern).MatchString(secret):
		return errors.New("is not of the form whsec_…: was a space or line break copied with it?")
	}
	return nil
}

// checkBase wants https; http is for tests, on this machine.
func checkBase(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return fmt.Errorf("%.100q is not an address: want https://host alone", address)
	}
	local := u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") || net.ParseIP(u.Hostname()).IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return fmt.Errorf("%.100q is not https", address)
	}
	return nil
}

// checkNumber wants what the gateway names attempts and refunds with.
func checkNumber(s string) error {
	if s == "" || len(s) > 32 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return fmt.Errorf("%.40q is not 1 to 32 of a-z 0-9", s)
	}
	return nil
}

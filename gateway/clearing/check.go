package clearing

import (
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

// Characters of names and identifiers.
const (
	lowers = "abcdefghijklmnopqrstuvwxyz"
	digits = "0123456789"
)

// problems collects what is wrong with a configuration or a request, so that
// its author learns all of it at once.
type problems []order.Problem

func (p *problems) add(path, format string, args ...any) {
	*p = append(*p, order.Problem{Path: path, Detail: fmt.Sprintf(format, args...)})
}

func (p problems) err(op, detail string) error { return p.coded(order.CodeInvalid, op, detail) }

func (p problems) coded(code order.Code, op, detail string) error {
	if len(p) == 0 {
		return nil
	}
	return &order.Error{Code: code, Op: op, Detail: detail, Problems: p}
}

func (p *problems) acquirer(path string, a Acquirer) {
	if a.Name == "" || len(a.Name) > 64 || strings.Trim(a.Name, lowers+digits+"-") != "" {
		p.add(path+"/name", "is %.70q: want 1 to 64 of a-z 0-9 -", a.Name)
	}
	for i, key := range a.Keys {
		if k, ok := key.(ed25519.PublicKey); !ok || len(k) != ed25519.PublicKeySize {
			p.add(fmt.Sprintf("%s/keys/%d", path, i), "is a %T of %d bytes: want an ed25519.PublicKey of %d", key, len(k), ed25519.PublicKeySize)
		}
	}
	for i, m := range a.Merchants {
		p.merchant(fmt.Sprintf("%s/merchants/%d", path, i), m)
	}
	if _, err := parseAddress(a.Notify); a.Notify != "" && err != nil {
		p.add(path+"/notify", "%v", err)
	}
	for i, origin := range a.ReturnOrigins {
		at := fmt.Sprintf("%s/return_origins/%d", path, i)
		if parsed, err := parseAddress(origin); err != nil {
			p.add(at, "%v", err)
		} else if originOf(parsed) != origin {
			p.add(at, "is %.100q: an origin is written %q", origin, originOf(parsed))
		}
	}
}

func (p *problems) merchant(path string, m Merchant) {
	if m.ID == "" || len(m.ID) > 128 || strings.Trim(m.ID, lowers+strings.ToUpper(lowers)+digits+"._-") != "" {
		p.add(path+"/id", "is %.130q: want 1 to 128 of A-Z a-z 0-9 . _ -", m.ID)
	}
	p.text(path+"/name", m.Name, 128)
	if m.Name == "" {
		p.add(path+"/name", "is missing: payers are shown it")
	}
	for i, domain := range m.Domains {
		if _, err := verify.NewDomains([]string{domain}); err != nil || strings.ToLower(domain) != domain {
			p.add(fmt.Sprintf("%s/domains/%d", path, i), "is %.100q: want a host name in lower case, such as tea.example, =tea.example or *.tea.example", domain)
		}
	}
}

func (p *problems) text(path, s string, limit int) {
	switch {
	case len(s) > limit:
		p.add(path, "has %d bytes: at most %d", len(s), limit)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		p.add(path, "holds control characters or is not UTF-8")
	}
}

// parseAddress reads an address that a browser or an HTTP client will be sent
// to. Plain http passes for *.localhost alone, which is the same machine.
func parseAddress(s string) (verify.Address, error) {
	return verify.Parse(s, &verify.Options{Development: true})
}

// originOf is scheme, host and port of an address, as browsers write an origin
// (RFC 6454, 6.2). A canonical address has a path, so there is a slash.
func originOf(a verify.Address) string {
	s := a.String()
	host := strings.Index(s, "://") + len("://")
	return s[:host+strings.IndexByte(s[host:], '/')]
}

// returnsTo reports whether a payer may be sent to the address.
func (a Acquirer) returnsTo(address string) bool {
	parsed, err := parseAddress(address)
	return err == nil && slices.Contains(a.ReturnOrigins, originOf(parsed))
}

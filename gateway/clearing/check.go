package clearing

import (
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"

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
	if err := order.CheckIdentifier(m.ID); err != nil {
		p.add(path+"/id", "%v", err)
	}
	if err := order.CheckText(m.Name, 128); err != nil {
		p.add(path+"/name", "%v; payers are shown it", err)
	}
	for i, domain := range m.Domains {
		if _, err := verify.NewDomains([]string{domain}); err != nil || strings.ToLower(domain) != domain {
			p.add(fmt.Sprintf("%s/domains/%d", path, i), "is %.100q: want a host name in lower case, such as tea.example, =tea.example or *.tea.example", domain)
		}
	}
}

func (p *problems) text(path, s string, limit int) {
	if err := order.CheckText(s, limit); err != nil && s != "" {
		p.add(path, "%v", err)
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

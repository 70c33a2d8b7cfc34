package clearing

import (
	"fmt"
	"maps"
	"math"
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

// maxProblems are as many as a person reads, and a log takes, at once.
const maxProblems = 100

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
	if more := len(p) - maxProblems; more > 0 {
		p = append(p[:maxProblems:maxProblems], order.Problem{Detail: fmt.Sprintf("and %d more", more)})
	}
	return &order.Error{Code: code, Op: op, Detail: detail, Problems: p}
}

func (p *problems) acquirer(path string, a Acquirer) {
	if a.Name == "" || len(a.Name) > 64 || strings.Trim(a.Name, lowers+digits+"-") != "" {
		p.add(path+"/name", "is %.70q: want 1 to 64 of a-z 0-9 -", a.Name)
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
	p.limits(path+"/limits", a.Limits)
	p.text(path+"/disabled", a.Disabled, 256)
}

func (p *problems) limits(path string, l Limits) {
	for _, currency := range slices.Sorted(maps.Keys(l.Amounts)) {
		if err := (order.Money{Amount: l.Amounts[currency], Currency: currency}).Validate(); err != nil {
			p.add(path+"/amounts/"+escaped(currency), "%v", err)
		}
	}
	if !(l.Rate >= 0) || math.IsInf(l.Rate, 0) { // NaN is neither
		p.add(path+"/rate", "is %v: want requests a second, 0 for no limit", l.Rate)
	}
	if l.Burst < 0 || l.Rate > 0 && l.Burst == 0 || l.Rate == 0 && l.Burst > 0 {
		p.add(path+"/burst", "is %d beside a rate of %v: want both above 0, or both 0", l.Burst, l.Rate)
	}
}

// escaped is a name as a part of a JSON Pointer (RFC 6901), cut to what a person
// reads.
func escaped(name string) string {
	if len(name) > 64 {
		name = strings.ToValidUTF8(name[:64], "") + "…"
	}
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
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

package clearing

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

// maxUnsigned is what fits into 2048 bytes beside the signature.
const maxUnsigned = 1938

// sign is the requested address with its signature. [order.CodeRefused] tells
// every rule that it breaks.
func (d *desk) sign(ctx context.Context, r order.IssueRequest, now time.Time) (string, error) {
	const op = "clearing.Issue"
	directory, a, err := d.entry(op)
	if err != nil {
		return "", err
	}
	if err := a.enabled(op); err != nil {
		return "", err
	}
	var p problems
	address := d.codeRules(&p, directory, a, r, now)
	if err := p.coded(order.CodeRefused, op, "the gateway does not sign this code"); err != nil {
		return "", err
	}
	signed, err := verify.Sign(d.codes(), address, verify.Claims{Expires: r.Expires, Merchant: r.Merchant})
	if bad, ok := errors.AsType[*verify.ArgumentError](err); ok {
		p.add("/"+strings.ToLower(bad.Argument), "%s", bad.Problem)
		return "", p.coded(order.CodeRefused, op, "the gateway does not sign this code")
	}
	if err != nil {
		d.logger.ErrorContext(ctx, "signing a code failed", "acquirer", d.acquirer, "err", err)
		return "", &order.Error{Code: order.CodeUnavailable, Op: op, Detail: "the code cannot be signed now: ask again with the same key", Err: err}
	}
	return signed.String(), nil
}

// codeRules are what the directory, the registry and the options say about a new
// code.
func (d *desk) codeRules(p *problems, directory *entries, a Acquirer, r order.IssueRequest, now time.Time) verify.Address {
	if d.codes() == nil {
		p.add("", "this gateway signs no codes")
	}
	m, registered := directory.merchant(a.Name, r.Merchant)
	if !registered {
		p.add("/merchant", "%q is not registered for acquirer %q", r.Merchant, a.Name)
	}
	address, err := verify.Parse(r.Address, &verify.Options{Development: d.options.Development})
	switch {
	case err != nil:
		p.add("/address", "%v", err)
	case registered && !m.owns(address):
		p.add("/address", "has the host %q, which is not among the domains of merchant %q", address.Host(), m.ID)
	}
	p.unsigned("/address", address)
	p.codeTime("/expires", r.Expires, now, d.longest(r.Kind))
	if r.Kind == order.IssuedDynamic {
		p.limited("/amount", a, r.Amount)
		if !d.payable(a, r.Merchant, r.Amount, now) {
			p.add("/amount", "no payment component takes %s", r.Amount)
		}
	}
	return address
}

// owns reports whether the merchant's codes may lead to the address.
func (m Merchant) owns(a verify.Address) bool {
	if len(m.Domains) == 0 {
		return false
	}
	domains, err := verify.NewDomains(m.Domains)
	if err != nil {
		return false
	}
	_, err = domains.Check(context.Background(), a, time.Time{}) // of the host alone: it waits for nothing
	return err == nil
}

// unsigned tells at once what verify.Sign would refuse.
func (p *problems) unsigned(path string, a verify.Address) {
	if strings.Contains(a.String(), "#") {
		p.add(path, "has a fragment: leave out # and what follows")
	}
	for pair := range strings.SplitSeq(a.Query(), "&") {
		if name, _, _ := strings.Cut(pair, "="); name == "v" || name == "%76" {
			p.add(path, "has a query parameter v already, which is where the signature goes")
			break
		}
	}
	if n := len(a.String()); n > maxUnsigned {
		p.add(path, "has %d bytes: at most %d fit beside the signature", n, maxUnsigned)
	}
}

func (d *desk) longest(kind order.IssuedKind) time.Duration {
	if kind == order.IssuedDynamic {
		return d.options.LongestDynamic
	}
	return d.options.LongestStatic
}

func (p *problems) codeTime(path string, expires, now time.Time, longest time.Duration) {
	switch {
	case !expires.After(now):
		p.add(path, "is in the past: it is %s", now.Format(time.RFC3339))
	case expires.After(now.Add(longest)):
		p.add(path, "is too far ahead: at most %v from now", longest)
	}
}

// signerID names the key that signs codes, as terminals know it.
func (s *Server) signerID() string {
	if s.codes() == nil {
		return ""
	}
	return verify.Key{Public: s.codes().Public()}.ID()
}

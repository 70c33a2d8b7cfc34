package verify

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// Domains is the legal-domain database (method 1; claim 6 of US 12,387,194
// B2): an address is legal if its host is in the database. It protects
// against every other host. It does not protect against a legal host that
// redirects wherever a parameter says, nor against one merchant's code pasted
// over another's on the same host; only a [Signature] does.
type Domains struct {
	rules map[string]ruleKind
}

var _ Method = (*Domains)(nil)

// ruleKind tells which rules a name has; it may have several.
type ruleKind uint8

const (
	ruleExact ruleKind = 1 << iota
	ruleBelow
	ruleDomain // both
)

// NewDomains makes a database from rules, of three forms:
//
//	pay.example        that name and every name below it
//	=pay.example       that host alone
//	*.pay.example      every name below it, not the name itself
//
// The first and third must lie below a suffix that the Public Suffix List
// knows, so that no rule spans two owners; example, test and localhost count
// as known, for nobody can register there. No rule reaches across a public
// suffix either: amazonaws.com does not cover x.s3.amazonaws.com. Names are in
// ASCII, international ones in their xn-- form, without port or path.
//
// The error joins an [*ArgumentError] of each bad rule.
func NewDomains(rules []string) (*Domains, error) {
	return newDomains("rule", rules, readRule)
}

func newDomains(argument string, rules []string, read func(string) (string, ruleKind, string)) (*Domains, error) {
	if len(rules) == 0 {
		return nil, argumentError(argument+"s", noneGiven)
	}
	d := &Domains{rules: make(map[string]ruleKind, len(rules))}
	var all []error
	for i, rule := range rules {
		name, kind, problem := read(rule)
		if problem != "" {
			all = append(all, &ArgumentError{Argument: argument, Index: i, Value: quote(rule), Problem: problem})
			continue
		}
		d.rules[name] |= kind
	}
	if len(all) > 0 {
		return nil, errors.Join(all...)
	}
	return d, nil
}

// Name returns "domain".
func (d *Domains) Name() string { return "domain" }

// Check accepts hosts that a rule covers; [Match.Rule] is that rule.
func (d *Domains) Check(_ context.Context, a Address, _ time.Time) (Match, error) {
	host := a.Host()
	if kind := d.rules[host] & (ruleExact | ruleDomain); kind != 0 {
		return Match{Rule: kind.text(host)}, nil
	}
	suffix, _ := publicsuffix.PublicSuffix(host)
	for name := parent(host); len(name) > len(suffix); name = parent(name) {
		if kind := d.rules[name] & (ruleBelow | ruleDomain); kind != 0 {
			return Match{Rule: kind.text(name)}, nil
		}
	}
	return Match{}, refuse(CodeNoRule)
}

// text writes the widest rule in k as it was given.
func (k ruleKind) text(name string) string {
	switch {
	case k&ruleDomain != 0:
		return name
	case k&ruleBelow != 0:
		return "*." + name
	}
	return "=" + name
}

// parent cuts the first label off.
func parent(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return rest
}

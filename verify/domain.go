package verify

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// Domains is the legal-domain database (method 1; claim 6 of US 12,387,194
// B2): an address is legal if its host is in the database, whatever its port and
// path. It protects against every other host. It does not protect against a legal
// host that redirects wherever a parameter says, nor against one merchant's code
// pasted over another's on the same host; only a [Signature] does.
type Domains struct{ rules Rules }

var _ Method = (*Domains)(nil)

// Rules are where a legal-domain database keeps its rules; package domaindb keeps
// large ones in a file. They are safe for concurrent use.
type Rules interface {
	// Rules returns which rules there are of exactly this name, in lower case; 0
	// for none. It is exact: an answer that may be wrong is no answer.
	Rules(name string) RuleKind
}

// RuleKind tells which rules a name has; it may have several.
type RuleKind uint8

// The kinds, by the form that [NewDomains] reads.
const (
	RuleExact  RuleKind = 1 << iota // =pay.example
	RuleBelow                       // *.pay.example
	RuleDomain                      // pay.example
)

// NewDomainsOf makes a database of rules that are kept elsewhere. Each must be one
// that [ParseRule] took.
func NewDomainsOf(rules Rules) *Domains { return &Domains{rules} }

// ParseRule reads one rule in the forms of [NewDomains] and returns its name in
// lower case. The error is an [*ArgumentError].
func ParseRule(rule string) (name string, kind RuleKind, err error) {
	name, kind, problem := readRule(rule)
	if problem != "" {
		return "", 0, &ArgumentError{Argument: "rule", Index: -1, Value: quote(rule), Problem: problem}
	}
	return name, kind, nil
}

// table holds rules in memory.
type table map[string]RuleKind

func (t table) Rules(name string) RuleKind { return t[name] }

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

func newDomains(argument string, rules []string, read func(string) (string, RuleKind, string)) (*Domains, error) {
	if len(rules) == 0 {
		return nil, argumentError(argument+"s", noneGiven)
	}
	names := make(table, len(rules))
	var all []error
	for i, rule := range rules {
		name, kind, problem := read(rule)
		if problem != "" {
			all = append(all, &ArgumentError{Argument: argument, Index: i, Value: quote(rule), Problem: problem})
			continue
		}
		names[name] |= kind
	}
	if len(all) > 0 {
		return nil, errors.Join(all...)
	}
	return &Domains{names}, nil
}

// Name returns "domain".
func (d *Domains) Name() string { return "domain" }

// Check accepts hosts that a rule covers; [Match.Rule] is that rule.
func (d *Domains) Check(_ context.Context, a Address, _ time.Time) (Match, error) {
	host := a.Host()
	if kind := d.rules.Rules(host) & (RuleExact | RuleDomain); kind != 0 {
		return Match{Rule: kind.text(host)}, nil
	}
	suffix, _ := publicsuffix.PublicSuffix(host)
	for name := parent(host); len(name) > len(suffix); name = parent(name) {
		if kind := d.rules.Rules(name) & (RuleBelow | RuleDomain); kind != 0 {
			return Match{Rule: kind.text(name)}, nil
		}
	}
	return Match{}, refuse(CodeNoRule)
}

// text writes the widest rule in k as it was given.
func (k RuleKind) text(name string) string {
	switch {
	case k&RuleDomain != 0:
		return name
	case k&RuleBelow != 0:
		return "*." + name
	}
	return "=" + name
}

// parent cuts the first label off.
func parent(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return rest
}

package verify

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// readRule reads one rule of a legal-domain database.
func readRule(rule string) (name string, kind RuleKind, problem string) {
	if exact, ok := strings.CutPrefix(rule, "="); ok {
		return readExact(exact)
	}
	below, ok := strings.CutPrefix(rule, "*.")
	if name, problem = readName(below); problem != "" {
		return "", 0, problem
	}
	if problem = checkOwner(name); problem != "" {
		return "", 0, problem
	}
	if ok {
		return name, RuleBelow, ""
	}
	return name, RuleDomain, ""
}

// readExact reads the name of one host. Such a rule cannot grow wider when the
// list of suffixes is out of date, so a suffix may be unknown to it.
func readExact(host string) (name string, kind RuleKind, problem string) {
	if name, problem = readName(host); problem != "" {
		return "", 0, problem
	}
	if suffix, known := publicSuffix(name); known && suffix == name {
		return "", 0, suffixProblem
	}
	return name, RuleExact, ""
}

const suffixProblem = "is a public suffix that many owners share; name a host or domain below it"

func readName(text string) (name, problem string) {
	end, _, code, _ := readHost(text, 0)
	if code != "" {
		return "", code.sentence()
	}
	if end != len(text) {
		return "", "a rule is a host name alone; leave out port, path and all else"
	}
	return strings.ToLower(text), ""
}

// checkOwner makes sure that all names below name have one owner.
func checkOwner(name string) (problem string) {
	switch suffix, known := publicSuffix(name); {
	case !known:
		return "lies below a suffix that the Public Suffix List does not know; write =host to name hosts exactly"
	case suffix == name:
		return suffixProblem
	}
	return ""
}

// publicSuffix returns the suffix of name and whether it is a known one, not
// a guess at an unknown top-level domain.
func publicSuffix(name string) (suffix string, known bool) {
	suffix, icann := publicsuffix.PublicSuffix(name)
	switch suffix {
	case "example", "test", "localhost": // RFC 2606 and 6761: nobody can register there
		return suffix, true
	}
	return suffix, icann || strings.Contains(suffix, ".")
}

// registrable is the label below the suffix, and the suffix; "" for none.
func registrable(host string) string {
	suffix, known := publicSuffix(host)
	if !known || len(suffix) >= len(host) {
		return ""
	}
	below := host[:len(host)-len(suffix)-1]
	return host[strings.LastIndexByte(below, '.')+1:]
}

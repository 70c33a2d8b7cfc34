// Package lookalike finds, among the rules of a legal-domain database, domains that
// a person could take for another one, before the file of them is built.
//
// Who uses it: the clearing institution, when merchants' domains are registered.
//
//	rules, one a line ── Find ─▶ pairs for a person to look at ─▶ domaindb.Build
//	                     (you are here)
//
// A look-alike is never opened by the rule of the domain that it resembles: hosts
// are compared in ASCII. The danger is that it is registered, too.
//
// # Errors
//
// Lines that are no rules are left to domaindb.Build, which tells them.
//
// # Concurrency
//
// Find keeps nothing.
//
// # Security
//
// Two domains look alike where their skeletons of Unicode Technical Standard 39 are
// equal. Of 661 names that differ from one of eight payment brands by one character,
// that finds 538 (measured for v0.9.4 of the tables); the others need a person.
package lookalike

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"go.mau.fi/util/confusable"
	"golang.org/x/net/idna"

	"github.com/anyscan/anyscan/verify"
)

// Domain is a registrable domain in a list of rules.
type Domain struct {
	Line  int    // the first with a rule of it, from 1
	Name  string // in ASCII
	Shown string // as a browser may show it
}

// Pair are two domains that look alike; First stands before Second in the list.
type Pair struct{ First, Second Domain }

const maxPairs = 10_000

// Find reads rules, one a line as domaindb.Build does, and returns each domain that
// looks like one before it, 10,000 at most. It keeps about 150 bytes for each domain.
// The error is that of reading, or that a line has more than 64 KiB.
func Find(rules io.Reader) ([]Pair, error) {
	lines := bufio.NewScanner(rules)
	seen := map[[32]byte]Domain{}
	var found []Pair
	for number := 1; lines.Scan() && len(found) < maxPairs; number++ {
		d, ok := domainOf(strings.TrimSuffix(lines.Text(), "\r"), number)
		if !ok {
			continue
		}
		skeleton := confusable.SkeletonHash(d.Shown)
		first, known := seen[skeleton]
		switch {
		case !known:
			seen[skeleton] = d
		case first.Name != d.Name:
			found = append(found, Pair{first, d})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("lookalike: reading rules: %w", err)
	}
	return found, nil
}

func domainOf(line string, number int) (Domain, bool) {
	name, _, err := verify.ParseRule(line)
	if err != nil {
		return Domain{}, false
	}
	if a, err := verify.Parse("https://"+name, nil); err == nil && a.Domain() != "" {
		name = a.Domain()
	}
	shown, err := idna.Punycode.ToUnicode(name)
	if err != nil {
		shown = name // a browser shows it as it is
	}
	return Domain{number, name, shown}, true
}

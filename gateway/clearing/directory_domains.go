package clearing

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// A reach is how far one rule of a merchant's domains reaches from its name.
type reach struct {
	acquirer      string
	entry, path   string // of the entry and the rule, for problems
	itself, below bool
}

// reaches are all rules, by their name.
type reaches map[string][]reach

func (r reaches) add(path string, a Acquirer) {
	for i, m := range a.Merchants {
		for j, rule := range m.Domains {
			at := fmt.Sprintf("%s/merchants/%d/domains/%d", path, i, j)
			name, exact := strings.CutPrefix(rule, "=")
			name, below := strings.CutPrefix(name, "*.")
			r[name] = append(r[name], reach{a.Name, path, at, !below, !exact})
		}
	}
}

// check wants no host to be two acquirers': each could have codes signed that
// lead to the other's pages.
func (r reaches) check(p *problems) {
	for _, name := range slices.Sorted(maps.Keys(r)) {
		for _, rule := range r[name] {
			if other, ok := r.other(name, rule); ok {
				p.add(rule.path, "reaches hosts of acquirer %q: a host belongs to one acquirer", other)
			}
		}
	}
}

// covers reports whether the acquirer of the rule has rules among these that reach
// all that it does.
func (r reaches) covers(name string, rule reach) bool {
	itself, below := !rule.itself, !rule.below
	for at, more := name, true; more; _, at, more = strings.Cut(at, ".") {
		for _, o := range r[at] {
			if o.acquirer == rule.acquirer {
				itself = itself || o.itself && at == name || o.below && at != name
				below = below || o.below
			}
		}
	}
	return itself && below
}

// other is an acquirer with a rule that reaches what this one does, at its own
// name or from above.
func (r reaches) other(name string, rule reach) (acquirer string, ok bool) {
	for _, o := range r.rivals(name, rule) {
		return o.acquirer, true
	}
	return "", false
}

// rivals are the rules of other acquirers that reach what this one does, each with
// its name: the same, or one above it.
func (r reaches) rivals(name string, rule reach) iter.Seq2[string, reach] {
	return func(yield func(string, reach) bool) {
		for at, more := name, true; more; _, at, more = strings.Cut(at, ".") {
			for _, o := range r[at] {
				overlap := o.below
				if at == name {
					overlap = o.itself && rule.itself || o.below && rule.below
				}
				if overlap && o.acquirer != rule.acquirer && !yield(at, o) {
					return
				}
			}
		}
	}
}

package clearing

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A reach is how far one rule of a merchant's domains reaches from its name.
type reach struct {
	acquirer      string
	path          string // of the rule, for problems
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
			r[name] = append(r[name], reach{a.Name, at, !below, !exact})
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

// other is an acquirer with a rule that reaches what this one does, at its own
// name or from above.
func (r reaches) other(name string, rule reach) (acquirer string, ok bool) {
	for _, o := range r[name] {
		if o.acquirer != rule.acquirer && (o.itself && rule.itself || o.below && rule.below) {
			return o.acquirer, true
		}
	}
	for _, above, more := strings.Cut(name, "."); more; _, above, more = strings.Cut(above, ".") {
		for _, o := range r[above] {
			if o.acquirer != rule.acquirer && o.below {
				return o.acquirer, true
			}
		}
	}
	return "", false
}

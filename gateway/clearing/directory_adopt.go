package clearing

import (
	"maps"
	"slices"

	"github.com/anyscan/anyscan/internal/jwk"
)

// A proposal is an entry that is to take the place of the one of its name.
type proposal struct {
	path   string // for problems
	next   Acquirer
	p      problems // where there are any, the entry before stays, or none
	alone  *entries // next by itself, with its secrets
	before *entries // what stood under the name, by itself; nil for nothing
}

// adopt makes the directory what is proposed, entry by entry: one with a problem,
// by itself, beside the others or for a server, stays as it was, which is absent for
// a new one. A name that is not proposed leaves. So nobody gets what was neither his
// before nor is validly proposed, and nobody's mistake keeps another's rights alive.
//
// The problems are with the proposals afterwards.
func (d *Directory) adopt(all []proposal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	have := d.load()
	byName := map[string][]*proposal{}
	for i := range all {
		c := &all[i]
		c.alone = newEntries()
		c.alone.add(&c.p, c.path, c.next, d.env)
		if a, ok := have.acquirers[c.next.Name]; ok {
			c.before = newEntries()
			c.before.keep(a)
		}
		byName[c.next.Name] = append(byName[c.next.Name], c)
	}
	for name, same := range byName {
		for _, c := range same {
			if len(same) > 1 && name != "" {
				c.p.add(c.path+"/name", "%q stands twice: give each acquirer once", name)
			}
		}
	}
	d.suits(all)
	for range len(all) { // each time but the last one more is out at least
		if !clash(all, have) {
			break
		}
	}
	d.current.Store(chosen(all))
}

// suits tells what the servers on the directory cannot use.
func (d *Directory) suits(all []proposal) {
	proposed := newEntries()
	for _, c := range all {
		proposed.list = append(proposed.list, c.alone.list...)
	}
	for _, need := range d.needs {
		need(proposed, func(i int) (*problems, string) { return &all[i].p, all[i].path })
	}
}

// choice is what stands under the name for now, nil for nothing.
func (c *proposal) choice() *entries {
	if len(c.p) > 0 {
		return c.before
	}
	return c.alone
}

// chosen is the directory of what stands for now; a name that is proposed twice
// is as it was.
func chosen(all []proposal) *entries {
	e := newEntries()
	for i := range all {
		one := all[i].choice()
		if one == nil {
			continue
		}
		if _, twice := e.acquirers[one.list[0].Name]; !twice {
			e.keep(one.list[0])
		}
	}
	return e
}

// clash reports whether entries that stand for now have a problem beside each
// other, which each then has that claims what was not its own before. With the
// entry that stood before in place of one, there may be more.
func clash(all []proposal, have *entries) (more bool) {
	hosts, keys := reaches{}, map[string][]claim{}
	byPath := map[string]*proposal{}
	for i := range all {
		c := &all[i]
		if one := c.choice(); one != nil {
			byPath[c.path] = c
			hosts.add(c.path, one.list[0])
			for _, k := range claims(c, one.list[0]) {
				keys[k.id] = append(keys[k.id], k)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		more = dispute(id, keys[id], have) || more
	}
	for _, d := range disputes(hosts, have) {
		byPath[d.entry].p.add(d.path, "reaches hosts of acquirer %q: a host belongs to one acquirer", d.other)
		more = true
	}
	return more
}

// A claim is a key of an entry that stands for now.
type claim struct {
	by       *proposal
	id, path string
}

func claims(by *proposal, a Acquirer) (all []claim) {
	add := func(path string, keys []Key) {
		for i, k := range keys {
			if id, err := jwk.ID(k.Public); err == nil {
				all = append(all, claim{by, id, path + byIndex(i)})
			}
		}
	}
	add(by.path+"/keys", a.Keys)
	add(by.path+"/tls_keys", a.TLSKeys)
	return all
}

// dispute tells those who want a key that was not theirs before what another one
// has or wants.
func dispute(id string, rivals []claim, have *entries) (more bool) {
	for i, c := range rivals {
		other := rivals[(i+1)%len(rivals)].by
		if other == c.by || have.owner(id) == c.by.next.Name {
			continue
		}
		c.by.p.add(c.path, "is a key of %q already: a key has one acquirer and one purpose", other.next.Name)
		more = true
	}
	return more
}

// disputed is a rule that reaches what was not its acquirer's before and another
// one has or wants.
type disputed struct {
	reach
	other string
}

func disputes(hosts reaches, have *entries) (all []disputed) {
	owned, told := reaches{}, map[string]bool{} // by path
	for _, a := range have.list {
		owned.add("", a)
	}
	tell := func(name string, rule reach, other string) {
		if !told[rule.path] && !owned.covers(name, rule) {
			told[rule.path] = true
			all = append(all, disputed{rule, other})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(hosts)) {
		for _, rule := range hosts[name] {
			for at, other := range hosts.rivals(name, rule) {
				tell(name, rule, other.acquirer)
				tell(at, other, rule.acquirer)
			}
		}
	}
	return all
}

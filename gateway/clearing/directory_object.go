package clearing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// An object is a JSON object that is being read strictly: names are in the
// letter case that they are written in, stand once, and are all known. Each
// member is taken; what is left at the end is a problem.
type object struct {
	p       *problems
	path    string
	members map[string]json.RawMessage
}

// document is the object that is all of raw. Its problems have paths below
// path; it is not there if raw is no JSON at all.
func (p *problems) document(path string, raw []byte, limit int) (o object, ok bool) {
	switch {
	case len(raw) > limit:
		p.add(path, "has %d bytes: at most %d", len(raw), limit)
	case !utf8.Valid(raw):
		p.add(path, "is not UTF-8")
	default:
		var all json.RawMessage
		if err := json.Unmarshal(raw, &all); err != nil {
			p.add(path, "%s", syntax(raw, err))
			return o, false
		}
		return p.object(path, all)
	}
	return o, false
}

// syntax says where JSON ends to be JSON.
func syntax(raw []byte, err error) string {
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := raw[:min(int(bad.Offset), len(raw))]
		return fmt.Sprintf("is not JSON, in line %d: %v", 1+bytes.Count(before, []byte("\n")), bad)
	}
	return "is not JSON"
}

// object reads an object of JSON that is well-formed.
func (p *problems) object(path string, raw json.RawMessage) (o object, ok bool) {
	o = object{p, path, map[string]json.RawMessage{}}
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		p.add(path, "is no JSON object")
		return o, false
	}
	for d.More() {
		token, err := d.Token()
		name, isName := token.(string)
		var value json.RawMessage
		if err != nil || !isName || d.Decode(&value) != nil {
			p.add(path, "is no JSON object")
			return o, false
		}
		if _, again := o.members[name]; again {
			p.add(path+"/"+escaped(name), "stands twice: want it once")
		}
		o.members[name] = value
	}
	return o, true
}

// take reads a member, if it is there, into a value that wants what the words
// say. null is none of that: a list that is null would be an empty one.
func (o object) take(name, want string, into any) {
	raw, ok := o.members[name]
	delete(o.members, name)
	if ok && (string(raw) == "null" || json.Unmarshal(raw, into) != nil) {
		o.p.add(o.path+"/"+name, "is not %s", want)
	}
}

// inner reads a member that is an object, if it is there.
func (o object) inner(name string) (object, bool) {
	raw, ok := o.members[name]
	delete(o.members, name)
	if !ok {
		return object{}, false
	}
	return o.p.object(o.path+"/"+name, raw)
}

// each reads a member that is a list, if it is there.
func (o object) each(name string, read func(path string, raw json.RawMessage)) {
	var list []json.RawMessage
	o.take(name, "a list", &list)
	for i, raw := range list {
		read(fmt.Sprintf("%s/%s/%d", o.path, name, i), raw)
	}
}

// names are those of the members that were not taken, in a fixed order.
func (o object) names() []string { return slices.Sorted(maps.Keys(o.members)) }

// end tells what was not taken.
func (o object) end() {
	for _, name := range o.names() {
		o.p.add(o.path+"/"+escaped(name), "is not known here")
	}
}

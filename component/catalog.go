package component

import (
	"github.com/google/jsonschema-go/jsonschema"
)

// Entry is a component in a catalogue, for acquirers, for operators' tools and for
// documents. It holds no settings, only what they look like.
type Entry struct {
	Offer
	Currencies []string           `json:"currencies,omitempty"`
	Limits     []Limit            `json:"limits,omitempty"`
	Apps       AppRule            `json:"apps,omitzero"`
	Abilities  []Ability          `json:"abilities,omitempty"`
	Schema     *jsonschema.Schema `json:"parameters_schema,omitempty"`
	Settings   *jsonschema.Schema `json:"settings_schema,omitempty"`
}

// Catalog lists all components with what they can do, in the order of registration.
// Its parts are shared, to be read alone.
func (r *Registry) Catalog() []Entry {
	all := make([]Entry, 0, len(r.entries))
	for _, e := range r.entries {
		d := e.described
		all = append(all, Entry{e.offer, d.Currencies, d.Limits, d.Apps, Abilities(e.component), d.Schema, d.Settings})
	}
	return all
}

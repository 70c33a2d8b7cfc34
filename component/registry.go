package component

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/anyscan/anyscan/order"
)

// Offer is a component as a terminal sees it: its name and its configuration
// parameters (claim 1).
type Offer struct {
	Name       string          `json:"name"`
	Kind       string          `json:"kind"`
	Version    string          `json:"version"`
	Title      string          `json:"title"`
	Actions    []ActionKind    `json:"actions"`
	Parameters json.RawMessage `json:"parameters,omitempty"`
}

// A Registry holds the components that a gateway is configured with, in the
// order in which they are offered. It is a value, made once; nothing is
// registered by importing a package.
type Registry struct {
	entries []entry
}

type entry struct {
	component Component
	described Description
	offer     Offer
}

// NewRegistry checks the components and makes a registry of them. The error
// joins every problem of every component: a malformed or repeated name, a
// missing title, unknown action kinds, limits that contradict each other, schemas
// that are not whole, parameters that do not fit theirs.
func NewRegistry(components ...Component) (*Registry, error) {
	return (&Registry{}).With(components...)
}

// With is a registry with the components after those of r, which stays as it is. The
// error is as that of [NewRegistry].
func (r *Registry) With(components ...Component) (*Registry, error) {
	more := &Registry{slices.Clone(r.entries)}
	var errs []error
	for i, c := range components {
		if c == nil {
			errs = append(errs, fmt.Errorf("component %d is nil", i))
			continue
		}
		d := c.Describe()
		e, err := newEntry(c, d)
		if have, _, dup := more.Find(d.Name); dup {
			err = errors.Join(err, fmt.Errorf("the name is taken by the %s component %T", have.Describe().Kind, have))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("component %d %.64q: %w", i, d.Name, err))
			continue
		}
		more.entries = append(more.entries, e)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("component: registry: %w", err)
	}
	return more, nil
}

// Without is a registry of the components of r but the named ones; r stays as it is.
// The error says which names are not in it.
func (r *Registry) Without(names ...string) (*Registry, error) {
	var errs []error
	for _, name := range names {
		if _, _, ok := r.Find(name); !ok {
			errs = append(errs, fmt.Errorf("component: registry: there is no %.70q to leave out: want one of %s", name, listed(r.names())))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Registry{slices.DeleteFunc(slices.Clone(r.entries), func(e entry) bool { return slices.Contains(names, e.offer.Name) })}, nil
}

func (r *Registry) names() (all []string) {
	for _, e := range r.entries {
		all = append(all, e.offer.Name)
	}
	return all
}

func newEntry(c Component, d Description) (entry, error) {
	parameters, err := checkParameters(d)
	d.Actions, d.Currencies, d.Limits = slices.Clone(d.Actions), slices.Clone(d.Currencies), slices.Clone(d.Limits)
	d.Apps = AppRule{slices.Clone(d.Apps.Only), slices.Clone(d.Apps.Not)}
	offer := Offer{d.Name, d.Kind, d.Version, d.Title, d.Actions, parameters}
	return entry{c, d, offer}, errors.Join(err, d.check())
}

// checkParameters renders the parameters once and validates them against their
// schema, so that listing offers later validates nothing.
func checkParameters(d Description) (json.RawMessage, error) {
	if d.Schema != nil {
		if err := lint(d.Schema, false); err != nil {
			return nil, fmt.Errorf("parameters: %w", err)
		}
	}
	switch {
	case d.Parameters == nil:
		return nil, nil
	case d.Schema == nil:
		return nil, errors.New("parameters have no schema: make one with SchemaFor")
	}
	raw, err := json.Marshal(d.Parameters)
	if err == nil {
		err = fitsAsJSON(d.Schema, d.Parameters)
	}
	if err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	return raw, nil
}

// Wanted is what offers are asked for.
type Wanted struct {
	Amount order.Money            // to be paid
	App    string                 // kind of the scanning app; "" means that it is not known yet
	Allow  func(name string) bool // which names the acquirer may use; nil allows all
}

// Offers lists what can pay, in the order of registration. It validates nothing: that
// was done when the registry was made. The parts of an offer are shared, to be read
// alone.
func (r *Registry) Offers(w Wanted) []Offer {
	offers := make([]Offer, 0, len(r.entries))
	for _, e := range r.entries {
		if e.described.takes(w) && (w.Allow == nil || w.Allow(e.offer.Name)) {
			offers = append(offers, e.offer)
		}
	}
	return offers
}

func (d *Description) takes(w Wanted) bool {
	if len(d.Currencies) > 0 && !slices.Contains(d.Currencies, w.Amount.Currency) || !d.Apps.allows(w.App) {
		return false
	}
	for _, l := range d.Limits {
		if !l.takes(w.Amount) {
			return false
		}
	}
	return true
}

// Find is the component of that name and its offer.
func (r *Registry) Find(name string) (Component, Offer, bool) {
	for _, e := range r.entries {
		if e.offer.Name == name {
			return e.component, e.offer, true
		}
	}
	return nil, Offer{}, false
}

package component

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

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
	offer     Offer
	currency  []string
}

// NewRegistry checks the components and makes a registry of them. The error
// joins every problem of every component: a malformed or repeated name, a
// missing title, unknown action kinds, parameters that do not fit their schema.
func NewRegistry(components ...Component) (*Registry, error) {
	r := &Registry{}
	var errs []error
	for i, c := range components {
		if c == nil {
			errs = append(errs, fmt.Errorf("component %d is nil", i))
			continue
		}
		d := c.Describe()
		e, err := newEntry(c, d)
		if have, _, dup := r.Find(d.Name); dup {
			err = errors.Join(err, fmt.Errorf("the name is taken by the %s component %T", have.Describe().Kind, have))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("component %d %.64q: %w", i, d.Name, err))
			continue
		}
		r.entries = append(r.entries, e)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("component: registry: %w", err)
	}
	return r, nil
}

func newEntry(c Component, d Description) (entry, error) {
	parameters, err := checkParameters(d)
	errs := []error{err, checkWord("name", d.Name), checkWord("kind", d.Kind), checkTitle(d.Title)}
	if d.Version == "" || len(d.Version) > 32 {
		errs = append(errs, fmt.Errorf("version %.40q: want 1 to 32 characters", d.Version))
	}
	if len(d.Actions) == 0 {
		errs = append(errs, errors.New("actions is empty: name the kinds that Begin may answer with"))
	}
	for _, k := range d.Actions {
		if !k.known() {
			errs = append(errs, fmt.Errorf("action kind %.40q does not exist", k))
		}
	}
	for _, code := range d.Currencies {
		if _, ok := order.Exponent(code); !ok {
			errs = append(errs, fmt.Errorf("currency %.8q is not in ISO 4217", code))
		}
	}
	offer := Offer{d.Name, d.Kind, d.Version, d.Title, slices.Clone(d.Actions), parameters}
	return entry{c, offer, slices.Clone(d.Currencies)}, errors.Join(errs...)
}

func (k ActionKind) known() bool {
	switch k {
	case ActionRedirect, ActionForm, ActionDeepLink, ActionBridge, ActionPaymentRequest, ActionNative:
		return true
	}
	return false
}

func checkWord(what, s string) error {
	if s == "" || len(s) > 64 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fmt.Errorf("%s %.70q: want 1 to 64 of a-z 0-9 -", what, s)
	}
	return nil
}

func checkTitle(s string) error {
	if err := order.CheckText(s, 128); err != nil {
		return fmt.Errorf("the title, which payers read, %w", err)
	}
	return nil
}

// checkParameters renders the parameters once and validates them against their
// schema, so that listing offers later validates nothing.
func checkParameters(d Description) (json.RawMessage, error) {
	if d.Parameters == nil {
		return nil, nil
	}
	if d.Schema == nil {
		return nil, errors.New("parameters have no schema: make one with SchemaFor")
	}
	resolved, err := d.Schema.Resolve(nil)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	raw, err := json.Marshal(d.Parameters)
	if err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	var value any
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&value); err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	if err := resolved.Validate(value); err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	return raw, nil
}

// SchemaFor is the JSON Schema 2020-12 of a parameters struct, inferred from its
// fields; constraints, titles and examples may be added to what it returns.
func SchemaFor[T any]() (*jsonschema.Schema, error) {
	s, err := jsonschema.For[T](nil)
	if err != nil {
		return nil, fmt.Errorf("component: schema of %s: %w", reflect.TypeFor[T](), err)
	}
	return s, nil
}

// Offers lists what can pay the amount, in the order of registration. allow
// says which names the acquirer may use; nil allows all.
func (r *Registry) Offers(amount order.Money, allow func(name string) bool) []Offer {
	var offers []Offer
	for _, e := range r.entries {
		takes := len(e.currency) == 0 || slices.Contains(e.currency, amount.Currency)
		if takes && (allow == nil || allow(e.offer.Name)) {
			offers = append(offers, e.offer)
		}
	}
	return offers
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

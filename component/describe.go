package component

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/order"
)

// Description says what a component is. Everything in it is public: it is offered to
// terminals and published in the [Registry.Catalog].
type Description struct {
	Name       string       // of this instance, unique in a registry: 1 to 64 of a-z 0-9 -
	Kind       string       // of the provider's product, such as "sandbox"; same form
	Version    string       // of the parameters' format, such as "1"
	Title      string       // shown to payers
	Actions    []ActionKind // that Begin and Resume may answer with
	Currencies []string     // ISO 4217 codes it takes; none means any
	Limits     []Limit      // of the amounts it takes, at most one for each currency
	Apps       AppRule      // which scanning apps it may be paid from
	// Parameters are the configuration parameters that reach the terminal
	// (claim 1), a struct that Schema describes. nil means none.
	Parameters any
	Schema     *jsonschema.Schema // JSON Schema 2020-12 of Parameters; see SchemaFor
	// Settings is the JSON Schema 2020-12 of the operator's settings, of which the
	// secrets are writeOnly; see SchemaFor and ReadSettings. Never their values. nil
	// means that it has none.
	Settings *jsonschema.Schema
}

// Limit bounds the amounts of one currency that a component takes, in minor units,
// the bounds included.
type Limit struct {
	Currency string `json:"currency"`
	Min      int64  `json:"min,omitempty"`
	Max      int64  `json:"max,omitempty"` // 0 means that nothing is too much
}

func (l Limit) takes(m order.Money) bool {
	return m.Currency != l.Currency || m.Amount >= l.Min && (l.Max == 0 || m.Amount <= l.Max)
}

func (l Limit) check() error {
	if _, ok := order.Exponent(l.Currency); !ok {
		return fmt.Errorf("the limit's currency %.8q is not in ISO 4217", l.Currency)
	}
	if l.Min < 0 || l.Max < 0 || l.Max > 0 && l.Max < l.Min {
		return fmt.Errorf("the limit of %s is from %d to %d: want 0 ≤ min ≤ max", l.Currency, l.Min, l.Max)
	}
	return nil
}

// AppRule says which scanning apps a component may be paid from, by the kind that an
// app says it is of, such as "camera" or "wechat". The zero value allows all. It is
// for the payer's sake, who should not be offered what will not work: a terminal's
// word on what it is proves nothing.
type AppRule struct {
	Only []string `json:"only,omitempty"` // kinds; none means any but those of Not
	Not  []string `json:"not,omitempty"`  // kinds
}

func (r AppRule) allows(kind string) bool {
	if kind == "" {
		return true // not known
	}
	return (len(r.Only) == 0 || slices.Contains(r.Only, kind)) && !slices.Contains(r.Not, kind)
}

func (r AppRule) check() error {
	var errs []error
	for _, kind := range slices.Concat(r.Only, r.Not) {
		errs = append(errs, checkWord("kind of scanning app", kind))
	}
	if len(r.Only) > 0 && len(r.Not) > 0 {
		errs = append(errs, errors.New("the rule for scanning apps says only and not: want one of them"))
	}
	return errors.Join(errs...)
}

// Ability is what a component can do besides Begin and Resume, as a word.
type Ability string

// The abilities, one for each interface.
const (
	AbilityReceive Ability = "receive" // [Receiver]
	AbilityQuery   Ability = "query"   // [Querier]
	AbilityCancel  Ability = "cancel"  // [Canceler]
	AbilityRefund  Ability = "refund"  // [Refunder]
)

// Abilities are those of a component, by the interfaces that [As] finds.
func Abilities(c Component) []Ability {
	var all []Ability
	add := func(a Ability, has bool) {
		if has {
			all = append(all, a)
		}
	}
	_, receives := As[Receiver](c)
	_, queries := As[Querier](c)
	_, cancels := As[Canceler](c)
	_, refunds := As[Refunder](c)
	add(AbilityReceive, receives)
	add(AbilityQuery, queries)
	add(AbilityCancel, cancels)
	add(AbilityRefund, refunds)
	return all
}

// check reports everything that is wrong with a description but its parameters.
func (d Description) check() error {
	errs := []error{checkWord("name", d.Name), checkWord("kind", d.Kind), checkTitle(d.Title), d.Apps.check()}
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
	seen := map[string]bool{}
	for _, l := range d.Limits {
		errs = append(errs, l.check())
		switch {
		case seen[l.Currency]:
			errs = append(errs, fmt.Errorf("the limit of %s stands twice", l.Currency))
		case len(d.Currencies) > 0 && !slices.Contains(d.Currencies, l.Currency):
			errs = append(errs, fmt.Errorf("the limit of %s is of a currency that is not taken", l.Currency))
		}
		seen[l.Currency] = true
	}
	if d.Settings != nil {
		if err := lint(d.Settings, true); err != nil {
			errs = append(errs, fmt.Errorf("settings: %w", err))
		}
	}
	return errors.Join(errs...)
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

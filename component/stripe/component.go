package stripe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/stripe/stripe-go/v85"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Kind is the kind of every [Component] of this package.
const Kind = "stripe"

// Component pays with Stripe Checkout. Besides component.Component it is a
// component.Receiver, a component.Querier, a component.Canceler and a
// component.Refunder. Several, with names of their own, work side by side: one for
// each account.
type Component struct {
	name     string
	settings Settings // without the secret key
	options  Options
	client   func() *sdk.Client // a function keeps the key from fmt
	live     bool               // the mode of the secret key
	limits   []component.Limit
	form     *jsonschema.Schema // of the settings
}

var (
	_ component.Component = (*Component)(nil)
	_ component.Receiver  = (*Component)(nil)
	_ component.Querier   = (*Component)(nil)
	_ component.Canceler  = (*Component)(nil)
	_ component.Refunder  = (*Component)(nil)
)

// New makes a component with a name that is unique in its registry. The error is an
// *order.Error with CodeInvalid and every problem of the settings, each with its path
// in them. No text of a secret is in it.
func New(name string, s Settings, o *Options) (*Component, error) {
	const op = "stripe.New"
	s, options := s.defaults(), o.defaults()
	if problems := s.problems(options); len(problems) > 0 {
		return nil, &order.Error{Code: order.CodeInvalid, Op: op, Problems: problems,
			Detail: fmt.Sprintf("the settings of the component %.64q are not valid", name)}
	}
	form, err := SettingsSchema()
	if err != nil {
		return nil, &order.Error{Code: order.CodeInternal, Op: op, Err: err}
	}
	key := string(s.SecretKey.Reveal())
	client := newClient(key, s.APIBase, options)
	c := &Component{name: name, settings: s, options: options, client: func() *sdk.Client { return client },
		live: strings.Contains(key, "_live_"), limits: limits(s.Currencies), form: form}
	c.settings.SecretKey = component.Secret{}
	c.settings.WebhookSecrets, c.settings.Currencies = slices.Clone(s.WebhookSecrets), slices.Clone(s.Currencies)
	return c, nil
}

// Describe implements component.Component.
func (c *Component) Describe() component.Description {
	return component.Description{
		Name: c.name, Kind: Kind, Version: "1", Title: c.settings.Title,
		Actions: []component.ActionKind{component.ActionRedirect}, Currencies: slices.Clone(c.settings.Currencies),
		Limits: slices.Clone(c.limits), Settings: c.form,
	}
}

// Resume implements component.Component. Whatever the browser brought back, it asks
// Stripe: coming back says nothing.
func (c *Component) Resume(ctx context.Context, a component.Attempt, _ component.Return) (component.Progress, error) {
	e, err := c.Query(ctx, a)
	if err != nil {
		return component.Progress{}, err
	}
	return component.Progress{Evidence: &e, Reference: e.Reference}, nil
}

// named says in err what was being done.
func named(op string, err error) error {
	if e, ok := errors.AsType[*order.Error](err); ok && e.Op == "" {
		e.Op = op
	}
	return err
}

package webpayment

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Kind is the kind of every [Component] of this package.
const Kind = "webpayment"

// Component pays with one payment method that is named by a URL. Besides
// component.Component it is a component.Receiver, a component.Querier, a
// component.Canceler and a component.Refunder. Several, with names of their own,
// work side by side: one for each payment method.
type Component struct {
	name     string
	settings Settings // without the private key
	options  Options  // without the signer
	client   *http.Client
	sign     signer
	keys     keyring
	schema   *jsonschema.Schema
	form     *jsonschema.Schema // of the settings
}

var (
	_ component.Component = (*Component)(nil)
	_ component.Receiver  = (*Component)(nil)
	_ component.Querier   = (*Component)(nil)
	_ component.Canceler  = (*Component)(nil)
	_ component.Refunder  = (*Component)(nil)
)

// New makes a component with a name that is unique in its registry. The error is
// an *order.Error with CodeInvalid and every problem of the settings, each with
// its path in them. No text of a key is in it.
func New(name string, s Settings, o *Options) (*Component, error) {
	const op = "webpayment.New"
	options := o.defaults()
	sign, keys, problems := s.checked(options)
	if len(problems) > 0 {
		return nil, &order.Error{Code: order.CodeInvalid, Op: op, Problems: problems,
			Detail: fmt.Sprintf("the settings of the component %.64q are not valid", name)}
	}
	schema, err := parametersSchema()
	form, formErr := SettingsSchema()
	if err := errors.Join(err, formErr); err != nil {
		return nil, &order.Error{Code: order.CodeInternal, Op: op, Err: err}
	}
	s.PrivateKey, options.Signer = component.Secret{}, nil
	s.Currencies, s.Limits = slices.Clone(s.Currencies), slices.Clone(s.Limits)
	return &Component{name, s, options, newClient(options.Transport), sign, keys, schema, form}, nil
}

// offered are the parameters of an offer, by which a terminal can find out whether
// it has a payment handler for the method.
type offered struct {
	Method string `json:"method"`
}

func parametersSchema() (*jsonschema.Schema, error) {
	s, err := component.SchemaFor[offered]()
	if err != nil {
		return nil, err
	}
	s.Title = "W3C payment method"
	s.Properties["method"].Title = "Payment method identifier"
	return s, nil
}

// Describe implements component.Component.
func (c *Component) Describe() component.Description {
	return component.Description{
		Name: c.name, Kind: Kind, Version: "1", Title: c.settings.Title,
		Actions:    []component.ActionKind{component.ActionPaymentRequest},
		Currencies: c.settings.Currencies, Limits: c.settings.Limits, Apps: c.settings.Apps,
		Parameters: offered{c.settings.Method}, Schema: c.schema, Settings: c.form,
	}
}

// takes reports why the settings do not let this attempt be paid. It repeats what a
// registry does when it lists offers, since an attempt may come another way.
func (c *Component) takes(a component.Attempt) error {
	if !slices.Contains(a.Actions, component.ActionPaymentRequest) {
		return order.Errorf(order.CodeRefused, "", "the terminal can %v: a payment handler needs %s", a.Actions, component.ActionPaymentRequest)
	}
	if len(c.settings.Currencies) > 0 && !slices.Contains(c.settings.Currencies, a.Amount.Currency) {
		return order.Errorf(order.CodeRefused, "", "the currencies taken are %v, not %s", c.settings.Currencies, a.Amount)
	}
	for _, l := range c.settings.Limits {
		if l.Currency == a.Amount.Currency && (a.Amount.Amount < l.Min || l.Max > 0 && a.Amount.Amount > l.Max) {
			return order.Errorf(order.CodeRefused, "", "amounts of %d to %d minor units are taken, not %s", l.Min, l.Max, a.Amount)
		}
	}
	return nil
}

// named says in err what was being done.
func named(op string, err error) error {
	if e, ok := errors.AsType[*order.Error](err); ok && e.Op == "" {
		e.Op = op
	}
	return err
}

// ended is the error of a context that is over before anything was asked.
func ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &order.Error{Code: order.CodeUnavailable, Detail: "the operator was not asked", Err: err}
	}
	return nil
}

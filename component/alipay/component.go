package alipay

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Kind is the kind of every [Component] of this package.
const Kind = "alipay"

// Component pays with Alipay. Besides component.Component it is a
// component.Receiver, a component.Querier, a component.Canceler and a
// component.Refunder. Several, with names of their own, work side by side: one
// for each product, or for each merchant's app.
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
	const op = "alipay.New"
	s, options := s.defaults(), o.defaults()
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
	return &Component{name, s, options, newClient(options.Transport), sign, keys, schema, form}, nil
}

// parameters of an offer, for terminals that choose by the device they run on.
type offered struct {
	Product Product `json:"product"`
}

func parametersSchema() (*jsonschema.Schema, error) {
	s, err := component.SchemaFor[offered]()
	if err != nil {
		return nil, err
	}
	s.Title = "Alipay web payment"
	p := s.Properties["product"]
	p.Title, p.Enum = "wap for browsers of phones, page for browsers of computers", productSchema().Enum
	return s, nil
}

// Describe implements component.Component.
func (c *Component) Describe() component.Description {
	return component.Description{
		Name: c.name, Kind: Kind, Version: "1", Title: c.settings.Title,
		Actions: []component.ActionKind{component.ActionRedirect}, Currencies: []string{currency},
		Limits:     []component.Limit{{Currency: currency, Min: 1, Max: maxAmount}},
		Parameters: offered{c.settings.Product}, Schema: c.schema, Settings: c.form,
	}
}

// Resume implements component.Component. Whatever the browser brought back, it
// asks Alipay: the parameters in the return address are a hint.
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

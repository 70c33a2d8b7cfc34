package wechatpay

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Kind is the kind of every [Component] of this package.
const Kind = "wechatpay"

// wechat is the kind of scanning app that WeChat says it is of.
const wechat = "wechat"

// Component pays with WeChat Pay. Besides component.Component it is a
// component.Receiver, a component.Querier, a component.Canceler and a
// component.Refunder. Several, with names of their own, work side by side: one
// for each product, or for each merchant.
type Component struct {
	name     string
	settings Settings // without the secrets
	options  Options  // without the signer
	client   *http.Client
	sign     signer
	open     opener
	app      appSecret // for ProductJSAPI
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
	const op = "wechatpay.New"
	s, options := s.defaults(), o.defaults()
	c := &Component{name: name, settings: s, options: options, client: newClient(options.Transport)}
	if problems := c.configure(); len(problems) > 0 {
		return nil, &order.Error{Code: order.CodeInvalid, Op: op, Problems: problems,
			Detail: fmt.Sprintf("the settings of the component %.64q are not valid", name)}
	}
	var err, formErr error
	c.schema, err = parametersSchema()
	c.form, formErr = SettingsSchema()
	if err := errors.Join(err, formErr); err != nil {
		return nil, &order.Error{Code: order.CodeInternal, Op: op, Err: err}
	}
	none := component.Secret{}
	c.settings.AppSecret, c.settings.PrivateKey, c.settings.APIv3Key, c.options.Signer = none, none, none, nil
	return c, nil
}

// offered is the parameters of an offer, for terminals that choose by what they are.
type offered struct {
	Product Product `json:"product"`
}

func parametersSchema() (*jsonschema.Schema, error) {
	s, err := component.SchemaFor[offered]()
	if err != nil {
		return nil, err
	}
	s.Title = "WeChat Pay"
	p := s.Properties["product"]
	p.Title, p.Enum = "h5 for browsers of phones, jsapi for pages inside WeChat, native for a code that WeChat scans", products()
	return s, nil
}

// Describe implements component.Component.
func (c *Component) Describe() component.Description {
	d := component.Description{
		Name: c.name, Kind: Kind, Version: "1", Title: c.settings.Title,
		Currencies: []string{currency}, Limits: []component.Limit{{Currency: currency, Min: 1, Max: maxAmount}},
		Actions: c.settings.Product.actions(), Parameters: offered{c.settings.Product}, Schema: c.schema, Settings: c.form,
	}
	switch c.settings.Product {
	case ProductH5:
		d.Apps.Not = []string{wechat}
	case ProductJSAPI:
		d.Apps.Only = []string{wechat}
	}
	return d
}

// actions are what a terminal has to perform, all of them.
func (p Product) actions() []component.ActionKind {
	switch p {
	case ProductJSAPI:
		return []component.ActionKind{component.ActionRedirect, component.ActionBridge}
	case ProductNative:
		return []component.ActionKind{component.ActionDeepLink}
	}
	return []component.ActionKind{component.ActionRedirect}
}

// named says in err what was being done.
func named(op string, err error) error {
	if e, ok := errors.AsType[*order.Error](err); ok && e.Op == "" {
		e.Op = op
	}
	return err
}

package skeleton

import (
	"fmt"
	"net/http"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Kind is the kind of every [Component] of this package.
const Kind = "skeleton"

// Component pays with the provider. Besides component.Component it is a
// component.Receiver and a component.Querier.
type Component struct {
	name     string
	settings Settings
	options  Options
	client   *http.Client
	form     *jsonschema.Schema // of the settings
}

var (
	_ component.Component = (*Component)(nil)
	_ component.Receiver  = (*Component)(nil)
	_ component.Querier   = (*Component)(nil)
)

// New makes a component with a name that is unique in its registry. The error is an
// *order.Error with CodeInvalid and every problem of the settings, each with its path.
func New(name string, s Settings, o *Options) (*Component, error) {
	const op = "skeleton.New"
	if problems := s.check(); len(problems) > 0 {
		return nil, &order.Error{Code: order.CodeInvalid, Op: op, Problems: problems,
			Detail: fmt.Sprintf("the settings of the component %.64q are not valid", name)}
	}
	form, err := SettingsSchema()
	if err != nil {
		return nil, &order.Error{Code: order.CodeInternal, Op: op, Err: err}
	}
	options := o.defaults()
	return &Component{name, s, options, &http.Client{Transport: options.Transport, Timeout: options.Timeout}, form}, nil
}

// Describe implements component.Component.
func (c *Component) Describe() component.Description {
	return component.Description{
		Name: c.name, Kind: Kind, Version: "1", Title: c.settings.Title,
		Actions:    []component.ActionKind{component.ActionRedirect},
		Currencies: []string{"CNY", "EUR"},
		Limits:     []component.Limit{{Currency: "CNY", Min: 1, Max: 5_000_000}, {Currency: "EUR", Min: 1, Max: 500_000}},
		Settings:   c.form,
	}
}

package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/internal/web"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

// Component pays with the wallet of a sandbox company. Besides
// component.Component it is a component.Receiver, a component.Querier and a
// component.Canceler. Several, with names of their own, work side by side.
type Component struct {
	name     string
	settings Settings
	options  Options
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

// New makes a component with a name that is unique in its registry. The error
// joins everything that is wrong with the settings.
func New(name string, s Settings, o *Options) (*Component, error) {
	base, err := web.Base(s.Provider)
	if err != nil {
		err = fmt.Errorf("the provider's address %w", err)
	}
	s.Provider = base
	schema, schemaErr := parametersSchema()
	form, formErr := SettingsSchema()
	if err := errors.Join(err, checkMerchant(s.Merchant), checkSecret(s.Secret), checkTitle(s.Title), schemaErr, formErr); err != nil {
		return nil, fmt.Errorf("sandbox: component %.64q: %w", name, err)
	}
	c := &Component{name: name, settings: s, schema: schema, form: form}
	if o != nil {
		c.options = *o
	}
	if c.options.Color == "" {
		c.options.Color = "#1f6f54"
	}
	if c.options.Now == nil {
		c.options.Now = time.Now
	}
	c.options.Client = web.Client(c.options.Client)
	return c, nil
}

// Describe implements component.Component.
func (c *Component) Describe() component.Description {
	return component.Description{
		Name: c.name, Kind: wallet.Kind, Version: "1", Title: c.settings.Title, Actions: kinds(),
		Parameters: wallet.Parameters{Wallet: c.settings.Title, Color: c.options.Color, Scheme: wallet.Scheme},
		Schema:     c.schema, Settings: c.form,
	}
}

// kinds are the kinds of action that a payment can be handed over with.
func kinds() []component.ActionKind {
	return []component.ActionKind{component.ActionNative, component.ActionDeepLink, component.ActionRedirect}
}

// Begin implements component.Component: it asks the company for a payment
// whose number is the attempt's ID. The terminal gets the kind of action that it
// prefers: a native action or a deep link for the wallet's app, or a redirect to
// the payment page.
func (c *Component) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	const op = "sandbox.Begin"
	kind, err := choose(a.Actions)
	if err != nil {
		return component.Progress{}, named(op, err)
	}
	var made created
	err = c.exchange(ctx, http.MethodPost, "/payments", c.terms(a), &made)
	if errors.Is(err, order.CodeExpired) { // it came too late, or the number was burned
		e, err := c.Query(ctx, a)
		if err != nil {
			return component.Progress{}, err
		}
		return component.Progress{Evidence: &e, Reference: e.Reference}, nil
	}
	if err != nil {
		return component.Progress{}, named(op, err)
	}
	action, err := c.action(kind, made.Page)
	if err != nil {
		return component.Progress{}, named(op, err)
	}
	return component.Progress{Action: &action, Reference: made.Reference}, nil
}

// choose takes the kind that the terminal prefers.
func choose(offered []component.ActionKind) (component.ActionKind, error) {
	for _, kind := range offered {
		if slices.Contains(kinds(), kind) {
			return kind, nil
		}
	}
	return "", order.Errorf(order.CodeRefused, "", "the terminal can do none of %v, which the sandbox needs", kinds())
}

// terms rounds the expiry down to the second: again for the same attempt it has
// to be the same, however precisely the gateway's store keeps it.
func (c *Component) terms(a component.Attempt) terms {
	return terms{
		Number: a.ID, Amount: a.Amount.Amount, Currency: a.Amount.Currency,
		Description: a.Description, MerchantName: a.MerchantName,
		Return: a.ReturnAddress, Notify: a.NotifyAddress, Expires: a.Expires.UTC().Truncate(time.Second),
	}
}

func (c *Component) action(kind component.ActionKind, page string) (component.Action, error) {
	if _, err := web.Parse(page); err != nil {
		return component.Action{}, unreadable(fmt.Errorf("the page's address %w", err))
	}
	switch kind {
	case component.ActionNative:
		parameters, err := json.Marshal(wallet.Invocation{Page: page})
		return component.Action{Native: &component.Native{Parameters: parameters}}, err
	case component.ActionDeepLink:
		link := wallet.Scheme + "://pay?page=" + url.QueryEscape(page)
		return component.Action{DeepLink: &component.DeepLink{Address: link, Fallback: page}}, nil
	}
	return component.Action{Redirect: &component.Redirect{Address: page}}, nil
}

// Resume implements component.Component. Whatever the terminal brought back, it
// asks the company.
func (c *Component) Resume(ctx context.Context, a component.Attempt, _ component.Return) (component.Progress, error) {
	e, err := c.Query(ctx, a)
	if err != nil {
		return component.Progress{}, err
	}
	return component.Progress{Evidence: &e, Reference: e.Reference}, nil
}

// Query implements component.Querier. A number that the company never heard of
// is burned there before the attempt is said to have failed, so that a Begin
// which is still on its way cannot make a payment of it.
func (c *Component) Query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	e, err := c.query(ctx, a)
	return e, named("sandbox.Query", err)
}

func (c *Component) query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	if err := checkNumber(a.ID); err != nil {
		return component.Evidence{}, order.Errorf(order.CodeInvalid, "", "the attempt %w", err)
	}
	var s status
	err := c.exchange(ctx, http.MethodGet, "/payments/"+a.ID, nil, &s)
	if errors.Is(err, order.CodeNotFound) {
		if a.Reference != "" {
			return component.Evidence{}, &order.Error{Code: order.CodeUnavailable, Err: err,
				Detail: "the company has forgotten a payment that it had given a reference"}
		}
		err = c.exchange(ctx, http.MethodPost, "/payments/"+a.ID+"/void", nil, &s)
	}
	if err != nil {
		return component.Evidence{}, err
	}
	return s.about(a)
}

// Cancel implements component.Canceler: the company's page stops taking a
// decision. A payment that the payer decided stays as it is.
func (c *Component) Cancel(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	const op = "sandbox.Cancel"
	if err := checkNumber(a.ID); err != nil {
		return component.Evidence{}, order.Errorf(order.CodeInvalid, op, "the attempt %w", err)
	}
	var s status
	if err := c.exchange(ctx, http.MethodPost, "/payments/"+a.ID+"/cancel", nil, &s); err != nil {
		return component.Evidence{}, named(op, err)
	}
	e, err := s.about(a)
	return e, named(op, err)
}

// about is what the status proves of the attempt it must be about.
func (s status) about(a component.Attempt) (component.Evidence, error) {
	e, err := s.evidence()
	if err == nil && s.Number != a.ID {
		err = fmt.Errorf("it is about %.40q, not %q", s.Number, a.ID)
	}
	if err != nil {
		return component.Evidence{}, unreadable(err)
	}
	return e, nil
}

// named says in err what was being done.
func named(op string, err error) error {
	if e, ok := errors.AsType[*order.Error](err); ok && e.Op == "" {
		e.Op = op
	}
	return err
}

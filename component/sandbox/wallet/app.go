package wallet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/internal/web"
)

// Options describe an app. nil and the zero value mean the defaults.
type Options struct {
	// Button is what is pressed on every payment page. Default: Approve.
	Button Decision
	// Ask shows the payment to the payer and returns the button that was
	// pressed; an error ends the invocation and leaves the payment undecided.
	// Default: Button is pressed.
	Ask func(ctx context.Context, p Payment) (Decision, error)
	// Client reaches the company. Default: one that gives up after 10 seconds.
	Client *http.Client
}

// App is the sandbox wallet's paying app. It performs native and deep-link
// actions, and redirects as a person at a browser would.
type App struct {
	company string
	client  *http.Client
	ask     func(ctx context.Context, p Payment) (Decision, error)
}

// New makes an app of the wallet company at the address (see
// sandbox.NewProvider). The error says what is wrong with the address.
func New(company string, o *Options) (*App, error) {
	base, err := web.Base(company)
	if err != nil {
		return nil, fmt.Errorf("wallet: the company's address %w", err)
	}
	if o == nil {
		o = &Options{}
	}
	app := &App{base, web.Client(o.Client), o.Ask}
	if app.ask == nil {
		button := o.Button
		if button == "" {
			button = Approve
		}
		app.ask = func(context.Context, Payment) (Decision, error) { return button, nil }
	}
	return app, nil
}

// Invoke opens the payment page that the action leads to, lets the payer
// decide, and returns what to bring back to the gateway. A payment that was
// already decided is not decided again.
func (a *App) Invoke(ctx context.Context, action component.Action) (component.Return, error) {
	page, err := a.page(action)
	if err != nil {
		return component.Return{}, fmt.Errorf("wallet: %w", err)
	}
	p, err := a.exchange(ctx, http.MethodGet, page, nil)
	if err != nil {
		return component.Return{}, fmt.Errorf("wallet: open the page: %w", err)
	}
	if len(p.Decisions) == 0 {
		return component.Return{Query: p.Query}, nil
	}
	button, err := a.ask(ctx, p)
	if err != nil {
		return component.Return{}, err
	}
	body, err := json.Marshal(map[string]Decision{"decision": button})
	if err != nil {
		return component.Return{}, fmt.Errorf("wallet: %w", err)
	}
	p, err = a.exchange(ctx, http.MethodPost, page, body)
	if err != nil {
		return component.Return{}, fmt.Errorf("wallet: press %s: %w", button, err)
	}
	return component.Return{Query: p.Query}, nil
}

// page finds the address of the payment page in an action, and refuses any that
// is not a page of the company.
func (a *App) page(action component.Action) (string, error) {
	var address string
	switch action.Kind() {
	case component.ActionNative:
		var in Invocation
		if err := web.Decode(action.Native.Parameters, &in); err != nil {
			return "", fmt.Errorf("the parameters of the native action: %w", err)
		}
		address = in.Page
	case component.ActionDeepLink:
		u, err := url.Parse(action.DeepLink.Address)
		if err != nil || u.Scheme != Scheme || u.Host != "pay" {
			return "", fmt.Errorf("%.80q is not a deep link of this app", action.DeepLink.Address)
		}
		address = u.Query().Get("page")
	case component.ActionRedirect:
		address = action.Redirect.Address
	default:
		return "", fmt.Errorf("this app does not perform %q actions: want native, deep_link or redirect", action.Kind())
	}
	token, ours := strings.CutPrefix(address, a.company+"/pay/")
	if !ours || token == "" || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return "", fmt.Errorf("%.80q is not a payment page of %s", address, a.company)
	}
	return address, nil
}

// exchange speaks with a payment page as a program does.
func (a *App) exchange(ctx context.Context, method, page string, body []byte) (p Payment, err error) {
	r, err := http.NewRequestWithContext(ctx, method, page, bytes.NewReader(body))
	if err != nil {
		return p, err
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := web.Do(a.client, r)
	if err == nil {
		err = answer.Err()
	}
	if err == nil {
		err = web.Decode(answer.Body, &p)
	}
	if err == nil && method == http.MethodPost && p.Query == "" {
		err = errors.New("the page does not say what to bring back")
	}
	return p, err
}

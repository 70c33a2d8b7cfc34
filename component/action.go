package component

import (
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// ActionKind names a way to hand a payer over to a provider.
type ActionKind string

// The kinds, one for each field of [Action].
const (
	ActionRedirect       ActionKind = "redirect"
	ActionForm           ActionKind = "form"
	ActionDeepLink       ActionKind = "deep_link"
	ActionBridge         ActionKind = "bridge"
	ActionPaymentRequest ActionKind = "payment_request"
	ActionNative         ActionKind = "native"
)

// Action is what a terminal has to do to let the payer pay. Exactly one field
// is set, and the set of kinds is closed. A terminal need not perform them all:
// it says at Begin which it can, and the gateway passes on no other.
//
// The cashier's pages perform redirect, form and deep_link, and payment_request where
// the browser has it. scan.Payer performs redirect and form by its browser, native and
// deep_link by the paying apps that are installed. Bridge is defined for components
// and terminals that bring it: no terminal of this module performs it.
type Action struct {
	Redirect       *Redirect       `json:"redirect,omitempty"`
	Form           *Form           `json:"form,omitempty"`
	DeepLink       *DeepLink       `json:"deep_link,omitempty"`
	Bridge         *Bridge         `json:"bridge,omitempty"`
	PaymentRequest *PaymentRequest `json:"payment_request,omitempty"`
	Native         *Native         `json:"native,omitempty"`
}

// Redirect opens the provider's page in the browser.
type Redirect struct {
	Address string `json:"address"`
}

// Form posts fields to the provider's page in the browser.
type Form struct {
	Address string  `json:"address"`
	Fields  []Field `json:"fields"`
}

// Field is a name and value of a form.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// DeepLink opens a paying app on the device.
type DeepLink struct {
	Address  string `json:"address"`            // app link or custom scheme
	Fallback string `json:"fallback,omitempty"` // page for a device without the app
}

// Bridge calls the script object that a super-app puts into its web view.
type Bridge struct {
	Object     string          `json:"object"`
	Method     string          `json:"method"`
	Parameters json.RawMessage `json:"parameters"`
}

// PaymentRequest shows the browser's own payment sheet (W3C Payment Request).
type PaymentRequest struct {
	Method string          `json:"method"`         // payment method identifier
	Data   json.RawMessage `json:"data,omitempty"` // for the method's payment handler; Return.Data is the details of its response, as JSON
}

// Native hands parameters to the paying app's code that is built into the
// terminal or installed beside it.
type Native struct {
	Parameters json.RawMessage `json:"parameters"`
}

// Kind names the field that is set. It is empty unless exactly one is.
func (a Action) Kind() ActionKind {
	var kind ActionKind
	for k, set := range map[ActionKind]bool{
		ActionRedirect: a.Redirect != nil, ActionForm: a.Form != nil, ActionDeepLink: a.DeepLink != nil,
		ActionBridge: a.Bridge != nil, ActionPaymentRequest: a.PaymentRequest != nil, ActionNative: a.Native != nil,
	} {
		switch {
		case set && kind != "":
			return ""
		case set:
			kind = k
		}
	}
	return kind
}

// Address is where the action leads a browser or app to; empty for the kinds
// that call code.
func (a Action) Address() string {
	switch {
	case a.Redirect != nil:
		return a.Redirect.Address
	case a.Form != nil:
		return a.Form.Address
	case a.DeepLink != nil:
		return a.DeepLink.Address
	}
	return ""
}

// Validate reports an action with none or several fields set, without the
// address or name that its kind needs, or with an address that is neither
// https nor, for a deep link, of an app's own scheme. Plain http is good for
// names below localhost alone.
func (a Action) Validate() error {
	var missing bool
	switch a.Kind() {
	case "":
		return fmt.Errorf("component: an action has exactly one kind, this one does not")
	case ActionRedirect, ActionForm, ActionDeepLink:
		missing = a.Address() == ""
	case ActionBridge:
		missing = a.Bridge.Object == "" || a.Bridge.Method == ""
	case ActionPaymentRequest:
		missing = a.PaymentRequest.Method == ""
	}
	if missing {
		return fmt.Errorf("component: the %s action does not say where it leads", a.Kind())
	}
	return a.checkAddresses()
}

// checkAddresses refuses what a browser or an app would act on in another way
// than by opening a page or an app.
func (a Action) checkAddresses() error {
	switch {
	case a.Redirect != nil:
		return checkPage(a.Redirect.Address)
	case a.Form != nil:
		return checkPage(a.Form.Address)
	case a.DeepLink == nil:
		return nil
	case a.DeepLink.Fallback != "":
		if err := checkPage(a.DeepLink.Fallback); err != nil {
			return err
		}
	}
	return checkLink(a.DeepLink.Address)
}

// checkPage wants https; http is for development, on names below localhost.
func checkPage(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return fmt.Errorf("component: %.100q is not an address of a page: want https://host/path", address)
	}
	local := u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") || net.ParseIP(u.Hostname()).IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return fmt.Errorf("component: %.100q is not https", address)
	}
	return nil
}

// checkLink wants an app link or a scheme of the app's own.
func checkLink(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("component: %.100q is not an address of an app", address)
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return checkPage(address)
	case "", "javascript", "vbscript", "data", "blob", "filesystem", "file", "about", "view-source", "ftp", "ws", "wss":
		return fmt.Errorf("component: the scheme of %.100q is no app's", address)
	}
	return nil
}

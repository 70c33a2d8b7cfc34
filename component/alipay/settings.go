package alipay

import (
	"crypto"
	"net/http"
	"reflect"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
)

// Product is the one of Alipay's web payments that an instance pays with.
type Product string

const (
	ProductWap  Product = "wap"  // alipay.trade.wap.pay: browsers of phones, and Alipay's app where there is one
	ProductPage Product = "page" // alipay.trade.page.pay: browsers of computers, with a code for the phone
)

// method is the API, and code the product_code that the contract with Alipay
// names.
func (p Product) method() string { return "alipay.trade." + string(p) + ".pay" }

func (p Product) code() string {
	if p == ProductPage {
		return "FAST_INSTANT_TRADE_PAY"
	}
	return "QUICK_WAP_WAY"
}

// Settings are what a merchant agreed with Alipay: plain data, which can be read
// from JSON that [SettingsSchema] describes. Alipay's console shows all of them.
type Settings struct {
	Title   string  `json:"title"`               // shown to payers
	AppID   string  `json:"app_id"`              // of the merchant's app at Alipay, digits
	Seller  string  `json:"seller_id,omitempty"` // Alipay account that is paid, 2088…; "" takes notifications for any of the app's
	Product Product `json:"product,omitempty"`   // default: ProductWap
	Gateway string  `json:"gateway,omitempty"`   // default: https://openapi.alipay.com/gateway.do
	// PrivateKey is the app's RSA key in PKCS #8 or PKCS #1, as PEM or as the bare
	// base64 that Alipay's tools write. It stays away if Options.Signer signs.
	PrivateKey component.Secret `json:"private_key,omitzero"`
	// AlipayKeys are the RSA public keys that Alipay signs with, as PEM or as bare
	// base64: the old and the new one while Alipay changes from one to the other.
	// They are not the app's own public key, which the console shows beside them.
	AlipayKeys []string `json:"alipay_keys"`
}

// Options are what cannot be written in a file. nil and the zero value mean the
// defaults.
type Options struct {
	Signer    crypto.Signer     // the app's RSA key in another place, such as an HSM; default: Settings.PrivateKey
	Transport http.RoundTripper // reaches Alipay; default: http.DefaultTransport
	Timeout   time.Duration     // of one request to Alipay; default: 10 seconds
	Now       func() time.Time  // default: time.Now
}

const (
	defaultGateway = "https://openapi.alipay.com/gateway.do"
	defaultTimeout = 10 * time.Second
)

// defaults fills what is not set.
func (s Settings) defaults() Settings {
	if s.Product == "" {
		s.Product = ProductWap
	}
	if s.Gateway == "" {
		s.Gateway = defaultGateway
	}
	return s
}

func (o *Options) defaults() Options {
	var own Options
	if o != nil {
		own = *o
	}
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	if own.Timeout == 0 {
		own.Timeout = defaultTimeout
	}
	if own.Now == nil {
		own.Now = time.Now
	}
	return own
}

// SettingsSchema is the JSON Schema 2020-12 of [Settings], for the forms and
// files that they come from.
func SettingsSchema() (*jsonschema.Schema, error) {
	s, err := jsonschema.For[Settings](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[component.Secret](): {Type: "string", WriteOnly: true},
		reflect.TypeFor[Product]():          productSchema(),
	}})
	if err != nil {
		return nil, err
	}
	s.Title = "Alipay web payment"
	for name, add := range map[string]jsonschema.Schema{
		"title":       {Title: "Name shown to payers", MinLength: new(1), Examples: []any{"Alipay"}},
		"app_id":      {Title: "App ID (APPID)", Pattern: "^[0-9]{1,32}$", Examples: []any{"2021000122671080"}},
		"seller_id":   {Title: "Alipay account that is paid (PID)", Pattern: "^2088[0-9]{12}$", Examples: []any{"2088102146225135"}},
		"product":     {Title: "Product", Examples: []any{ProductWap}},
		"gateway":     {Title: "Alipay's gateway", Format: "uri", Examples: []any{defaultGateway}},
		"private_key": {Title: "The app's private key, PEM or base64", MinLength: new(1)},
		"alipay_keys": {Title: "Alipay's public keys, PEM or base64", MinItems: new(1), MaxItems: new(maxKeys)},
	} {
		p := s.Properties[name]
		p.Title, p.Pattern, p.Format, p.Examples = add.Title, add.Pattern, add.Format, add.Examples
		p.MinLength, p.MinItems, p.MaxItems = add.MinLength, add.MinItems, add.MaxItems
	}
	keys := s.Properties["alipay_keys"]
	keys.Types, keys.Type = nil, "array" // none of them is no setting
	return s, nil
}

func productSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Enum: []any{ProductWap, ProductPage}}
}

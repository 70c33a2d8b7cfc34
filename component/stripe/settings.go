package stripe

import (
	"net/http"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
)

// Settings are what a merchant has at Stripe: plain data, which can be read from
// JSON that [SettingsSchema] describes. Stripe's Dashboard shows all of them.
type Settings struct {
	Title string `json:"title"` // shown to payers
	// SecretKey is the API key of the account that is paid, sk_… or, better, a
	// restricted one, rk_…, that may write Checkout Sessions and refunds and read
	// PaymentIntents and charges. Its mode, test or live, is the component's.
	SecretKey component.Secret `json:"secret_key"`
	// WebhookSecrets are the signing secrets of the endpoint, whsec_…: the old and
	// the new one while it is rolled.
	WebhookSecrets []component.Secret `json:"webhook_secrets"`
	Currencies     []string           `json:"currencies,omitempty"` // ISO 4217 codes that the account takes; default: all that Stripe knows
	APIBase        string             `json:"api_base,omitempty"`   // default: https://api.stripe.com
}

// Options are what cannot be written in a file. nil and the zero value mean the
// defaults.
type Options struct {
	Transport http.RoundTripper // reaches Stripe; default: http.DefaultTransport
	Timeout   time.Duration     // of one request to Stripe; default: 10 seconds
	Now       func() time.Time  // default: time.Now
}

const (
	defaultBase    = "https://api.stripe.com"
	defaultTimeout = 10 * time.Second
	maxSecrets     = 8
)

// defaults fills what is not set.
func (s Settings) defaults() Settings {
	if s.APIBase == "" {
		s.APIBase = defaultBase
	}
	if len(s.Currencies) == 0 {
		s.Currencies = presentment()
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

// SettingsSchema is the JSON Schema 2020-12 of [Settings], for the forms and files
// that they come from.
func SettingsSchema() (*jsonschema.Schema, error) {
	s, err := component.SchemaFor[Settings]()
	if err != nil {
		return nil, err
	}
	s.Title = "Stripe Checkout"
	for name, add := range map[string]jsonschema.Schema{
		"title":           {Title: "Name shown to payers", MinLength: new(1), Examples: []any{"Card or wallet"}},
		"secret_key":      {Title: "Secret or restricted API key (sk_… or rk_…)", Pattern: keyPattern},
		"webhook_secrets": {Title: "Signing secrets of the webhook endpoint (whsec_…)", MinItems: new(1), MaxItems: new(maxSecrets)},
		"currencies":      {Title: "Currencies that the account takes (ISO 4217)", Examples: []any{[]string{"EUR", "CHF"}}},
		"api_base":        {Title: "Address of Stripe's API", Format: "uri", Examples: []any{defaultBase}},
	} {
		p := s.Properties[name]
		p.Title, p.Pattern, p.Format, p.Examples = add.Title, add.Pattern, add.Format, add.Examples
		p.MinLength, p.MinItems, p.MaxItems = add.MinLength, add.MinItems, add.MaxItems
	}
	for _, name := range []string{"webhook_secrets", "currencies"} {
		s.Properties[name].Types, s.Properties[name].Type = nil, "array" // null is no setting
	}
	s.Properties["webhook_secrets"].Items.Pattern = secretPattern
	s.Properties["currencies"].Items.Pattern = "^[A-Z]{3}$"
	return s, nil
}

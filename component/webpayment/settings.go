package webpayment

import (
	"crypto"
	"net/http"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
)

// Settings are what the gateway agreed with the operator of a payment handler:
// plain data, which can be read from JSON that [SettingsSchema] describes.
type Settings struct {
	Title  string `json:"title"`  // shown to payers
	Method string `json:"method"` // payment method identifier: https, without a fragment
	Client string `json:"client"` // what the operator calls this gateway: 1 to 64 of a-z 0-9 -
	Server string `json:"server"` // the operator's address for signed requests: https
	// PrivateKey is this gateway's Ed25519 key in PKCS #8, as PEM or as bare base64.
	// It stays away if Options.Signer signs.
	PrivateKey component.Secret `json:"private_key,omitzero"`
	// OperatorKeys are the Ed25519 public keys that the operator signs with, in X.509
	// (SubjectPublicKeyInfo), as PEM or as bare base64: the old and the new one while
	// the operator changes from one to the other.
	OperatorKeys []string          `json:"operator_keys"`
	Currencies   []string          `json:"currencies,omitempty"` // ISO 4217 codes it takes; none means any
	Limits       []component.Limit `json:"limits,omitempty"`     // of the amounts it takes
	Apps         component.AppRule `json:"apps,omitzero"`        // scanning apps whose browsers have payment handlers
}

// Options are what cannot be written in a file. nil and the zero value mean the
// defaults.
type Options struct {
	Signer    crypto.Signer     // the gateway's Ed25519 key in another place, such as an HSM; default: Settings.PrivateKey
	Transport http.RoundTripper // reaches the operator; default: http.DefaultTransport
	Timeout   time.Duration     // of one request to the operator; default: 10 seconds
	Now       func() time.Time  // default: time.Now
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
		own.Timeout = 10 * time.Second
	}
	if own.Now == nil {
		own.Now = time.Now
	}
	return own
}

// SettingsSchema is the JSON Schema 2020-12 of [Settings], for the forms and
// files that they come from.
func SettingsSchema() (*jsonschema.Schema, error) {
	s, err := component.SchemaFor[Settings]()
	if err != nil {
		return nil, err
	}
	s.Title = "W3C payment handler"
	for name, add := range map[string]jsonschema.Schema{
		"title":         {Title: "Name shown to payers", MinLength: new(1), Examples: []any{"Example Pay"}},
		"method":        {Title: "Payment method identifier", Format: "uri", Examples: []any{"https://pay.example/method"}},
		"client":        {Title: "This gateway's name at the operator", Pattern: "^[a-z0-9-]{1,64}$", Examples: []any{"gateway-1"}},
		"server":        {Title: "The operator's address for signed requests", Format: "uri", Examples: []any{"https://pay.example/requests"}},
		"private_key":   {Title: "This gateway's private Ed25519 key, PEM or base64", MinLength: new(1)},
		"operator_keys": {Title: "The operator's public Ed25519 keys, PEM or base64", MinItems: new(1), MaxItems: new(maxKeys)},
		"currencies":    {Title: "Currencies it takes, by ISO 4217; none means any"},
		"limits":        {Title: "Bounds of the amounts it takes, in minor units"},
		"apps":          {Title: "Scanning apps it may be paid from, by their kind"},
	} {
		p := s.Properties[name]
		p.Title, p.Pattern, p.Format, p.Examples = add.Title, add.Pattern, add.Format, add.Examples
		p.MinLength, p.MinItems, p.MaxItems = add.MinLength, add.MinItems, add.MaxItems
	}
	for name, title := range map[string]string{"currency": "ISO 4217 code", "min": "Smallest amount", "max": "Largest amount; 0 for none"} {
		s.Properties["limits"].Items.Properties[name].Title = title
	}
	for name, title := range map[string]string{"only": "No kinds but these", "not": "None of these kinds"} {
		s.Properties["apps"].Properties[name].Title = title
	}
	apps := s.Properties["apps"].Properties
	for _, list := range []*jsonschema.Schema{s.Properties["operator_keys"], s.Properties["currencies"], s.Properties["limits"], apps["only"], apps["not"]} {
		list.Types, list.Type = nil, "array" // none of them is no setting
	}
	return s, nil
}

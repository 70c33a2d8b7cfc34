package sandbox

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
)

// Settings are what a merchant agreed with the wallet company: plain data, which can
// be read from JSON that [SettingsSchema] describes.
type Settings struct {
	Provider string           `json:"provider"` // the company's address, as given to NewProvider
	Merchant string           `json:"merchant"` // the company's name for the merchant
	Secret   component.Secret `json:"secret"`   // shared with the company
	Title    string           `json:"title"`    // shown to payers
}

// Options describe a component further. nil and the zero value mean the
// defaults.
type Options struct {
	Color  string           // of the brand, #rrggbb; default: #1f6f54
	Client *http.Client     // reaches the company; default: one that gives up after 10 seconds
	Now    func() time.Time // default: time.Now
}

func checkTitle(s string) error {
	if err := checkText(s, 1, 128); err != nil {
		return fmt.Errorf("the title %w", err)
	}
	return nil
}

func parametersSchema() (*jsonschema.Schema, error) {
	s, err := component.SchemaFor[wallet.Parameters]()
	if err != nil {
		return nil, err
	}
	s.Title = "Sandbox wallet"
	describe(s, map[string]jsonschema.Schema{
		"wallet": {Title: "Name of the wallet", Examples: []any{"Sandbox wallet"}},
		"color":  {Title: "Color of the brand", Pattern: "^#[0-9a-f]{6}$", Examples: []any{"#1f6f54"}},
		"scheme": {Title: "Scheme of the app's deep links", Pattern: "^[a-z][a-z0-9+.-]*$", Examples: []any{wallet.Scheme}},
	})
	return s, nil
}

// SettingsSchema is the JSON Schema 2020-12 of [Settings], for the forms and files
// that they come from.
func SettingsSchema() (*jsonschema.Schema, error) {
	s, err := component.SchemaFor[Settings]()
	if err != nil {
		return nil, err
	}
	s.Title = "Sandbox wallet"
	describe(s, map[string]jsonschema.Schema{
		"provider": {Title: "Address of the wallet company", Format: "uri", Examples: []any{"https://wallet.example"}},
		"merchant": {Title: "The company's name for the merchant", Pattern: "^[A-Za-z0-9._-]{1,128}$", Examples: []any{"shop-1"}},
		"secret":   {Title: "Secret shared with the company, at least 16 bytes", MinLength: new(minSecret)},
		"title":    {Title: "Name shown to payers", MinLength: new(1), Examples: []any{"Sandbox wallet"}},
	})
	return s, nil
}

func describe(s *jsonschema.Schema, properties map[string]jsonschema.Schema) {
	for name, add := range properties {
		p := s.Properties[name]
		p.Title, p.Pattern, p.Format, p.MinLength, p.Examples = add.Title, add.Pattern, add.Format, add.MinLength, add.Examples
	}
}

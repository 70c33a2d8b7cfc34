package sandbox

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
)

// Settings are what a merchant agreed with the wallet company.
type Settings struct {
	Provider string // the company's address, as given to NewProvider
	Merchant string // the company's name for the merchant
	Secret   Secret // shared with the company
	Title    string // shown to payers
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
	for name, add := range map[string]jsonschema.Schema{
		"wallet": {Title: "Name of the wallet", Examples: []any{"Sandbox wallet"}},
		"color":  {Title: "Color of the brand", Pattern: "^#[0-9a-f]{6}$", Examples: []any{"#1f6f54"}},
		"scheme": {Title: "Scheme of the app's deep links", Pattern: "^[a-z][a-z0-9+.-]*$", Examples: []any{wallet.Scheme}},
	} {
		property := s.Properties[name]
		property.Title, property.Pattern, property.Examples = add.Title, add.Pattern, add.Examples
	}
	return s, nil
}

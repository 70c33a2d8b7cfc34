package skeleton

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Settings are what an operator agreed with the provider.
type Settings struct {
	Title    string           `json:"title"`    // shown to payers
	Provider string           `json:"provider"` // address of the API, without a slash at its end
	Merchant string           `json:"merchant"` // the provider's name for the merchant
	Key      component.Secret `json:"key"`      // proves who asks, and signs notifications
}

// Options are what cannot be written in a file. nil and the zero value mean the
// defaults.
type Options struct {
	Transport http.RoundTripper // reaches the provider; default: http.DefaultTransport
	Timeout   time.Duration     // of one request; default: 10 seconds
	Now       func() time.Time  // default: time.Now
}

func (o *Options) defaults() Options {
	var own Options
	if o != nil {
		own = *o
	}
	if own.Timeout == 0 {
		own.Timeout = 10 * time.Second
	}
	if own.Now == nil {
		own.Now = time.Now
	}
	return own
}

// SettingsSchema is the JSON Schema 2020-12 of [Settings].
func SettingsSchema() (*jsonschema.Schema, error) {
	s, err := component.SchemaFor[Settings]()
	if err != nil {
		return nil, err
	}
	for name, add := range map[string]jsonschema.Schema{
		"title":    {Title: "Name shown to payers", MinLength: new(1), Examples: []any{"Piggy"}},
		"provider": {Title: "Address of the provider's API", Format: "uri", Examples: []any{"https://api.piggy.example"}},
		"merchant": {Title: "The provider's name for the merchant", Pattern: "^[a-z0-9-]{1,40}$", Examples: []any{"shop-1"}},
		"key":      {Title: "The merchant's key", MinLength: new(minKey)},
	} {
		p := s.Properties[name]
		p.Title, p.Pattern, p.Format, p.MinLength, p.Examples = add.Title, add.Pattern, add.Format, add.MinLength, add.Examples
	}
	return s, nil
}

const minKey = 16 // bytes

// check tells everything that is wrong.
func (s Settings) check() (problems []order.Problem) {
	add := func(path, format string, args ...any) {
		problems = append(problems, order.Problem{Path: path, Detail: fmt.Sprintf(format, args...)})
	}
	if err := order.CheckText(s.Title, 128); err != nil {
		add("/title", "%v", err)
	}
	if u, err := url.Parse(s.Provider); err != nil || u.Host == "" || u.Scheme != "https" || strings.HasSuffix(s.Provider, "/") {
		add("/provider", "is %.100q: want https and no slash at the end, such as https://api.piggy.example", s.Provider)
	}
	if s.Merchant == "" {
		add("/merchant", "is missing")
	}
	if len(s.Key.Reveal()) < minKey {
		add("/key", "is too short: want at least %d bytes", minKey)
	}
	return problems
}

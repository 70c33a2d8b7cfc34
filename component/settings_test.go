package component_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// shop is settings of every form that counts.
type shop struct {
	Merchant string             `json:"merchant"`
	Key      component.Secret   `json:"key"`
	Old      []component.Secret `json:"old,omitempty"`
	Limits   struct {
		Max int64 `json:"max"`
	} `json:"limits,omitzero"`
}

func shopSchema(t testing.TB) *jsonschema.Schema {
	s, err := component.SchemaFor[shop]()
	if err != nil {
		t.Fatal(err)
	}
	s.Properties["merchant"].Pattern, s.Properties["merchant"].Title = "^[a-z]+$", "Merchant's number"
	s.Properties["key"].MinLength, s.Properties["key"].Title = new(8), "Key"
	s.Properties["limits"].Properties["max"].Minimum = new(1.0)
	return s
}

// vault has two secrets.
func vault(name string) (component.Secret, error) {
	text, ok := map[string]string{"new": "hunter2hunter2", "short": "abc"}[name]
	if !ok {
		return component.Secret{}, fmt.Errorf("the vault has no %.40q", name)
	}
	return component.NewSecret([]byte(text)), nil
}

func TestSettingsAreReadWithTheirSecrets(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		secrets component.Secrets
	}{
		"by name": {`{"merchant":"m","key":"new","old":["new"],"limits":{"max":5}}`, vault},
		"written": {`{"merchant":"m","key":"hunter2hunter2","old":["hunter2hunter2"],"limits":{"max":5}}`, nil},
	} {
		got, err := component.ReadSettings[shop]([]byte(c.text), shopSchema(t), c.secrets)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.Merchant != "m" || string(got.Key.Reveal()) != "hunter2hunter2" || len(got.Old) != 1 || string(got.Old[0].Reveal()) != "hunter2hunter2" || got.Limits.Max != 5 {
			t.Errorf("%s: read %+v", name, got)
		}
	}
}

func TestSettingsTellEveryProblemAndNoSecret(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		secrets component.Secrets
		want    []string // path and part of what is said
	}{
		"many": {`{"merchant":"M","key":7,"odd/one":1,"limits":{"max":0,"min":2}}`, vault, []string{
			"/key is not a string: Key", "/limits/max does not fit the schema: minimum", "/limits/min is not known: want max",
			"/merchant does not fit the schema: pattern", "/odd~1one is not known: want key, limits, merchant, old"}},
		"missing":          {`{"old":["new"]}`, vault, []string{"/merchant is missing: Merchant's number", "/key is missing: Key"}},
		"unknown secret":   {`{"merchant":"m","key":"typo"}`, vault, []string{`/key names a secret that is not to be had: the vault has no "typo"`}},
		"weak secret":      {`{"merchant":"m","key":"short"}`, vault, []string{"/key does not have the form that the schema asks for: Key"}},
		"weak, written":    {`{"merchant":"m","key":"abc"}`, nil, []string{"/key does not have the form that the schema asks for: Key"}},
		"no object":        {`["hunter2hunter2"]`, nil, []string{" does not fit the schema: type"}},
		"secrets no array": {`{"merchant":"m","key":"new","old":"hunter2"}`, vault, []string{"/old does not fit"}},
	} {
		_, err := component.ReadSettings[shop]([]byte(c.text), shopSchema(t), c.secrets)
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeInvalid || len(e.Problems) != len(c.want) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, p := range e.Problems {
			if !strings.HasPrefix(p.Path+" "+p.Detail, c.want[i]) {
				t.Errorf("%s: problem %d is %q, want %q", name, i, p.Path+" "+p.Detail, c.want[i])
			}
		}
		if name != "secrets no array" && strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "abc") {
			t.Errorf("%s tells a secret: %v", name, err)
		}
	}
	for _, text := range []string{"", "{", `{} {}`, strings.Repeat(" ", 256<<10) + "{}"} {
		if _, err := component.ReadSettings[shop]([]byte(text), shopSchema(t), nil); !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%.10q: %v", text, err)
		}
	}
}

// A registry refuses schemas that would make bad forms, bad documents or leaks.
func TestSchemasAreLinted(t *testing.T) {
	for want, spoil := range map[string]func(d *described, s *jsonschema.Schema){
		`schema of "/merchant": has neither title nor description`: func(_ *described, s *jsonschema.Schema) { s.Properties["merchant"].Title = "" },
		"with a default or an example":                             func(_ *described, s *jsonschema.Schema) { s.Properties["key"].Examples = []any{"hunter2hunter2"} },
		`"/merchant": example 0 does not fit it`:                   func(_ *described, s *jsonschema.Schema) { s.Properties["merchant"].Examples = []any{"M"} },
		`validating /properties/merchant: pattern`:                 func(_ *described, s *jsonschema.Schema) { s.Properties["merchant"].Default = []byte(`"M"`) },
		`"/old/items": refers to another`:                          func(_ *described, s *jsonschema.Schema) { s.Properties["old"].Items = &jsonschema.Schema{Ref: "#"} },
		"terminals get no secrets": func(d *described, s *jsonschema.Schema) {
			d.Settings, d.Schema, d.Parameters = nil, s, map[string]string{"merchant": "m", "key": "hunter2hunter2"}
		},
	} {
		d, s := valid(t, "one"), shopSchema(t)
		for name, p := range s.Properties {
			if p.Title == "" {
				p.Title = name
			}
		}
		s.Properties["limits"].Properties["max"].Title = "Max"
		d.Settings = s
		if _, err := component.NewRegistry(d); err != nil {
			t.Fatal(err)
		}
		spoil(&d, s)
		if _, err := component.NewRegistry(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
}

func FuzzReadSettings(f *testing.F) {
	for _, text := range []string{`{"merchant":"m","key":"new","old":["new"],"limits":{"max":5}}`, `{"key":7,"x":{}}`, `[]`, `"a"`, `{"merchant":"m","key":"typo"}`} {
		f.Add([]byte(text))
	}
	schema := shopSchema(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := component.ReadSettings[shop](text, schema, vault)
		if err == nil && (string(got.Key.Reveal()) != "hunter2hunter2" || cmp.Equal(got.Merchant, "")) {
			t.Errorf("%q reads as %+v", text, got)
		}
		if err != nil && (!errors.Is(err, order.CodeInvalid) || strings.Contains(err.Error(), "hunter2hunter2") && !strings.Contains(string(text), "hunter2")) {
			t.Errorf("%q: %v", text, err)
		}
	})
}

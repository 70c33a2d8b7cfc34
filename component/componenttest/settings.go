package componenttest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const stranger = "a_setting_that_nobody_has"

// configured makes components of settings from which something is missing, or in which
// there is too much.
func configured(_ context.Context, h Harness) error {
	s := h.Component.Describe().Settings
	switch {
	case s == nil:
		return skipped("the component has no settings")
	case h.Make == nil:
		return errors.New("the component describes settings: want Harness.Settings and Make")
	}
	whole, err := h.settings()
	if err != nil {
		return err
	}
	if _, err := h.made(whole); err != nil {
		return fmt.Errorf("valid settings: %w", err)
	}
	none := map[string]any{}
	if _, err := h.made(none); len(s.Required) > 0 && !names(err, s.Required...) {
		return fmt.Errorf("without any settings the error does not name every one of %v: %v", s.Required, err)
	}
	for _, name := range s.Required {
		less := maps.Clone(whole)
		delete(less, name)
		if _, err := h.made(less); !names(err, name) {
			return fmt.Errorf("without the setting /%s the error does not name it: %v", name, err)
		}
	}
	more := maps.Clone(whole)
	more[stranger] = 1
	if _, err := h.made(more); !names(err, stranger) {
		return fmt.Errorf("with the unknown setting /%s the error does not name it: %v", stranger, err)
	}
	return nil
}

// names reports whether the error tells of every setting: by its path where it is an
// *order.Error with problems, or else in its text.
func names(err error, settings ...string) bool {
	e, structured := errors.AsType[*order.Error](err)
	told := func(name string) bool {
		if structured && len(e.Problems) > 0 {
			return slices.ContainsFunc(e.Problems, func(p order.Problem) bool { return p.Path == "/"+name })
		}
		return strings.Contains(err.Error(), "/"+name)
	}
	return err != nil && !slices.ContainsFunc(settings, func(name string) bool { return !told(name) })
}

func (h Harness) settings() (whole map[string]any, err error) {
	if err := json.Unmarshal(h.Settings, &whole); err != nil {
		return nil, fmt.Errorf("Harness.Settings: %w", err)
	}
	return whole, nil
}

func (h Harness) made(settings map[string]any) (component.Component, error) {
	text, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	return h.Make(text)
}

// discreet looks for the text of secrets in whatever leaves a component.
func discreet(ctx context.Context, h Harness) error {
	d := h.Component.Describe()
	if d.Settings == nil || h.Make == nil {
		return skipped("the component has no settings")
	}
	whole, err := h.settings()
	if err != nil {
		return err
	}
	secrets := secretsIn(d.Settings, whole)
	if len(secrets) == 0 {
		return skipped("the component has no secrets")
	}
	c, err := h.made(whole)
	if err != nil {
		return err
	}
	for what, text := range h.said(ctx, c) {
		for path, secret := range secrets {
			if tells(text, secret) {
				return fmt.Errorf("%s tells the secret /%s", what, path)
			}
		}
	}
	return h.discreetErrors(whole, secrets)
}

// said is what a component says of itself, and what it sends to terminals.
func (h Harness) said(ctx context.Context, c component.Component) map[string]string {
	said := map[string]string{"its description": fmt.Sprintf("%+v", c.Describe())}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		said["fmt's "+verb] = fmt.Sprintf(verb, c)
	}
	if r, err := component.NewRegistry(c); err == nil {
		said["the catalogue"] = asJSON(r.Catalog())
	}
	for _, kind := range c.Describe().Actions {
		a := h.attempt()
		a.Actions = []component.ActionKind{kind}
		p, err := c.Begin(ctx, a)
		said["the action "+string(kind)] = asJSON(p.Action)
		if err != nil {
			said["an error of Begin"] = err.Error()
		}
	}
	return said
}

func asJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// discreetErrors spoils each secret by its end: an error must not show the rest.
func (h Harness) discreetErrors(whole map[string]any, secrets map[string]string) error {
	for path, secret := range secrets {
		name, _, inner := strings.Cut(path, "/")
		if inner {
			continue // one of a list
		}
		wrong := maps.Clone(whole)
		wrong[name] = secret[:len(secret)-len(secret)/3]
		if _, err := h.made(wrong); err != nil && tells(err.Error(), secret) {
			return fmt.Errorf("the error about a wrong /%s tells it", path)
		}
	}
	return nil
}

const telling = 12 // so many bytes of a secret in a row give it away

// tells reports whether a part of the secret stands in the text. The first half of a
// private key is public: its kind, and the public key.
func tells(text, secret string) bool {
	if len(secret) > 200 {
		secret = secret[len(secret)/2:]
	}
	for line := range strings.Lines(secret) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "-----") { // PEM's frame
			continue
		}
		for i := 0; i+telling <= len(line); i += telling {
			if strings.Contains(text, line[i:i+telling]) || strings.Contains(text, fmt.Sprintf("%x", line[i:i+telling])) {
				return true
			}
		}
	}
	return false
}

// secretsIn are the texts in places that are writeOnly, by their paths.
func secretsIn(s *jsonschema.Schema, settings map[string]any) map[string]string {
	found := map[string]string{}
	for name, p := range s.Properties {
		switch v := settings[name].(type) {
		case string:
			if p.WriteOnly {
				found[name] = v
			}
		case []any:
			for i, item := range v {
				if text, ok := item.(string); ok && p.Items != nil && p.Items.WriteOnly {
					found[fmt.Sprintf("%s/%d", name, i)] = text
				}
			}
		case map[string]any:
			for path, text := range secretsIn(p, v) {
				found[name+"/"+path] = text
			}
		}
	}
	return found
}

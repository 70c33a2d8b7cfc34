package component

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// SchemaFor is the JSON Schema 2020-12 of a struct of parameters or settings,
// inferred from its fields. A [Secret] becomes a string that is writeOnly. Titles,
// constraints and examples may be added to what it returns; a registry wants a title
// or description of every property.
func SchemaFor[T any]() (*jsonschema.Schema, error) {
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[Secret](): {Type: "string", WriteOnly: true},
	}})
	if err != nil {
		return nil, fmt.Errorf("component: schema of %s: %w", reflect.TypeFor[T](), err)
	}
	return s, nil
}

// validate says whether a JSON value fits a schema.
func validate(s *jsonschema.Schema, value any) error {
	resolved, err := s.Resolve(nil)
	if err != nil {
		return err
	}
	return resolved.Validate(value)
}

// A linter collects what is wrong with a schema itself.
type linter struct {
	secrets bool // may stand in it
	errs    []error
}

// lint refuses a schema that would make bad forms, bad documents or leaks: defaults
// and examples that do not fit it, properties that nothing describes, secrets where
// none may be, or with a default or example.
func lint(s *jsonschema.Schema, secrets bool) error {
	if _, err := s.Resolve(&jsonschema.ResolveOptions{ValidateDefaults: true}); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	l := linter{secrets: secrets}
	l.visit(s, "")
	return errors.Join(l.errs...)
}

func (l *linter) add(path, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("schema of %q: %s", path, fmt.Sprintf(format, args...)))
}

func (l *linter) visit(s *jsonschema.Schema, path string) {
	if s.Ref != "" || s.DynamicRef != "" {
		l.add(path, "refers to another schema: want it whole, so that each part can be read by itself")
		return
	}
	switch {
	case s.WriteOnly && !l.secrets:
		l.add(path, "is a secret (writeOnly): terminals get no secrets")
	case s.WriteOnly && (s.Default != nil || len(s.Examples) > 0):
		l.add(path, "is a secret (writeOnly) with a default or an example")
	}
	if nested(s) {
		l.add(path, "has parts beside properties and items: want none of them, so that every setting has a place of its own")
		return
	}
	for i, example := range s.Examples {
		if err := fitsAsJSON(s, example); err != nil {
			l.add(path, "example %d does not fit it: %v", i, err)
		}
	}
	for _, name := range sorted(s.Properties) {
		p := s.Properties[name]
		if p.Title == "" && p.Description == "" {
			l.add(path+pointer(name), "has neither title nor description")
		}
		l.visit(p, path+pointer(name))
	}
	if s.Items != nil {
		l.visit(s.Items, path+"/items")
	}
}

// nested reports parts of a schema in which nobody would look for a secret, or for what
// is wrong. Further properties may be left out or forbidden, not described.
func nested(s *jsonschema.Schema) bool {
	more := s.AdditionalProperties
	return more != nil && more.Not == nil || s.Not != nil && s.Properties != nil ||
		len(s.AnyOf)+len(s.OneOf)+len(s.AllOf)+len(s.PrefixItems)+len(s.PatternProperties)+len(s.Defs)+len(s.Definitions)+len(s.DependentSchemas) > 0 ||
		s.If != nil || s.Then != nil || s.Else != nil || s.Contains != nil || s.UnevaluatedProperties != nil || s.UnevaluatedItems != nil
}

// fitsAsJSON validates a Go value by what it is in JSON.
func fitsAsJSON(s *jsonschema.Schema, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		return err
	}
	return validate(s, plain)
}

// pointer is a name as a step of a JSON Pointer (RFC 6901).
func pointer(name string) string {
	return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

package component

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/order"
)

// maxSettings bounds the JSON of one component's settings, in bytes.
const maxSettings = 256 << 10

// Secrets finds a secret by the name that stands for it in settings, such as that
// of a file or of an entry in a vault. The error reaches the operator: it may hold
// the name and no secret.
type Secrets func(name string) (Secret, error)

// ReadSettings reads an operator's settings of type T from JSON that schema
// describes, so that they can be kept in a file: a place that the schema marks
// writeOnly holds the name of a secret, which secrets finds. With secrets nil it
// holds the secret itself.
//
// The error is an *order.Error with CodeInvalid and every problem, each with its
// path: what is missing, what has another form, what the schema does not know, and
// names that stand for no secret. It holds no text that stands in a secret's place.
func ReadSettings[T any](text []byte, schema *jsonschema.Schema, secrets Secrets) (settings T, err error) {
	const op = "component.ReadSettings"
	value, err := parse(text)
	if err != nil {
		return settings, &order.Error{Code: order.CodeInvalid, Op: op, Detail: "the settings are not one JSON value", Err: err}
	}
	c := checker{secrets: secrets}
	value = c.check(schema, value, "")
	if len(c.problems) > 0 {
		return settings, &order.Error{Code: order.CodeInvalid, Op: op, Detail: "the settings are not valid", Problems: c.problems}
	}
	whole, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(whole, &settings)
	}
	if err != nil { // the cause may quote a secret
		return settings, order.Errorf(order.CodeInvalid, op, "the settings fit their schema, and not the type %T: the schema describes another one", settings)
	}
	return settings, nil
}

// parse reads one JSON value and nothing after it.
func parse(text []byte) (value any, err error) {
	if len(text) > maxSettings {
		return nil, fmt.Errorf("they have %d bytes: want at most %d", len(text), maxSettings)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("after %d bytes: %w", d.InputOffset(), err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("after %d bytes something follows", d.InputOffset())
	}
	return value, nil
}

// checker collects what does not fit a schema. The schema library stops at the first
// problem and says it of the whole; this one goes to each property and item by itself.
type checker struct {
	secrets  Secrets
	problems []order.Problem
}

func (c *checker) add(path, format string, args ...any) {
	c.problems = append(c.problems, order.Problem{Path: path, Detail: fmt.Sprintf(format, args...)})
}

// check returns the value with secrets in place of their names.
func (c *checker) check(s *jsonschema.Schema, value any, path string) any {
	before := len(c.problems)
	switch v := value.(type) {
	case map[string]any:
		if s.Properties != nil {
			c.object(s, v, path)
		}
	case []any:
		if s.Items != nil {
			for i := range v {
				v[i] = c.check(s.Items, v[i], path+"/"+strconv.Itoa(i))
			}
		}
	}
	if len(c.problems) > before {
		return value // said where it is
	}
	if s.WriteOnly {
		return c.secret(s, value, path)
	}
	c.fits(s, value, path)
	return value
}

func (c *checker) object(s *jsonschema.Schema, v map[string]any, path string) {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			c.add(path+pointer(name), "is missing%s", titled(s.Properties[name]))
		}
	}
	for _, name := range sorted(v) {
		switch p := s.Properties[name]; {
		case p != nil:
			v[name] = c.check(p, v[name], path+pointer(name))
		case s.AdditionalProperties != nil:
			c.add(path+pointer(name), "is not known: want %s", listed(sorted(s.Properties)))
		}
	}
}

// titled says in the schema's words what belongs there.
func titled(p *jsonschema.Schema) string {
	if p == nil || p.Title == "" {
		return ""
	}
	return ": " + p.Title
}

// secret checks the place of a secret without telling what stands there.
func (c *checker) secret(s *jsonschema.Schema, value any, path string) any {
	text, ok := value.(string)
	if !ok {
		c.add(path, "is not a string%s", titled(s))
		return value
	}
	if c.secrets != nil {
		found, err := c.secrets(text)
		if err != nil {
			c.add(path, "names a secret that is not to be had: %v", err)
			return value
		}
		text = string(found.Reveal())
	}
	if validate(s, text) != nil {
		c.add(path, "does not have the form that the schema asks for%s", titled(s))
	}
	return text
}

// fits lets the schema library say whether the value itself is right. What it says of
// an object or array could quote a secret in it: there its keyword alone is told.
func (c *checker) fits(s *jsonschema.Schema, value any, path string) {
	err := validate(s, value)
	if err == nil {
		return
	}
	said := strings.ReplaceAll(err.Error(), "validating root: ", "")
	switch value.(type) {
	case map[string]any, []any:
		said, _, _ = strings.Cut(said, ":")
	}
	c.add(path, "does not fit the schema: %.300s%s", said, titled(s))
}

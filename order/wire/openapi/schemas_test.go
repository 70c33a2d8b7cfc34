package openapi_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
)

// messages are the Go types of the document's objects.
func messages() map[string]any {
	return map[string]any{
		"Money": order.Money{}, "Confirmation": order.Confirmation{}, "Choice": order.Choice{}, "Page": order.Page{},
		"Item": order.Item{}, "Line": order.Line{}, "PageJump": order.PageJump{}, "Order": order.Order{},
		"Placement": order.Placement{}, "IssueRequest": order.IssueRequest{}, "IssuedCode": order.IssuedCode{}, "Status": order.Status{}, "Payment": order.Payment{}, "Refund": order.Refund{}, "RefundRequest": order.RefundRequest{}, "ProblemDetail": order.Problem{},
		"Event": order.Event{}, "EndpointRequest": order.EndpointRequest{}, "Endpoint": order.Endpoint{}, "EndpointKeys": exchange.EndpointKeys{},
		"SecretRotation": order.SecretRotation{}, "EndpointPage": order.EndpointPage{}, "Delivery": order.Delivery{},
		"DeliveryTry": order.DeliveryTry{}, "DeliveryPage": order.DeliveryPage{},
		"Session": gateway.Session{}, "Instruction": gateway.Instruction{}, "Beginning": gateway.Beginning{},
		"Opening": gateway.Opening{}, "ScanningApp": gateway.ScanningApp{}, "Attempt": gateway.Attempt{},
		"Offer": component.Offer{}, "Entry": component.Entry{}, "Limit": component.Limit{}, "AppRule": component.AppRule{}, "Action": component.Action{}, "Redirect": component.Redirect{}, "Form": component.Form{},
		"FormField": component.Field{}, "DeepLink": component.DeepLink{}, "Bridge": component.Bridge{},
		"PaymentRequest": component.PaymentRequest{}, "Native": component.Native{}, "Return": component.Return{},
	}
}

// untyped are objects that no Go type stands for: forms, keys, which a standard
// describes, and the problem, which TestProblem looks at.
func untyped() []string {
	return []string{"ConfirmationForm", "BeginningForm", "KeySet", "PublicKey", "Problem", "Catalogue"}
}

// The document's objects have the members of the Go types: the same names, as
// often required, and of the same kind. So a field that is added to a type has
// to be described.
func TestSchemasAreTheGoTypes(t *testing.T) {
	d := document(t)
	for _, name := range names(d.at("components", "schemas")) {
		schema := d.at("components", "schemas", name)
		message, known := messages()[name]
		switch {
		case schema.text("type") != "object" || slices.Contains(untyped(), name):
		case !known:
			t.Errorf("the schema %s is of no Go type: name it in messages", name)
		default:
			if diff := cmp.Diff(ofType(reflect.TypeOf(message)), ofSchema(d, schema)); diff != "" {
				t.Errorf("%s (-Go +document):\n%s", name, diff)
			}
		}
	}
	for name := range messages() {
		if d.at("components", "schemas", name) == nil {
			t.Errorf("there is no schema %s", name)
		}
	}
}

func names(n node) (all []string) {
	for name := range n {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

// ofType are the JSON members of a struct, each with its kind.
func ofType(t reflect.Type) map[string]string {
	members := map[string]string{}
	for f := range t.Fields() {
		if f.Anonymous {
			maps.Copy(members, ofType(f.Type))
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		members[name] = kindOf(f.Type)
		if options == "" {
			members[name] += ", required"
		}
	}
	return members
}

func kindOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "time"
	case t.Name() == "RawMessage", t.Name() == "Schema":
		return "anything"
	case t.Kind() == reflect.Int:
		return "integer"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "list of " + kindOf(t.Elem())
	case reflect.Struct:
		for name, message := range messages() {
			if reflect.TypeOf(message) == t {
				return name
			}
		}
	}
	return t.Kind().String()
}

// ofSchema are the members of a schema in the same words.
func ofSchema(d, schema node) map[string]string {
	members := map[string]string{}
	for name := range schema.at("properties") {
		members[name] = kindOfSchema(d, schema.at("properties", name))
		if slices.Contains(schema.texts("required"), name) {
			members[name] += ", required"
		}
	}
	return members
}

func kindOfSchema(d, s node) string {
	s, name := s.schema(d)
	kind := s.text("type")
	if list, ok := s["type"].([]any); ok && len(list) == 2 && list[1] == "null" {
		kind = fmt.Sprint(list[0])
	}
	switch {
	case kind == "object" && s["properties"] != nil:
		return name
	case kind == "object", kind == "":
		return "anything"
	case kind == "array":
		return "list of " + kindOfSchema(d, s.at("items"))
	case s.text("format") == "date-time":
		return "time"
	case kind == "integer" && s.text("format") == "int64":
		return "int64"
	case kind == "boolean":
		return "bool"
	}
	return kind
}
